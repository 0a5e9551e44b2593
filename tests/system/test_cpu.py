# SPDX-License-Identifier: Apache-2.0
"""What a guest has of its CPU, on each kind: registers, PSCI, the SMC Calling Convention."""
import re

import pytest

from checks import all_passed
from conftest import BUILD
from systems import kernel, partition, rt, system
from test_bad_input import refused

MAX = ["-cpu", "max,pauth-impdef=on", "-machine", "mte=on"]
CPUS = [["-cpu", name] for name in ("cortex-a53", "cortex-a57", "cortex-a72", "cortex-a76",
                                    "neoverse-n1")] + [MAX]
# The guest, its vCPUs, and how many checks pass at least: under Bulkhead, on plain QEMU.
GUESTS = {"hidden": (1, 40, 23), "smccc": (1, 24, 6), "cpu": (2, 14, 14), "power": (4, 42, 14),
          "thumb": (1, 20, 20)}


def guest(name, bootargs="", cpus=None, more=""):
    return partition(name, kernel(f"{name}.bin", bootargs), more=more,
                     cpus=f"cpus = <{cpus or GUESTS[name][0]}>;")


def least(*names, column=1):
    """How many checks pass at least, by name."""
    return {name: GUESTS[name][column] for name in names}


@pytest.mark.parametrize("cpu", CPUS, ids=lambda options: options[1].split(",")[0])
def test_at_el1(boot, cpu):
    """All at once, each partition on CPUs of its own."""
    board = boot(system(*map(guest, GUESTS)), options=cpu, cpus=9)
    all_passed(board, least(*GUESTS))


def test_eight_vcpus(boot):
    board = boot(system(guest("power", cpus=8)), cpus=8)
    all_passed(board, least("power"), then_off=True)


def test_what_is_hidden(boot):
    """QEMU's newest CPU has most of it; nothing is skipped but what a guest may use."""
    board = boot(system(guest("hidden")), options=MAX)
    all_passed(board, least("hidden"))
    assert re.findall(r"check (.*) is undefined skipped.*\r+\n", board.console.before) == ["RNDR"]


@pytest.mark.parametrize("bits", [128, 256, 2048])
def test_vector_length(boot, bits):
    """One partition has SVE, the other, on the same kind of CPU, has not."""
    sve = f"sve = <{bits}>;"
    board = boot(system(guest("cpu", f"sve={bits}", more=sve), guest("hidden")), options=MAX)
    all_passed(board, least("cpu", "hidden"))


def test_vectors_are_identified(boot):
    board = boot(system(guest("hidden", "sve=256", more="sve = <256>;")), options=MAX)
    board.expect("hidden: check SVE: ZCR_EL1 is undefined skipped")
    board.expect("hidden: check SVE is there as the partition has it ok")


def test_vector_length_is_what_was_asked_for(boot):
    """The guest counts: a harness that accepts any length would not see a wrong one."""
    board = boot(system(guest("cpu", "sve=512", more="sve = <256>;")), options=MAX)
    board.expect("cpu: check the vector length FAILED")


@pytest.mark.parametrize("cpu", ["cortex-a57", "max,pauth-impdef=on,sve384=off"])
@pytest.mark.parametrize("order", [1, -1])
def test_no_such_vector_length(boot, cpu, order):
    """On the boot CPU, which owns the first partition, and on another."""
    partitions = [rt(), partition("vectors", kernel("rt0.bin"), more="sve = <384>;")]
    refused(boot(system(*partitions[::order]), options=["-cpu", cpu]),
            r"error: CPU \d( \(vectors\))?: it has no SVE, or none with the vector length of its "
            "partition's sve")


def test_suspension_outlasts_the_interrupts_of_the_hypervisor(boot):
    """The first partition's CPU does the housekeeping: the flood of the other interrupts it each ms."""
    board = boot(system(guest("power", "ticks=1250000", cpus=1),
                        partition("wild", kernel("wild.bin", "wild=uartflood"))))
    board.expect(r"power: \d+ passed, 0 failed")


def test_warm_reset(boot):
    board = boot(system(guest("power", "end=reset2")))
    board.expect("bulkhead: power: asked for a reset")


def test_random_numbers_of_firmware(boot):
    """Firmware at EL3 has a source. It has no PSCI, so that there is one CPU."""
    board = boot(system(guest("smccc", "trng=1")), firmware=BUILD / "firmware.bin")
    board.expect("smccc: 34 passed, 0 failed, 0 skipped")


@pytest.mark.parametrize("name", GUESTS)
@pytest.mark.parametrize("cpu", ["cortex-a57", "max,pauth-impdef=on"])
def test_the_same_without_a_hypervisor(bare, name, cpu):
    all_passed(bare(name, cpu), least(name, column=2))
