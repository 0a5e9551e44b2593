# SPDX-License-Identifier: Apache-2.0
"""What a hostile or broken guest, or a hasty operator, does for long: nobody else notices, and
nothing is lost that was promised. SOAK=12 floods for a minute."""
import os
import re
import time

import pytest

from checks import histogram
from systems import kernel, partition, rt, system

SECONDS = 5 * int(os.environ.get("SOAK", "1"))


def watch(board, seconds):
    """Reads the console for so long; rt0 goes on meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        histogram(board)


def test_flood_is_shown_whole(boot):
    """Two that write as fast as they can: each gets its turn, and no line of either is lost."""
    floods = [partition(name, kernel("wild.bin", "wild=uartflood")) for name in ("one", "two")]
    board = boot(system(rt(), *floods))
    watch(board, SECONDS)
    for name in ("one", "two"):
        found = [int(number) for number in
                 re.findall(rf"{name} *\| wild: flood (\d+) \.{{36}}\r+\n", board.said())]
        assert len(found) > 100
        assert found == list(range(1, len(found) + 1))


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_resets_in_a_tight_loop(boot, mode):
    """Without a limit; each life is counted, and rt0 hears nothing of it."""
    board = boot(system(rt(), partition("wild", kernel("wild.bin", "wild=reset"),
                                        more=f'bulkhead,irq-mode = "{mode}";')))
    watch(board, SECONDS)
    found = [int(number) for number in
             re.findall(r"bulkhead: wild: restart (\d+), after", board.said())]
    assert len(found) > 10 and found == sorted(set(found))


def test_input_that_nobody_reads(boot):
    """It is dropped as by a full FIFO; the escape key is not."""
    board = boot(system(rt(), partition("wild", kernel("wild.bin", "wild=uartflood"))))
    histogram(board)
    for _ in range(5):
        board.console.write("x" * 2000)
    board.focus(1, "wild")
    for _ in range(5):
        board.console.write("y\r" * 1000)
    board.focus(0, "rt0")
    histogram(board)
