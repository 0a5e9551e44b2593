# SPDX-License-Identifier: Apache-2.0
"""Figures that our own guests give: round trips, latencies, the storm, and the way to the guest."""
import re
import subprocess

from board import DIRECT, VIRTUAL, Guest, compile_tree, guest_file
from exits import Symbols, traced_run
from qemu import BUILD, OUT, QEMU, Unavailable, loaders, machine_options, run

MIB = 1 << 20
MODULE = 0x50000000
IN_PLACE = 0x60000000


def figures(text):
    """The guests' lines: tenths of instructions."""
    return {name: int(value) / 10 for name, value in re.findall(r"bench: (\w+) (\d+)", text)}


def bench_guest(only=""):
    return Guest(guest_file("bench"), f"only={only}" if only else "", cpus=2, mib=256)


def measure_bench(system):
    name = f"{system.name}-bench"
    found = figures(run(name, system.arguments(name, bench_guest()), "bench: done"))
    # The guest cannot know which part of a timer's lateness is its own: bare metal has only that.
    return {f"{key}_raw" if key.startswith("timer_") else key: value
            for key, value in found.items()}


def measure_storm(system):
    if system is DIRECT:
        raise Unavailable("storm: a direct partition has no SPIs but its devices'")
    name = f"{system.name}-storm"
    guest = Guest(guest_file("storm"), more="nr_spis = <192>;")
    text = run(name, system.arguments(name, guest), r"storm: \d+ passed|unexpected exception")
    failed = re.findall(r"check (\S+) FAILED", text)
    if "unexpected exception" in text:
        raise Unavailable("its distributor refuses GICD_ISPENDR: the guest gets an exception")
    found = figures(text)
    if "each-comes-once" in failed:
        raise Unavailable(f"storm: not all came ({', '.join(failed)}), see {OUT}/{name}.log")
    return found


def measure_scrub(system):
    """From the first instruction to the guest's first, apart from what grows with the guest's RAM.

    Bulkhead's kernel is where it belongs. Two sizes of RAM tell what a MiB costs.
    """
    # Xen finds no place for a device tree in a small RAM.
    small, large = (4, 8) if system.is_ours else (128, 256)
    entry = {}
    for mib in (small, large):
        name = f"{system.name}-entry-{mib}"
        guest = Guest(guest_file("bench"), "only=entry", mib=mib,
                      in_place=IN_PLACE if system.is_ours else 0)
        entry[mib] = figures(run(name, system.arguments(name, guest), "bench: done"))["entry"]
    scrub = (entry[large] - entry[small]) / (large - small)
    return {"entry_alone": entry[small] - small * scrub, "scrub_mib": scrub}


def watch_boot():
    """Instructions of each function from Bulkhead's first to the entry into a guest of 4 MiB."""
    symbols = Symbols()
    name = "virtual-boot"
    guest = Guest(guest_file("bench"), "only=entry", mib=4, in_place=IN_PLACE)
    # The ERET of enter_guest(): the next function begins behind it, a DSB and an ISB.
    text, trace = traced_run(name, VIRTUAL.arguments(name, guest), "bench: done",
                             stop=symbols.address["run_on_fresh_stack"] - 12)
    image = int(re.search(r"image at (0x\w+)", text)[1], 16)
    base = symbols.address["_image_start"]
    counts = {}
    for line in trace.splitlines():
        _, pc, count = line.split()
        pc = int(pc, 16)
        # Until the MMU is on, the image runs where it was loaded.
        pc += base - image if image <= pc < image + 2 * MIB else 0
        # What else runs, is QEMU's own stub.
        function = symbols.function(pc) if base <= pc < base + 2 * MIB else "boot loader"
        counts[function] = counts.get(function, 0) + int(count)
    return counts


def planning_instructions(count):
    """What EL2 needs to plan a system of so many partitions, a CPU each."""
    name = f"plan-{count}"
    guest = guest_file("rt0")
    folder = OUT / name
    folder.mkdir(exist_ok=True)
    options = machine_options(cpus=count)
    board, source, out = (folder / file for file in ("board.dtb", "system.dts", "system.dtb"))
    subprocess.run([QEMU, *options, "-machine", f"dumpdtb={board}", "-display", "none"],
                   check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", "-o", folder / "board.dts", board],
                   check=True)
    partitions = "".join(
        f'p{i} {{ compatible = "bulkhead,partition"; memory = <0 0x2000>; cpus = <1>; vpl011; '
        f'#address-cells = <2>; #size-cells = <2>; kernel {{ compatible = "multiboot,kernel", '
        f'"multiboot,module"; reg = <0 {MODULE:#x} 0 {guest.stat().st_size:#x}>; '
        f'bootargs = "interval=60"; }}; }};' for i in range(count))
    source.write_text(f'/dts-v1/;\n/include/ "board.dts"\n/ {{ chosen {{ {partitions} }}; }};\n')
    compile_tree(source, out, folder)
    text = run(name, options + ["-kernel", str(BUILD / "bulkhead.bin"), "-dtb", str(out)] +
               loaders([(guest, MODULE)]), "us to plan them")
    return {f"plan_{count}": int(re.search(r"\((\d+) us to plan them\)", text)[1]) * 1000}
