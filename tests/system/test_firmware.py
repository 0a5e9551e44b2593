# SPDX-License-Identifier: Apache-2.0
"""Boards whose firmware keeps something for itself, and boards that are built otherwise."""
import re

import pytest

from checks import all_passed, passed
from conftest import BUILD
from systems import kernel, linux, partition, rt, system

FIRMWARE = BUILD / "firmware.bin"
DIRECT = 'bulkhead,irq-mode = "direct";'

# Words that tests/guests/firmware.S finds: which CPU boots, and flags.
CONFIG = 0x43000000
GROUP0_TO_EL2, KEEPS_TIMER, MASKS_ALL, NO_COUNTER = 1, 2, 4, 8


def configured(boot_cpu=0, flags=0):
    return ["-device", f"loader,addr={CONFIG:#x},data={boot_cpu | flags << 32:#x},data-len=8"]


@pytest.mark.parametrize("flags", [0, GROUP0_TO_EL2])
def test_firmware_at_el3(boot, flags):
    board = boot(system(rt(),
                        linux(cpus="cpus = <2>;", more='bulkhead,on-shutdown = "reset-board";'),
                        partition("power", kernel("power.bin"), cpus="cpus = <2>;", more=DIRECT),
                        partition("probe", kernel("probe.bin"), cpus="cpus = <2>;")),
                 firmware=FIRMWARE, options=configured(2, flags), cpus=7)
    board.expect("launched")
    all_passed(board, {"probe": 38, "power": 40})
