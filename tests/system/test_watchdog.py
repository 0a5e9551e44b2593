# SPDX-License-Identifier: Apache-2.0
"""Watchdogs: those of partitions, in both interrupt modes, and the board's own."""
import mmap
import re
import struct
import time

import pytest

from checks import TICKS, lost_no_tick, passed
from debugger import Debugger, address_of
from systems import kernel, linux, partition, rt, system

MODES = ["virtual", "direct"]


def dog(name="dog", mode="virtual", bootargs="", more="", **options):
    return partition(name, kernel("dog.bin", bootargs),
                     more=f'bulkhead,irq-mode = "{mode}"; bulkhead,watchdog; {more}', **options)


def expired(name):
    return rf"bulkhead: {name}: its watchdog has expired"


@pytest.mark.parametrize("mode", MODES)
def test_registers_and_first_stage(boot, mode):
    board = boot(system(rt(), dog(mode=mode)))
    passed(board, "dog", at_least=18)


def lives(board, names, count):
    """Each of them has been restarted so many times, in any order."""
    left = {name: count for name in names}
    while any(left.values()):
        name = board.expect(rf"bulkhead: ({'|'.join(names)}): restart \d+, after").group(1)
        left[name] = max(0, left[name] - 1)


@pytest.mark.alone("watchdogs of 200 ms, fed and served in time by nine vCPUs")
def test_second_stage(boot):
    """By its policy, whatever the vCPUs do; nobody else notices."""
    board = boot(system(
        rt(interval_ms=1000),
        *(dog(f"spin{mode}", mode, "end=spin checks=0", cpus="cpus = <2>;") for mode in MODES),
        *(dog(f"look{mode}", mode, "end=neglect checks=0", 'bulkhead,on-watchdog = "stop";')
          for mode in MODES),
        dog("wild", bootargs="end=wild checks=0"),
        dog("fed", bootargs="end=feed checks=0 ms=1000")), cpus=9)
    lives(board, [f"spin{mode}" for mode in MODES], 3)
    # Two stages of 200 ms, and the way back.
    board.expect(r"fed *\| dog: is fed")
    said = board.said()
    for mode in MODES:
        assert len(re.findall(expired(f"spin{mode}"), said)) >= 3
        # The first stage's interrupt, then the end, for good.
        assert len(re.findall(rf"look{mode} *\| dog: the first stage is over", said)) == 1
        assert len(re.findall(expired(f"look{mode}"), said)) == 1
        assert len(re.findall(rf"bulkhead: look{mode}: stopped", said)) == 1
    assert not re.search(expired("(fed|wild)"), said)
    while len(re.findall(TICKS, board.said())) < 6:
        board.expect(TICKS)
    lost_no_tick(board.said())


def test_board_may_be_reset(boot):
    """By the watchdog of the partition whose CPU keeps the deadlines, too."""
    board = boot(system(dog(bootargs="end=spin checks=0",
                            more='bulkhead,on-watchdog = "reset-board";'), rt()))
    for _ in range(2):
        board.expect("bulkhead: launched 2 partitions")
        board.expect(expired("dog"))
        board.expect("bulkhead: dog: resets the board\r")


@pytest.mark.parametrize("mode, action", [("virtual", 0), ("direct", 1)])
def test_linux(boot, mode, action):
    """Its own driver, and busybox's watchdog. action 1: the first stage makes it panic."""
    board = boot(system(linux(ramdisk="tests.cpio.gz", cpus="cpus = <2>;",
                              more=f'bulkhead,irq-mode = "{mode}"; bulkhead,watchdog;'), rt()))
    board.expect("linux0# ")
    seconds = 3 - action
    board.run(f"insmod /bin/sbsa_gwdt.ko timeout={seconds} action={action}; dmesg | grep gwdt",
              rf"sbsa-gwdt 2001000.watchdog: Initialized with {seconds}s timeout @ \d+ Hz, action={action}\.")
    board.run("cat /sys/class/watchdog/watchdog0/state", r"linux0\| inactive\r")
    board.run(f"watchdog -t 1 -T {seconds} /dev/watchdog; cat /sys/class/watchdog/watchdog0/state",
              r"linux0\| active\r")
    board.run("sleep 4; cat /sys/class/watchdog/watchdog0/timeleft; echo alive $((40 + 2))",
              r"linux0\| [012]\r+\n(.*\n)*?.*alive 42\r")
    assert "expired" not in board.said()
    board.run("killall -9 watchdog; echo killed $((40 + 2))", r"killed 42\r")
    begin = time.monotonic()
    if action == 1:
        board.expect("Kernel panic - not syncing: SBSA Generic Watchdog timeout")
    board.expect(expired("linux0"))
    assert time.monotonic() - begin > 0.5
    board.expect("bulkhead: linux0: restart 1, after")


# At the end of the RAM: two pages that nobody else has.
REFRESH, CONTROL, RAM = 0x7fffe000, 0x7ffff000, 0x40000000
FRAMES = """/ {
    dog@%x { compatible = "arm,sbsa-gwdt"; reg = <0 %#x 0 0x1000 0 %#x 0 0x1000>;
             interrupts = <0 60 4>; };
};
&{/memory@40000000} { reg = <0 0x40000000 0 0x3fffe000>; };
""" % (CONTROL, CONTROL, REFRESH)


class Frames:
    """The pages that stand for the board's watchdog, in the file that QEMU's RAM is."""

    def __init__(self, path):
        self.path = path
        self.options = ["-object", f"memory-backend-file,id=ram,size=1G,mem-path={path},share=on",
                        "-machine", "memory-backend=ram"]
        self.bytes = None

    def open(self):
        with open(self.path, "r+b") as file:
            self.bytes = mmap.mmap(file.fileno(), 0)

    def word(self, address):
        return struct.unpack_from("<I", self.bytes, address - RAM)[0]

    def is_fed(self):
        """Whether it has been since the last time that this was asked."""
        was = self.word(REFRESH) == 0
        struct.pack_into("<I", self.bytes, REFRESH - RAM, 1)
        return was

    def count(self, seconds):
        """How many times it is fed meanwhile."""
        fed = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            fed += self.is_fed()
            time.sleep(0.005)
        return fed


def test_board_is_fed(boot, tmp_path):
    """A third of its time apart, until there is an exception in EL2 on the housekeeping CPU."""
    frames = Frames(tmp_path / "ram")
    debugger = Debugger(tmp_path / "debugger")
    # No -dtb: QEMU would write its own memory node into the tree.
    board = boot(system(rt(), rt("rt1"), chosen="bulkhead,feed-watchdog = <900>;") + FRAMES,
                 damage=lambda tree: tree, options=frames.options + debugger.options)
    debugger.connect()
    assert debugger.ask("D;1") == "OK"
    board.expect(r"rt0 *\| \d+ ticks")
    frames.open()
    # Half of it in each stage, and enabled.
    assert frames.word(CONTROL + 0x8) == 62500000 * 450 // 1000
    assert frames.word(CONTROL + 0xc) == 0
    assert frames.word(CONTROL) == 1
    # It would take 9 in 2.7 s.
    assert 7 <= frames.count(2.7) <= 10
    debugger.connect()
    thread = debugger.run_to(address_of("watchdogs_look", r"\w"))
    assert debugger.ask(f"Hg{thread}") == "OK"
    assert debugger.ask("P20=0000000000000000") == "OK"
    assert debugger.ask("D;1") == "OK"
    board.expect("exception in EL2")
    frames.count(0.5)
    assert frames.count(1.5) == 0
    board.expect(r"rt1 *\| \d+ ticks")
