# SPDX-License-Identifier: Apache-2.0
"""The guests that check the virtual GIC and more from EL1, on each kind of core.

Cores differ in their registers and extensions, and may in the size of their GIC interface, but
not in timing: QEMU counts instructions here, one thread runs all CPUs, and each run is like
the last. What can go wrong between CPUs is tried with a thread for each by test_vgic.py,
test_passthrough.py and test_partitions.py; what a guest has of its CPU is in test_cpu.py.
"""
import pytest

from checks import all_passed
from systems import kernel, partition, system
from test_passthrough import BOTH, EDGE

CORES = {
    "cortex-a53": ["-cpu", "cortex-a53"],
    "cortex-a57": ["-cpu", "cortex-a57"],
    "cortex-a72": ["-cpu", "cortex-a72"],
    "cortex-a76": ["-cpu", "cortex-a76"],
    "neoverse-n1": ["-cpu", "neoverse-n1"],
    "max": ["-cpu", "max,pauth-impdef=on"],
}

# 256 ns for an instruction: guests that wait for time to pass need few. The board's clock counts it.
COUNTED = ["-icount", "shift=8,sleep=off", "-rtc", "clock=vm"]

# Its vCPUs, how many checks pass at least, what it has of the board.
GUESTS = {
    "probe": (8, 38, ""),
    # `registers` wants no passed-through SPIs: their triggers are the board's.
    "registers": (2, 39, ""),
    "device": (1, 41, BOTH),
    "route": (2, 22, BOTH),
    "frames": (2, 18, BOTH),
    "lists": (2, 32, BOTH),
    "active": (2, 66, BOTH),
    "groups": (2, 34, BOTH),
}

# Those that share no device share a boot, which saves time: the clock's alarm takes seconds.
BOOTS = [["device", "probe", "registers"], ["route"], ["frames"], ["lists"], ["active"], ["groups"]]


def guest(name):
    cpus, _, more = GUESTS[name]
    return partition(name, kernel(f"{name}.bin"), cpus=f"cpus = <{cpus}>;", more=more)


@pytest.mark.parametrize("core", CORES)
@pytest.mark.parametrize("names", BOOTS, ids="+".join)
def test_at_el1(boot, names, core):
    cpus = sum(GUESTS[name][0] for name in names)
    board = boot(system(*map(guest, names)) + EDGE, options=CORES[core] + COUNTED, cpus=cpus)
    all_passed(board, {name: GUESTS[name][1] for name in names}, skipped=0, then_off=True)


def test_all_guests_are_booted():
    assert sorted(sum(BOOTS, [])) == sorted(GUESTS)
