# SPDX-License-Identifier: Apache-2.0
"""The same guests with nothing below them, on Xen, and as partitions of Bulkhead in both modes.

One description serves all hypervisors: partitions in the spelling that Xen reads too.
"""
import dataclasses
import pathlib
import subprocess

from qemu import BUILD, OUT, Unavailable, loaders, machine_options

FIRST_MODULE = 0x50000000
RAMDISK_SIZE = 0x08000000  # addresses of modules are so far apart
XEN_OPTIONS = "console=dtuart dtuart=serial0 sched=null"


@dataclasses.dataclass
class Guest:
    """A partition and what it runs."""
    kernel: pathlib.Path
    bootargs: str = ""
    ramdisk: pathlib.Path = None
    cpus: int = 1
    mib: int = 16
    name: str = "guest"
    more: str = ""          # further properties
    is_neighbour: bool = False  # not the one that is measured
    in_place: int = 0       # its memory and its kernel are at this address


def guest_file(name):
    return BUILD / f"guests/{name}.bin"


def module(kind, path, address, more=""):
    return (f'{kind}@{address:x} {{ compatible = "multiboot,{kind}", "multiboot,module"; '
            f'reg = <0 {address:#x} 0 {path.stat().st_size:#x}>; {more} }};')


def partition(guest, files, is_direct):
    """Source of a partition; adds its files and their addresses to files."""
    def load(kind, path, more=""):
        address = guest.in_place or FIRST_MODULE + RAMDISK_SIZE * len(files)
        files.append((path, address))
        return module(kind, path, address, more)

    modules = load("kernel", guest.kernel, f'bootargs = "{guest.bootargs}";')
    if guest.ramdisk:
        modules += load("ramdisk", guest.ramdisk)
    more = guest.more
    if guest.in_place:
        more += f"xen,static-mem = <0 {guest.in_place:#x} 0 {guest.mib << 20:#x}>;"
    if is_direct and not guest.is_neighbour:
        more += 'bulkhead,irq-mode = "direct";'
    return (f'{guest.name} {{ compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; '
            f"memory = <0 {guest.mib << 10:#x}>; cpus = <{guest.cpus}>; vpl011; "
            f"{more} {modules} }};")


def compile_tree(source, out, folder=BUILD / "boards/qemu-virt"):
    subprocess.run(["dtc", "-q", "-i", folder, "-O", "dtb", "-o", out, source], check=True)


def describe(name, guests, is_direct):
    """Writes a system's device tree. Returns it, and the files with their addresses.

    The first guest is on CPU 0: when a timer fires, QEMU goes on with the first CPU that can run, so
    that the others' work would count as lateness of a later one. A neighbour keeps house.
    """
    files = []
    partitions = " ".join(partition(guest, files, is_direct) for guest in guests)
    more = "bulkhead,housekeeping-cpu = <&{/cpus/cpu@1}>;" if len(guests) > 1 else ""
    source, tree = OUT / f"{name}.dts", OUT / f"{name}.dtb"
    source.write_text(
        '/dts-v1/;\n/include/ "board.dts"\n/ { chosen { '
        f'xen,xen-bootargs = "{XEN_OPTIONS}"; #address-cells = <2>; #size-cells = <2>; '
        f'{more} {partitions} }}; aliases {{ serial0 = "/pl011@9000000"; }}; }};\n')
    compile_tree(source, tree)
    return tree, files


@dataclasses.dataclass(frozen=True)
class System:
    """What may be below a guest."""
    name: str
    image: pathlib.Path = None
    is_direct: bool = False

    @property
    def is_ours(self):
        return self.image == BULKHEAD

    def arguments(self, name, *guests):
        """QEMU's for these guests, the first of which is measured. Bare metal has that one only."""
        if self.image is None:
            return self.bare_arguments(guests[0])
        if not self.image.exists():
            raise Unavailable(f"{self.image} is missing")
        tree, files = describe(name, guests, self.is_direct)
        return machine_options() + ["-kernel", str(self.image), "-dtb", str(tree)] + loaders(files)

    def bare_arguments(self, guest):
        options = machine_options(guest.cpus, f"{max(guest.mib, 64)}M", False)
        options += ["-kernel", str(guest.kernel)]
        if guest.ramdisk:
            options += ["-initrd", str(guest.ramdisk)]
        return options + (["-append", guest.bootargs] if guest.bootargs else [])


BULKHEAD = BUILD / "bulkhead.bin"
BARE = System("bare")
XEN = System("Xen", BUILD / "assets/xen")
VIRTUAL = System("virtual", BULKHEAD)
DIRECT = System("direct", BULKHEAD, is_direct=True)
SYSTEMS = (BARE, XEN, VIRTUAL, DIRECT)
