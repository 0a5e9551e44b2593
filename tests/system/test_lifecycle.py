# SPDX-License-Identifier: Apache-2.0
"""What becomes of a partition that ends, by its policies."""
import pytest

from systems import linux, rt, system


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_linux_reboots(boot, mode):
    board = boot(system(linux(cpus="cpus = <2>;", more=f'bulkhead,irq-mode = "{mode}";'), rt()))
    board.expect("linux0# ")
    for life in range(1, 4):
        board.run("reboot -f", "bulkhead: linux0: asked for a reset")
        board.expect(rf"bulkhead: linux0: restart {life}, after \d+ ms")
        board.expect("linux0# ")
        board.run("nproc", r"linux0\| 2\r")
