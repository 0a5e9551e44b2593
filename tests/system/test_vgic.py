# SPDX-License-Identifier: Apache-2.0
"""The virtual GIC where it is easily wrong: full list registers, others' frames."""
import pytest

from conftest import BUILD, Board
from systems import kernel, partition, rt, system
from test_bad_input import refused
from test_passthrough import BOTH, EDGE, passed

# `registers` wants no passed-through SPIs: their triggers are the board's.
GUESTS = [("frames", 18), ("lists", 32), ("active", 66), ("registers", 39),
          ("groups", 34)]


@pytest.mark.parametrize("name, checks", GUESTS)
@pytest.mark.parametrize("secure", ["off", "on"])
def test_at_el1(boot, name, checks, secure):
    board = boot(system(partition(name, kernel(f"{name}.bin"), cpus="cpus = <2>;",
                                  more="" if name == "registers" else BOTH), rt()) + EDGE,
                 options=["-machine", f"secure={secure}"])
    passed(board, name, at_least=checks)
    board.expect(f"bulkhead: {name}: switched itself off")


def test_interrupt_beyond_the_gic(boot):
    """The planner takes what the device tree says; the GIC has the last word."""
    edge = EDGE.replace("<0 10 1>", "<0 300 1>")
    refused(boot(system(rt(more=BOTH)) + edge),
            "error: CPU 0: the GIC has fewer interrupts than the device tree uses",
            r"error: SPI 300 \(INTID 332\) does not exist: the GIC's last INTID is 287")


@pytest.mark.parametrize("name, checks", GUESTS)
def test_the_same_without_a_hypervisor(request, name, checks):
    """What the guests expect is what the hardware does. QEMU's has LPIs and takes no messages."""
    log_path = BUILD / "tests/system" / f"{request.node.name}.log"
    board = Board(log_path, ["-M", "virt,gic-version=3", "-cpu", "cortex-a57", "-smp", "2", "-nic",
                             "none", "-nographic", "-kernel", str(BUILD / f"guests/{name}.bin")])
    try:
        passed(board, name, at_least=checks, skipped=3 if name == "registers" else 0)
    finally:
        board.close()
