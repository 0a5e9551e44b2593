# SPDX-License-Identifier: Apache-2.0
"""Direct interrupt mode: the guest has its CPUs' interrupts to itself, and no others."""
import pytest

from systems import kernel, linux, partition, rt, system
from test_passthrough import BOTH, EDGE, passed

DIRECT = 'bulkhead,irq-mode = "direct";'
OPEN = DIRECT + ' bulkhead,direct-sgi = "open";'

# An edge that the guests expect of every virtual GIC: in direct mode somebody must own it.
SOFT = ('/ { soft@9060000 { compatible = "arm,pl061"; reg = <0 0x9060000 0 0x1000>; '
        'interrupts = <0 8 1>; }; };\n')
ALL = DIRECT + BOTH.replace('";', '", "/soft@9060000";')
DEVICES = EDGE + SOFT


@pytest.mark.parametrize("mode", ["trap", "open"])
@pytest.mark.parametrize("secure", ["off", "on"])
@pytest.mark.parametrize("name, cpus, checks", [
    ("probe", 2, 15), ("device", 1, 20), ("route", 2, 20), ("frames", 2, 14), ("lists", 2, 32)])
def test_at_el1(boot, name, cpus, checks, secure, mode):
    more = ALL + f'bulkhead,direct-sgi = "{mode}";'
    board = boot(system(rt(), partition(name, kernel(f"{name}.bin"), cpus=f"cpus = <{cpus}>;",
                                        more=more)) + DEVICES,
                 options=["-machine", f"secure={secure}"])
    passed(board, name, at_least=checks)
    board.expect(f"bulkhead: {name}: switched itself off")
