# SPDX-License-Identifier: Apache-2.0
"""The virtual GIC where it is easily wrong: full list registers, others' frames."""
import pytest

from checks import all_passed, passed
from systems import kernel, partition, rt, system
from test_bad_input import refused
from test_passthrough import BOTH, EDGE

# `registers` wants no passed-through SPIs: their triggers are the board's.
GUESTS = [("frames", 18), ("lists", 32), ("active", 66), ("registers", 39),
          ("groups", 34)]


@pytest.mark.parametrize("name, checks", GUESTS)
@pytest.mark.parametrize("secure", ["off", "on"])
def test_at_el1(boot, name, checks, secure):
    board = boot(system(partition(name, kernel(f"{name}.bin"), cpus="cpus = <2>;",
                                  more="" if name == "registers" else BOTH), rt()) + EDGE,
                 options=["-machine", f"secure={secure}"])
    all_passed(board, {name: checks}, skipped=0, then_off=True)


def test_interrupt_beyond_the_gic(boot):
    """The planner takes what the device tree says; the GIC has the last word."""
    edge = EDGE.replace("<0 10 1>", "<0 300 1>")
    refused(boot(system(rt(more=BOTH)) + edge),
            r"error: SPI 300 \(INTID 332\) does not exist: the GIC's last INTID is 287")


@pytest.mark.parametrize("name, checks", GUESTS)
def test_the_same_without_a_hypervisor(bare, name, checks):
    """QEMU's GIC has LPIs and takes no messages."""
    passed(bare(name), name, at_least=checks, skipped=3 if name == "registers" else 0)
