# SPDX-License-Identifier: Apache-2.0
"""A partition that watches, stops, starts and restarts others: the device, and bulkctl."""
import pytest

from checks import passed
from systems import kernel, linux, partition, rt, system


def named(text):
    """A partition with a label by which others refer to it."""
    return f"{text.split(' ')[0]}: {text}"


@pytest.mark.parametrize("supervisor, subject", [("virtual", "virtual"), ("direct", "virtual"),
                                                 ("virtual", "direct"), ("direct", "direct")])
def test_registers_and_orders(boot, supervisor, subject):
    """From EL1, and from two vCPUs at once. In the middle of it the others go on."""
    guest = partition("supervisor", kernel("supervisor.bin", "partitions=2"), cpus="cpus = <2>;",
                      more=f'bulkhead,supervises = <&last &rt0>; bulkhead,irq-mode = "{supervisor}";')
    last = partition("last", kernel("rt0.bin", "interval=1"), memory_kib=0x1000,
                     more=f'bulkhead,irq-mode = "{subject}"; bulkhead,on-reset = "stop";')
    board = boot(system(named(rt()), named(last), guest), options=["-accel", "tcg,thread=multi"])
    passed(board, "supervisor", at_least=25)
    board.expect(r"rt0 *\| \d+ ticks")
    board.expect(r"last *\| \d+ ticks")
