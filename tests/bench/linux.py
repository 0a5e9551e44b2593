# SPDX-License-Identifier: Apache-2.0
"""Linux: how long until its init runs, and what it needs EL2 for when it idles or computes."""
import dataclasses
import gzip
import pathlib
import re

from board import VIRTUAL, Guest, guest_file
from exits import Symbols, exceptions, watch_exits
from qemu import BUILD, COUNTERS, OUT, run

KERNEL = BUILD / "assets/linux.Image"
RAMDISK = BUILD / "assets/linux0.cpio.gz"
MEASURED_RAMDISK = OUT / "linux.cpio.gz"
INIT = pathlib.Path("tests/bench/linux-init")


def cpio(name, data, mode):
    """An archive in cpio's "newc" format with one file (initramfs buffer format)."""
    def entry(name, data, mode):
        fields = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0)
        head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
        return head + bytes(-len(head) % 4) + data + bytes(-len(data) % 4)

    return entry(name, data, mode) + entry("TRAILER!!!", b"", 0)


def make_ramdisk():
    """The usual initramfs with our init over its own: a later archive wins."""
    more = gzip.compress(cpio("init", INIT.read_bytes(), 0o100755), mtime=0)
    MEASURED_RAMDISK.write_bytes(RAMDISK.read_bytes() + more)


def measure_init(system):
    """Milliseconds of virtual time until Linux runs init, with 2 CPUs and 256 MiB."""
    name = f"{system.name}-linux"
    guest = Guest(KERNEL, "console=ttyAMA0", RAMDISK, cpus=2, mib=256)
    text = run(name, system.arguments(name, guest), "Run /init as init process")
    return {"linux_ms": float(re.search(r"(\d+\.\d+)\] Run /init", text)[1]) * 1000}


@dataclasses.dataclass
class Stay:
    """What a guest that switched itself off had needed of EL2."""
    exits: int
    instructions: int
    interrupts: int  # that it took itself
    counters: tuple  # Bulkhead's own count of exits, by class; None: it said nothing


def stay(system, workload, vectors):
    """Runs a workload: ("ticks", ms) or ("idle", seconds) or ("busy", seconds)."""
    work, amount = workload
    name = f"{system.name}-{work}-{amount}"
    if work == "ticks":
        guest = Guest(guest_file("ticks"), f"ms={amount}")
        until, interrupts = r"ticks: done", r"ticks: late \d+ (\d+)"
    else:
        guest = Guest(KERNEL, f"console=ttyAMA0 quiet work={work} seconds={amount}", MEASURED_RAMDISK,
                      mib=256)
        until, interrupts = r"reboot: Power down", r"bench: interrupts (\d+)"
    text, trace = watch_exits(name, system.arguments(name, guest), until, vectors,
                              COUNTERS.pattern if system.is_ours else None)
    said = COUNTERS.search(text)
    return Stay(trace.exits(), trace.instructions(), sum(map(int, re.findall(interrupts, text))),
                tuple(map(int, said.groups())) if said else None)


def find_vectors(system):
    """Where a hypervisor's exception vectors are: Bulkhead's image has a symbol, Xen's has not."""
    if system.is_ours:
        return Symbols().address["vectors"]
    name = f"{system.name}-vectors"
    guest = Guest(guest_file("ticks"), "ms=1")
    return exceptions(name, system.arguments(name, guest), "ticks: done")[2]


def difference(system, work, short, long, vectors, per_second):
    """What the longer of two stays needed more: per second of it, and each second's counters."""
    low, high = (stay(system, (work if amount else "none", amount), vectors)
                 for amount in (short, long))
    seconds = (long - short) / per_second
    found = {f"exits_{work}": (high.exits - low.exits) / seconds,
             f"own_{work}": (high.interrupts - low.interrupts) / seconds}
    if work == "busy" and high.interrupts > low.interrupts:
        found["tick"] = (high.instructions - low.instructions) / (high.interrupts - low.interrupts)
    if low.counters and high.counters:
        found[f"counters_{work}"] = [(b - a) / seconds
                                     for a, b in zip(low.counters, high.counters)]
    return found


def measure_restart(system):
    """Instructions from the reset of a Linux with 256 MiB until its vCPU is to start again."""
    name = f"{system.name}-restart"
    guest = Guest(KERNEL, "console=ttyAMA0 quiet work=reset", MEASURED_RAMDISK, mib=256)
    text = run(name, system.arguments(name, guest), r"restart 2, after .* ms")
    # An instruction takes a nanosecond.
    return {"restart": float(re.search(r"restart 2, after ([0-9.]+) ms", text)[1]) * 1e6}


def measure_idle(system):
    # Long, for a few interrupts come after they were counted; idle time costs nothing.
    return difference(system, "idle", 0, 100, find_vectors(system), 1)


def measure_busy(system):
    return difference(system, "busy", 0, 2, find_vectors(system), 1)


def measure_ticks(system):
    # As many digits are printed after both.
    return difference(system, "ticks", 1000, 3000, find_vectors(system), 1000)


def compare_counts():
    """A whole stay, counted by Bulkhead, by the plugin and by QEMU's log of exceptions."""
    vectors = Symbols().address["vectors"]
    plugin = stay(VIRTUAL, ("ticks", 200), vectors)
    name = "virtual-ticks-log"
    guest = Guest(guest_file("ticks"), "ms=200")
    _, logged, _ = exceptions(name, VIRTUAL.arguments(name, guest), "ticks: done",
                              COUNTERS.pattern)
    return {"exits_plugin": plugin.exits, "exits_log": logged,
            "exits_counters": sum(plugin.counters) if plugin.counters else None}
