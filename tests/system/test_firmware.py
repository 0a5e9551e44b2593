# SPDX-License-Identifier: Apache-2.0
"""Boards whose firmware keeps something for itself, and boards that are built otherwise."""
import re

import pytest

from checks import all_passed
from conftest import BUILD
from systems import kernel, linux, partition, rt, system
from test_bad_input import refused
from test_lifecycle import lives, restarts
from test_passthrough import BOTH, EDGE

FIRMWARE = BUILD / "firmware.bin"
DIRECT = 'bulkhead,irq-mode = "direct";'
RESETS = 'bulkhead,on-shutdown = "reset-board";'

# Words that tests/guests/firmware.S finds: which CPU boots, and flags.
CONFIG = 0x43000000
GROUP0_TO_EL2, KEEPS_TIMER, MASKS_ALL, NO_COUNTER = 1, 2, 4, 8


def configured(boot_cpu=0, flags=0):
    return ["-device", f"loader,addr={CONFIG:#x},data={boot_cpu | flags << 32:#x},data-len=8"]


def test_secure_world(boot):
    """A GIC with an owner at EL3, whose timer ticks on all CPUs; the third CPU boots. One guest begins
    anew all the time, one switches a CPU off and on, and resets the board at last."""
    board = boot(system(lives("direct"), linux(cpus="cpus = <2>;", more=RESETS)),
                 firmware=FIRMWARE, options=configured(2))
    restarts(board, "lives", 10)
    board.shell(1, "linux0", "linux0")
    online = "/sys/devices/system/cpu/cpu1/online"
    board.run(f"echo 0 > {online}; echo 1 > {online}; nproc", r"linux0\| 2\r+\n")
    assert len(set(re.findall(r"lives *\| lives: (\w+)", board.said()))) == 1
    board.send("poweroff -f\r")
    ticks = board.expect(r"firmware: the board goes down, secure ticks 0x(\w+)\r")
    assert int(ticks.group(1), 16) > 50
    board.expect("linux0: switched itself off")
    board.expect("launched 2 partitions")


def test_secure_world_that_keeps_still(boot):
    """Its group 0 is EL2's by SCR_EL3: priorities and masks are on different scales."""
    board = boot(system(rt(), partition("power", kernel("power.bin"), cpus="cpus = <2>;", more=DIRECT),
                        partition("probe", kernel("probe.bin"), cpus="cpus = <2>;")),
                 firmware=FIRMWARE, options=configured(1, GROUP0_TO_EL2), cpus=5)
    all_passed(board, {"probe": 38, "power": 48})


@pytest.mark.parametrize("flags, error", [
    (0, r"error: SPI 7 \(INTID 39\) belongs to the secure world: firmware keeps it"),
    (KEEPS_TIMER, "error: CPU 0: its GIC redistributor .*, or firmware keeps its timers or masks"),
    (MASKS_ALL, "error: CPU 0: its GIC redistributor .*, or firmware keeps its timers or masks"),
    (NO_COUNTER, "error: CPU 0: firmware has not set its CNTFRQ_EL0")])
def test_what_is_not_ours(boot, flags, error):
    more = "" if flags else BOTH
    refused(boot(system(rt(more=more)) + EDGE, firmware=FIRMWARE, options=configured(0, flags)),
            error)
