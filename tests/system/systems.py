# SPDX-License-Identifier: Apache-2.0
"""Pieces of system descriptions."""


CELLS = "#address-cells = <2>; #size-cells = <2>; "


def system(*partitions, chosen=""):
    """A description with these partitions; chosen: more of what is in /chosen."""
    return ('/dts-v1/;\n/include/ "board.dts"\n/ { chosen { %s }; };\n' %
            "\n".join((chosen, *partitions)))


def housekeeping(cpu):
    return f"bulkhead,housekeeping-cpu = <&{{/cpus/cpu@{cpu}}}>; "


def kernel(file, bootargs=""):
    return ('kernel { compatible = "multiboot,kernel", "multiboot,module"; '
            f'bulkhead,file = "{file}"; bootargs = "{bootargs}"; }};')


def partition(name, module, memory_kib=0x4000, cpus="cpus = <1>;", more=""):
    memory = f"memory = <0 {memory_kib:#x}>;" if memory_kib else ""
    return (f'{name} {{ compatible = "bulkhead,partition"; {memory} {cpus} vpl011; {more} '
            f'{module} }};')


def by_reg(cells, name="rt0"):
    """A partition whose kernel's reg is given."""
    module = f'kernel {{ compatible = "multiboot,kernel", "multiboot,module"; {cells} }};'
    return partition(name, module, more=CELLS)


def reg(base, size):
    return f"reg = <0 {base:#x} 0 {size:#x}>;"


def rt(name="rt0", interval_ms=250, **options):
    """A small partition whose guest prints so often: who waits to hear that it lives waits so long."""
    return partition(name, kernel("rt0.bin", f"interval-ms={interval_ms}"), **options)


def linux(name="linux0", memory_kib=0x30000, ramdisk="linux0.cpio.gz", bootargs="",
          **options):
    module = ('ramdisk { compatible = "multiboot,ramdisk", "multiboot,module"; '
              f'bulkhead,file = "{ramdisk}"; }};')
    return partition(name, kernel("linux.Image", f"console=ttyAMA0 quiet {bootargs}") + module,
                     memory_kib=memory_kib, **options)
