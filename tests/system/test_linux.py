# SPDX-License-Identifier: Apache-2.0
"""Debian's Linux on four vCPUs: CPUs that go and come, and load, with books that must agree.

rt0 runs next to it. Housekeeping has a CPU of its own, so that Linux's CPUs have no interrupts but
those of Linux's own and kicks, and so that the same layout is right for direct interrupts.
"""
import os
import re
import time
from dataclasses import dataclass

import pytest

from checks import lost_no_tick
from systems import housekeeping, linux, rt, system

MODES = ["virtual", "direct"]
VCPUS = 4
HZ = 250  # CONFIG_HZ of Debian's kernel
# SOAK=10 in the environment: ten times as much of all this.
SOAK = int(os.environ.get("SOAK", "1"))
# Rounds in which CPUs go and come: while all is quiet, and under load.
ROUNDS = {"virtual": (47, 3), "direct": (12, 3)}
# Seconds and groups of load: the first keeps all CPUs busy, the second sends the most IPIs.
LOADS = {"virtual": [(40, "prsr"), (20, "rr")], "direct": [(10, "prsr"), (10, "rr")]}


def start(boot, mode):
    """Linux on CPUs 0-3, rt0 on 4, housekeeping on 5; with a thread of QEMU's for each CPU."""
    text = system(linux(ramdisk="tests.cpio.gz", bootargs="log_buf_len=1M", cpus="cpus = <4>;",
                        more=f'bulkhead,irq-mode = "{mode}";'), rt(interval_ms=1000),
                  chosen=housekeeping(5))
    board = boot(text, options=["-accel", "tcg,thread=multi"], cpus=6)
    board.expect("linux0# ")
    board.run("nproc", rf"linux0\| {VCPUS}\r+\n")
    return board


def parse_interrupts(text):
    """/proc/interrupts: what each line counts, by CPU; a line's name is its last word or IPI0-6."""
    counts = {}
    for name, numbers, what in re.findall(r"linux0\| *(\w+):((?: +\d+){%d}) +(\S.*)\r+\n" % VCPUS,
                                          text):
        key = name if name.startswith("IPI") else what.split()[-1]
        counts[key] = [int(number) for number in numbers.split()]
    return counts


def interrupts(board, then=""):
    """What Linux has counted until now; then: a command that follows at once."""
    board.send(f"cat /proc/interrupts; {then}\r")
    errors = board.expect(r"linux0\| *Err: +(\d+)\r+\n")
    assert errors.group(1) == "0"
    return parse_interrupts(board.console.before)


def no_warnings(board):
    match = board.run("warnings", r"linux0\| (\d+) warnings in (\d+) lines\r+\n")
    assert match.group(1) == "0", board.console.before
    assert int(match.group(2)) > 100


def all_cpus_have(before, after):
    """Timer interrupts and IPIs, on each CPU."""
    for cpu in range(VCPUS):
        assert after["arch_timer"][cpu] > before["arch_timer"][cpu], f"CPU {cpu}: no timer"
        assert ipis(after, cpu) > ipis(before, cpu), f"CPU {cpu}: no IPI"


def ipis(counts, cpu):
    return sum(row[cpu] for name, row in counts.items() if name.startswith("IPI"))


@dataclass
class Exits:
    interrupts: int
    calls: int
    devices: int
    registers: int
    others: int


def stop(board):
    """Linux's last counts, Bulkhead's, and the seconds between."""
    counts = interrupts(board, "poweroff -f")
    begin = time.monotonic()
    match = board.expect(r"bulkhead: linux0: exits: (\d+) interrupts, (\d+) calls, "
                         r"(\d+) device accesses, (\d+) register accesses, (\d+) others\r+\n")
    return counts, Exits(*map(int, match.groups())), time.monotonic() - begin


def books_agree(mode, counts, exits, seconds_between):
    """Holds Linux's counts against Bulkhead's.

    Both count all CPUs from the boot on, also of CPUs that were off meanwhile. Linux's counts were
    taken first, so that nothing in them is missing in Bulkhead's.
    """
    timers = sum(counts["arch_timer"])
    kinds = [row for name, row in counts.items() if name.startswith("IPI")]
    received = sum(map(sum, kinds))

    # Each write to ICC_SGI1R_EL1 is a register access, and asks for one kind of IPI on at most all
    # other CPUs, which are in one cluster. What one write asks for is received once on each, or
    # less: of two that wait at a CPU, one is received. Rescheduling (IPI0) always names one CPU.
    others = VCPUS - 1
    assert exits.registers >= sum(counts["IPI0"]) + (received - sum(counts["IPI0"])) / others

    if mode == "direct":
        # They go to EL1, and EL2 has no business on these CPUs that would need any.
        assert exits.interrupts == 0
        return

    # Each timer interrupt is taken once by EL2, which lists it, and once by Linux, which counts it
    # even when it has changed its mind and finds the timer not due.
    # An IPI is listed when its receiver is kicked; each that is received was sent after the one of
    # its kind before it had been, and so was kicked for anew. Kicks of different kinds may merge:
    # at least as many as of the most frequent kind were taken. IPI5, Linux's own work, is sent to
    # oneself, and costs no interrupt.
    kicks = sum(max(row[cpu] for name, row in counts.items()
                    if name.startswith("IPI") and name != "IPI5") for cpu in range(VCPUS))
    assert exits.interrupts >= timers + kicks

    # No more than a kick for each target of a write. Writes with several are for what all CPUs must
    # know, as when Linux changes its own code: they are few, and the register accesses that are no
    # IPIs, of the boot and of each CPU that starts, outweigh them. Then kicks for console input,
    # list registers that are full, and what came after Linux's counts were taken.
    later = 2 * HZ * VCPUS * (seconds_between + 1)
    assert exits.interrupts <= timers + 1.05 * exits.registers + 500 + later


@pytest.mark.alone("4 vCPUs that never rest, and no tick of rt0 may be lost meanwhile")
@pytest.mark.parametrize("mode", MODES)
def test_cpus_go_and_come(boot, mode):
    board = start(boot, mode)
    # The boot loader's seed has come through.
    board.run("dmesg | grep KASLR", r"linux0\| .*KASLR enabled")
    before = interrupts(board)
    for rounds, has_load in zip(ROUNDS[mode], [False, True]):
        rounds *= SOAK
        if has_load:
            # Behind a prompt.
            board.run("load 9999 pr &", rf"load: runs on {VCPUS} CPUs\r+\n")
        match = board.run(f"hotplug {rounds}", r"linux0\| hotplug: ([^\r]*)\r+\n",
                          timeout=300 * SOAK)
        assert match.group(1) == f"{rounds * 2 * (VCPUS - 1)} steps, all good"
    board.run("killall load; echo killed $((40 + 2))", "killed 42")
    assert " error: " not in board.said()
    all_cpus_have(before, interrupts(board))
    no_warnings(board)
    books_agree(mode, *stop(board))
    lost_no_tick(board.said())


@pytest.mark.alone("so many messages a second; no tick of rt0 may be lost meanwhile")
@pytest.mark.parametrize("mode", MODES)
def test_load_on_all_cpus(boot, mode):
    board = start(boot, mode)
    board.run("load 5 x", r"load: error: a message is not as sent")
    board.expect(r"load: \d+ messages, [1-9] processes failed")
    before = interrupts(board)
    for seconds, groups in LOADS[mode]:
        seconds *= SOAK
        match = board.run(f"load {seconds} {groups}",
                          r"linux0\| load: (\d+) messages, ([^\r]*)\r+\n", timeout=seconds + 90)
        assert match.group(2) == "0 processes failed, 0 books wrong, CPUs f of f"
        assert int(match.group(1)) > 100 * seconds
    all_cpus_have(before, interrupts(board))
    no_warnings(board)
    books_agree(mode, *stop(board))
    lost_no_tick(board.said())


COUNTS = {"arch_timer": [100, 100, 100, 100], "IPI0": [10, 20, 30, 40], "IPI1": [90, 30, 30, 30],
          "IPI5": [50, 0, 0, 0]}


@pytest.mark.parametrize("mode, taken, accesses, agree", [
    ("virtual", 590, 180, True),
    ("virtual", 589, 180, False),     # an interrupt that EL2 has not seen
    ("virtual", 590, 176, False),     # an IPI that nobody has sent
    ("virtual", 15000, 180, False),   # many that Linux has not seen
    ("direct", 0, 180, True),
    ("direct", 1, 180, False),
])
def test_wrong_books_are_noticed(mode, taken, accesses, agree):
    text = "".join(f"linux0| {name:>5}: {' '.join(map(str, row))} {name}\r\n"
                   for name, row in COUNTS.items())
    assert parse_interrupts(text) == COUNTS
    exits = Exits(taken, 0, 0, accesses, 0)
    if agree:
        books_agree(mode, COUNTS, exits, 1)
        return
    with pytest.raises(AssertionError):
        books_agree(mode, COUNTS, exits, 1)


@pytest.mark.parametrize("wrong", [
    "rt0   | 979 ticks, late min 1 avg 2 max 9000000 ns, missed 0\r\n",
    "rt0   | 1020 ticks, late min 1 avg 2 max 9000000 ns, missed 1\r\n",
    "rt0   | 1000 ticks, late min 1 avg 2 max 18446744073709551 ns, missed 0\r\n",
])
def test_wrong_ticks_are_noticed(wrong):
    right = "rt0   | 999 ticks, late min 1 avg 2 max 9000000 ns, missed 1\r\n"
    assert lost_no_tick(10 * right) == 9000
    with pytest.raises(AssertionError):
        lost_no_tick(5 * right + wrong + 5 * right)
