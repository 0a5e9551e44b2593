# SPDX-License-Identifier: Apache-2.0
"""What Bulkhead costs, in instructions, beside bare metal and Xen.

The same guest (tests/guests/bench.c) runs with nothing below it, as a Bulkhead partition and as a
Xen dom0less domain, from the same description. QEMU counts: under -icount shift=0 an instruction
takes a nanosecond of virtual time, and sleep=off lets idle time pass at once. Figures are exact and
repeat. A row that could not be measured shows '-', and why below the table.
"""
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

from stack import planner

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
QEMU = os.environ.get("QEMU", "qemu-system-aarch64")
OUT = BUILD / "bench"
TIMEOUT = 240
MODULE_ADDRESS = 0x50000000
RAMDISK_ADDRESS = 0x58000000

# What, the name that the guest prints, the goal.
ROWS = [
    ("PSCI_VERSION call", "psci_version", 80),
    ("GICD_TYPER read", "gicd_read", 120),
    ("GICR_TYPER read", "gicr_read", 130),
    ("UART FR read", "uart_read", 130),
    ("timer to handler, busy guest", "timer_busy", 100),
    ("timer to handler, guest in WFI", "timer_wfi", 100),
    ("SGI to itself, to handler", "self_sgi", 250),
    ("SGI to another vCPU, to handler", "other_sgi", 350),
    ("first instruction to guest's first", "entry", None),
    ("Linux to init (ms of virtual time)", "linux_ms", None),
]

problems = []


def machine_options():
    command = ". boards/qemu-virt/machine && echo $machine_options"
    return shlex.split(subprocess.check_output(["sh", "-c", command], text=True))


def run(name, arguments, until):
    """Runs QEMU until a line says that all is measured; returns what it printed."""
    command = [QEMU] + arguments + ["-nographic", "-icount", "shift=0,sleep=off"]
    log = OUT / f"{name}.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out,
                                   stderr=subprocess.STDOUT)
        try:
            for _ in range(TIMEOUT * 10):
                if process.poll() is not None or until in log.read_text(errors="replace"):
                    break
                try:
                    process.wait(0.1)
                except subprocess.TimeoutExpired:
                    pass
            else:
                problems.append(f"{name}: not finished after {TIMEOUT} s, see {log}")
        finally:
            process.kill()
            process.wait()
    return log.read_text(errors="replace")


def tree(name, kernel, bootargs, ramdisk=None):
    """A system with one partition of 2 vCPUs and 256 MiB, in the spelling that Xen reads too."""
    def module(kind, path, address, more=""):
        return (f'{kind}@{address:x} {{ compatible = "multiboot,{kind}", "multiboot,module"; '
                f'reg = <0 {address:#x} 0 {path.stat().st_size:#x}>; {more} }};')

    modules = module("kernel", kernel, MODULE_ADDRESS, f'bootargs = "{bootargs}";')
    if ramdisk:
        modules += module("ramdisk", ramdisk, RAMDISK_ADDRESS)
    source = OUT / f"{name}.dts"
    source.write_text(
        '/dts-v1/;\n/include/ "board.dts"\n/ { chosen { '
        'xen,xen-bootargs = "console=dtuart dtuart=serial0 sched=null"; '
        '#address-cells = <2>; #size-cells = <2>; '
        'guest { compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; '
        f'memory = <0 0x40000>; cpus = <2>; vpl011; {modules} }}; }}; '
        'aliases { serial0 = "/pl011@9000000"; }; };\n')
    out = source.with_suffix(".dtb")
    compile_tree(source, out)
    return out


def compile_tree(source, out, folder=BUILD / "boards/qemu-virt"):
    subprocess.run(["dtc", "-q", "-i", folder, "-O", "dtb", "-o", out, source], check=True)


def planning_instructions(count):
    """What EL2 needs to plan a system of so many partitions, a CPU each."""
    name = f"plan-{count}"
    guest = BUILD / "guests/rt0.bin"
    folder = OUT / name
    folder.mkdir(exist_ok=True)
    options = " ".join(machine_options()).replace("-smp 4", f"-smp {count}").split()
    board, source, out = (folder / file for file in ("board.dtb", "system.dts", "system.dtb"))
    subprocess.run([QEMU, *options, "-machine", f"dumpdtb={board}", "-display", "none"],
                   check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", "-o", folder / "board.dts", board],
                   check=True)
    partitions = "".join(
        f'p{i} {{ compatible = "bulkhead,partition"; memory = <0 0x2000>; cpus = <1>; vpl011; '
        f'#address-cells = <2>; #size-cells = <2>; kernel {{ compatible = "multiboot,kernel", '
        f'"multiboot,module"; reg = <0 {MODULE_ADDRESS:#x} 0 {guest.stat().st_size:#x}>; '
        f'bootargs = "interval=60"; }}; }};' for i in range(count))
    source.write_text(f'/dts-v1/;\n/include/ "board.dts"\n/ {{ chosen {{ {partitions} }}; }};\n')
    compile_tree(source, out, folder)
    text = run(name, options + ["-kernel", str(BUILD / "bulkhead.bin"), "-dtb", str(out)] +
               loaders((guest, MODULE_ADDRESS)), "us to plan them")
    match = re.search(r"\((\d+) us to plan them\)", text)
    if not match:
        problems.append(f"{name}: no figure, see {OUT}/{name}.log")
    return int(match.group(1)) * 1000 if match else None


def loaders(*files):
    return [word for path, address in files
            for word in ("-device", f"loader,file={path},addr={address:#x},force-raw=on")]


def figures(text):
    """The guest's lines: tenths of instructions."""
    return {name: int(value) / 10 for name, value in re.findall(r"bench: (\w+) (\d+)", text)}


def linux_ms(text):
    match = re.search(r"\[ *(\d+\.\d+)\] Run /init as init process", text)
    return {"linux_ms": float(match.group(1)) * 1000} if match else {}


def measure():
    """Everything, by who is below the guest."""
    guest = BUILD / "guests/bench.bin"
    linux, ramdisk = BUILD / "assets/linux.Image", BUILD / "assets/linux0.cpio.gz"
    plain = [option.replace("virtualization=on,", "") for option in machine_options()]
    virtual = machine_options()
    bench_tree = tree("bench", guest, "")
    linux_args = "console=ttyAMA0"
    linux_tree = tree("linux", linux, linux_args, ramdisk)
    guest_files = loaders((guest, MODULE_ADDRESS))
    linux_files = loaders((linux, MODULE_ADDRESS), (ramdisk, RAMDISK_ADDRESS))
    init = "Run /init as init process"
    hypervisors = {"Bulkhead": BUILD / "bulkhead.bin", "Xen": BUILD / "assets/xen"}

    print("bare metal ...", flush=True)
    results = {"bare": figures(run("bare", plain + ["-kernel", str(guest)], "bench: done"))}
    # The hypervisors' guest has 2 CPUs and 256 MiB.
    smaller = " ".join(plain).replace("-smp 4", "-smp 2").replace("-m 1G", "-m 256M").split()
    results["bare"].update(linux_ms(run("bare-linux", smaller + [
        "-kernel", str(linux), "-initrd", str(ramdisk), "-append", linux_args], init)))
    for name, image in hypervisors.items():
        print(f"{name} ...", flush=True)
        if not image.exists():
            problems.append(f"{name}: {image} is missing")
            results[name] = {}
            continue
        start = virtual + ["-kernel", str(image)]
        results[name] = figures(run(name, start + ["-dtb", str(bench_tree)] + guest_files,
                                    "bench: done"))
        results[name].update(linux_ms(run(f"{name}-linux", start + ["-dtb", str(linux_tree)] +
                                          linux_files, init)))
        if not results[name]:
            problems.append(f"{name}: no figures, see {OUT}/{name}.log")
    return results


def count_lines(path):
    """Lines of C or assembly that are neither blank nor comment."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"//.*", "", text)
    return sum(1 for line in text.splitlines() if line.strip())


def sizes():
    sources = [path for folder in ("arch", "common") for path in pathlib.Path(folder).rglob("*")
               if path.suffix in (".c", ".h", ".S")]
    return {"source lines": sum(map(count_lines, sources)),
            "binary bytes": (BUILD / "bulkhead.bin").stat().st_size}


def show(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 1000 or value == int(value) else f"{value:.1f}"


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    results = measure()
    line = "{:36} {:>12} {:>12} {:>12} {:>8}  {}"
    print(line.format("instructions", "bare", "Xen", "Bulkhead", "goal", "met"))
    for what, key, goal in ROWS:
        ours = results["Bulkhead"].get(key)
        met = "" if goal is None or ours is None else "yes" if ours <= goal else "no"
        print(line.format(what, *(show(results[who].get(key)) for who in ("bare", "Xen", "Bulkhead")),
                          "" if goal is None else goal, met))
    planning = {count: planning_instructions(count) for count in (4, 8, 16)}
    for count, ours in planning.items():
        goal = 2000000 if count == 16 else None
        met = "" if goal is None or ours is None else "yes" if ours <= goal else "no"
        print(line.format(f"planning {count} partitions", "", "", show(ours),
                          "" if goal is None else goal, met))
    stack = planner(BUILD / "bulkhead.elf")[0]
    print(line.format("planner's stack at most, bytes", "", "", show(stack), "8192",
                      "yes" if stack <= 8192 else "no"))
    extent = sizes()
    xen = BUILD / "assets/xen"
    print(line.format("source lines at EL2", "", "", show(extent["source lines"]), "12000",
                      "yes" if extent["source lines"] <= 12000 else "no"))
    print(line.format("binary, bytes", "", show(xen.stat().st_size if xen.exists() else None),
                      show(extent["binary bytes"]), "131072",
                      "yes" if extent["binary bytes"] <= 131072 else "no"))
    for problem in problems:
        print(problem)
    (BUILD / "bench.json").write_text(json.dumps({"rows": results, "planning": planning, "sizes": extent}, indent=2))
    print(f"written to {BUILD}/bench.json")


if __name__ == "__main__":
    sys.exit(main())
