# SPDX-License-Identifier: Apache-2.0
"""What plugin.c saw of EL2: paths of exits, and what of the image they touch."""
import bisect
import collections
import dataclasses
import re
import subprocess

from qemu import BUILD, OUT, PLUGIN, Unavailable, run

IMAGE = BUILD / "bulkhead.elf"
IMAGE_LIMIT = 0x200000
LINE = 64
INTERRUPT_VECTORS = (1, 5)  # IRQ from AArch64, from AArch32
# Names of functions that find out what an exit wants.
DISPATCH = re.compile(r"exit_\w+|data_abort|other_exit|smccc_call|system_register_access")


class Symbols:
    """The image's symbols."""

    def __init__(self, image=IMAGE):
        text = subprocess.check_output(["aarch64-linux-gnu-nm", "-n", image], text=True)
        rows = [line.split() for line in text.splitlines()]
        self.address = {name: int(value, 16) for value, _, name in rows}
        code = [(int(value, 16), name) for value, kind, name in rows if kind in "tTW"]
        self._starts = [start for start, _ in code]
        self._names = [name for _, name in code]

    def devices(self):
        """The EL2 addresses of device frames: from the distributor's to the UART's (layout.h)."""
        return self.address["gicd_registers"], self.address["uart_registers"] + 0x1000

    def starts_between(self, first, last):
        return [start for start in self._starts
                if self.address[first] <= start < self.address[last]]

    def function(self, pc):
        index = bisect.bisect(self._starts, pc) - 1
        return self._names[index] if index >= 0 else "?"


@dataclasses.dataclass
class Path:
    """One way through EL2, as often as it was taken."""
    vector: int
    exits: int
    pcs: list
    lines: list  # of data

    def code_lines(self):
        return {pc // LINE for pc in self.pcs}

    def data_lines(self, low, high):
        """Without the device frames, which lie in [low, high)."""
        return {line for line in self.lines if not low <= line * LINE < high}


@dataclasses.dataclass
class Trace:
    totals: dict  # vector: (exits, instructions)
    paths: list

    def exits(self, vectors=range(8)):
        return sum(self.totals.get(vector, (0, 0))[0] for vector in vectors)

    def instructions(self, vectors=range(8)):
        return sum(self.totals.get(vector, (0, 0))[1] for vector in vectors)

    def usual(self, is_interrupt, at_least):
        """The path that was taken most often, and so often; None: none was."""
        found = [path for path in self.paths if path.exits >= at_least and
                 (path.vector in INTERRUPT_VECTORS) == is_interrupt]
        return max(found, key=lambda path: path.exits, default=None)


def numbers(text):
    return [] if text == "-" else [int(word, 16) for word in text.split(",")]


def parse(text):
    trace = Trace({}, [])
    for line in text.splitlines():
        kind, vector, exits, *rest = line.split()
        if kind == "total":
            trace.totals[int(vector)] = (int(exits), int(rest[0]))
        elif kind == "path":
            trace.paths.append(Path(int(vector), int(exits), *map(numbers, rest)))
    return trace


def traced_run(name, arguments, until, afterwards=None, **watch):
    """Runs with the plugin; returns what the console said and what the plugin wrote."""
    out = OUT / f"{name}.trace"
    out.unlink(missing_ok=True)
    values = "".join(f",{key}={value:#x}" for key, value in watch.items())
    text = run(name, arguments, until, afterwards, ["-plugin", f"{PLUGIN},out={out}{values}"])
    if not out.exists() or out.stat().st_size == 0:
        raise Unavailable(f"the plugin saw nothing, see {OUT}/{name}.log")
    return text, out.read_text()


def watch_exits(name, arguments, until, vectors, afterwards=None):
    """The console's text and the exits, of a hypervisor whose vectors are there."""
    low = vectors - vectors % IMAGE_LIMIT
    text, trace = traced_run(name, arguments, until, afterwards, vectors=vectors, low=low,
                             high=low + IMAGE_LIMIT)
    return text, parse(trace)


def exceptions(name, arguments, until, afterwards=None):
    """QEMU's own log of exceptions: the console's text, entries from guests to EL2, the vectors."""
    log = OUT / f"{name}.exceptions"
    text = run(name, arguments, until, afterwards, ["-d", "int", "-D", str(log)])
    logged = log.read_text(errors="replace")
    log.unlink()
    entries = re.findall(r"\.\.\.from EL[01] to EL2\n(?:\.\.\.[^t].*\n)*\.\.\.to EL2 PC 0x(\w+)",
                         logged)
    if not entries:
        return text, 0, None
    return text, len(entries), int(entries[0], 16) & ~0x7ff


def by_function(path, symbols):
    return collections.Counter(symbols.function(pc) for pc in path.pcs)


def by_part(path, symbols):
    """Instructions of a path: the vector's, finding out what it is, doing it, the way back."""
    begin, end = symbols.address["vectors"], symbols.address["enter_guest"]
    is_assembly = [begin <= pc < end for pc in path.pcs]
    entry = is_assembly.index(False) if False in is_assembly else len(is_assembly)
    leave = is_assembly[::-1].index(False) if False in is_assembly else 0
    inner = path.pcs[entry:len(path.pcs) - leave]
    dispatch = sum(1 for pc in inner if DISPATCH.fullmatch(symbols.function(pc)))
    return {"entry": entry, "dispatch": dispatch, "work": len(inner) - dispatch, "exit": leave}
