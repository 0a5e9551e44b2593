# SPDX-License-Identifier: Apache-2.0
"""What becomes of a partition that ends, by its policies."""
import pathlib
import re

import pexpect
import pytest

from systems import kernel, linux, partition, rt, system


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_linux_reboots(boot, mode):
    board = boot(system(linux(cpus="cpus = <2>;", more=f'bulkhead,irq-mode = "{mode}";'), rt()))
    board.expect("linux0# ")
    for life in range(1, 3):
        board.run("reboot -f", "bulkhead: linux0: asked for a reset")
        restarts(board, "linux0", life)
        board.expect("linux0# ")
        board.run("nproc", r"linux0\| 2\r")


def lives(mode="virtual", vcpus=2, bootargs="", more=""):
    return partition("lives", kernel("lives.bin", bootargs), memory_kib=0x1800,
                     cpus=f"cpus = <{vcpus}>;", more=f'bulkhead,irq-mode = "{mode}"; {more}')


def sums(board):
    """What each life has found, in one number."""
    return re.findall(r"lives\| lives: (\w+)", pathlib.Path(board.log.name).read_text())


def restarts(board, name, count, timeout=90):
    board.expect(rf"bulkhead: {name}: restart {count}, after [0-9.]+ ms", timeout=timeout)


@pytest.mark.parametrize("mode, count", [("virtual", 1000), ("direct", 300)])
def test_nothing_is_left_of_a_life(boot, mode, count):
    """Each of many lives finds RAM, interrupts and registers as the first did."""
    board = boot(system(rt(), lives(mode)), options=["-accel", "tcg,thread=multi"])
    for hundred in range(100, count + 1, 100):
        restarts(board, "lives", hundred)
    found = sums(board)
    assert len(found) >= count and len(set(found)) == 1
    board.expect(r"rt0 *\| \d+ ticks")


@pytest.mark.parametrize("end", ["early", "frame0", "frame1", "active", "pending"])
@pytest.mark.parametrize("mode, threads", [("virtual", "multi"), ("direct", "multi"),
                                           ("direct", "single")])
def test_other_vcpus_are_no_obstacle(boot, mode, threads, end):
    """One that is being started, or is off, with the frame of its private interrupts written to."""
    board = boot(system(rt(), lives(mode, bootargs=f"end={end}")),
                 options=["-accel", f"tcg,thread={threads}"])
    restarts(board, "lives", 40)
    assert len(set(sums(board))) == 1


def test_urgent_interrupts_are_no_obstacle(boot):
    """QEMU's newest CPU has interrupts that are more urgent than any priority."""
    board = boot(system(rt(), lives("direct", bootargs="end=urgent")),
                 options=["-cpu", "max,pauth-impdef=on"])
    restarts(board, "lives", 5)


WILD = kernel("wild.bin", "wild=reset")


def test_restart_limit(boot):
    board = boot(system(rt(), partition("wild", WILD, more="bulkhead,restart-limit = <3 60000>;")))
    for life in range(1, 4):
        restarts(board, "wild", life)
    board.expect("bulkhead: wild: stopped: it may restart 3 times in 60000 ms")
    board.expect(r"rt0 *\| \d+ ticks")


def test_reset_may_stop(boot):
    board = boot(system(rt(), partition("wild", WILD, more='bulkhead,on-reset = "stop";')))
    board.expect("bulkhead: wild: asked for a reset")
    board.expect("bulkhead: wild: stopped")
    board.expect(r"rt0 *\| \d+ ticks")


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_shutdown_may_restart(boot, mode):
    board = boot(system(rt(), lives(mode, bootargs="end=off",
                                    more='bulkhead,on-shutdown = "restart";')))
    board.expect("bulkhead: lives: switched itself off")
    restarts(board, "lives", 10)
    assert len(sums(board)) >= 10 and len(set(sums(board))) == 1


@pytest.mark.parametrize("housekeeping", ["its own CPU", "another"])
def test_board_may_be_reset(boot, housekeeping):
    """All that was said before has left the UART, and the next boot says it again."""
    wild = partition("wild", WILD, more='bulkhead,on-reset = "reset-board";')
    board = boot(system(*([wild, rt()] if housekeeping == "its own CPU" else [rt(), wild])))
    for boot_number in range(3):
        if boot_number > 0:
            board.expect("bulkhead: what was said after the last boot:\r")
            board.expect(r"bulkhead: \| \[ +\d+\.\d{3}\] wild: asked for a reset\r")
            board.expect(r"bulkhead: \| \[ +\d+\.\d{3}\] wild: resets the board\r")
        board.expect(r"bulkhead: launched 2 partitions")
        board.expect("bulkhead: wild: asked for a reset")
        board.expect("bulkhead: wild: resets the board\r")
    # The first boot found none, and each what the last one had said, not more.
    assert board.said().count("bulkhead: | ") == 3 * board.said().count("after the last boot:")
    assert board.said().index("launched") < board.said().index("after the last boot")


def test_board_is_reset_although_others_flood(boot):
    flood = partition("flood", kernel("wild.bin", "wild=uartflood"))
    board = boot(system(rt(), partition("wild", WILD, more='bulkhead,on-reset = "reset-board";'), flood))
    for _ in range(2):
        board.expect(r"bulkhead: launched 3 partitions")


def test_board_without_a_console_is_reset(boot):
    wild = partition("wild", WILD, more='bulkhead,on-reset = "reset-board";')
    text = system(rt(), wild).replace(
        "/ { chosen {", "/ { /delete-node/ aliases; chosen { /delete-property/ stdout-path;")
    boot(text, options=["-no-reboot"]).expect(pexpect.EOF)


def test_images_in_place_are_kept(boot):
    """The boot loader has put kernel and ramdisk where the guest has them, and the guest has
    written over both."""
    board = boot(system("#size-cells = <2>;", rt(), partition("lives", """
        #address-cells = <2>; #size-cells = <2>; xen,static-mem = <0 0x60000000 0 0x600000>;
        kernel { compatible = "multiboot,kernel", "multiboot,module";
                 bulkhead,file = "lives.bin"; reg = <0 0x60000000 0 0x10000>; };""",
        memory_kib=0, cpus="cpus = <2>;")))
    restarts(board, "lives", 20)
    assert len(sums(board)) >= 20 and len(set(sums(board))) == 1


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_guest_that_cannot_take_exceptions_has_crashed(boot, mode):
    """Its vectors are outside its memory: the abort that it gets cannot be taken."""
    board = boot(system(rt(), partition(
        "wild", kernel("wild.bin", "wild=vectors"),
        more=f'bulkhead,irq-mode = "{mode}"; bulkhead,on-crash = "restart"; '
             'bulkhead,restart-limit = <1 60000>;')))
    for what in ("restarts", "stopped: it may restart 1 times in 60000 ms"):
        board.expect("bulkhead: wild: access outside its memory at 0x30000000, PC")
        board.expect("bulkhead: wild: cannot take exceptions: no memory at its vectors at 0x30000200")
        board.expect(f"bulkhead: wild: {what}\r")
    assert "still here" not in board.said()
    board.expect(r"rt0 *\| \d+ ticks")


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_kernel_panics(boot, mode):
    """It is a crash; the device takes nothing but that."""
    board = boot(system(rt(), partition(
        "wild", kernel("wild.bin", "wild=panic"),
        more=f'bulkhead,irq-mode = "{mode}"; bulkhead,panic-device; bulkhead,on-crash = "restart"; '
             'bulkhead,restart-limit = <2 60000>;')))
    for life in range(1, 3):
        board.expect(r"wild *\| wild: events 1, faults 2\r")
        board.expect("bulkhead: wild: its kernel has panicked\r")
        restarts(board, "wild", life)
    board.expect("bulkhead: wild: stopped: it may restart 2 times in 60000 ms")
    assert "still here" not in pathlib.Path(board.log.name).read_text()
    board.expect(r"rt0 *\| \d+ ticks")
