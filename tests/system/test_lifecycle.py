# SPDX-License-Identifier: Apache-2.0
"""What becomes of a partition that ends, by its policies."""
import pytest

from systems import kernel, linux, partition, rt, system


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_linux_reboots(boot, mode):
    board = boot(system(linux(cpus="cpus = <2>;", more=f'bulkhead,irq-mode = "{mode}";'), rt()))
    board.expect("linux0# ")
    for life in range(1, 4):
        board.run("reboot -f", "bulkhead: linux0: asked for a reset")
        board.expect(rf"bulkhead: linux0: restart {life}, after \d+ ms")
        board.expect("linux0# ")
        board.run("nproc", r"linux0\| 2\r")


def lives(mode="virtual", vcpus=2, bootargs="", more=""):
    return partition("lives", kernel("lives.bin", bootargs), memory_kib=0x1800,
                     cpus=f"cpus = <{vcpus}>;", more=f'bulkhead,irq-mode = "{mode}"; {more}')


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_nothing_is_left_of_a_life(boot, mode):
    """Each of 1,000 lives finds RAM, interrupts and registers as the first did."""
    board = boot(system(rt(), lives(mode)), options=["-accel", "tcg,thread=multi"])
    first = board.expect(r"lives\| lives: ([0-9a-f]+)\r").group(1)
    for life in range(1, 1001):
        board.expect(rf"bulkhead: lives: restart {life}, after \d+ ms")
        assert board.expect(r"lives\| lives: ([0-9a-f]+)\r").group(1) == first
    board.expect(r"rt0 *\| \d+ ticks")
