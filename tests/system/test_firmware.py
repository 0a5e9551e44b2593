# SPDX-License-Identifier: Apache-2.0
"""Boards whose firmware keeps something for itself, and boards that are built otherwise."""
import re

import pytest

from checks import all_passed, histogram
from conftest import BUILD
from systems import CELLS, kernel, linux, partition, rt, system
from test_bad_input import refused
from test_direct import ALL, DEVICES, DIRECT
from test_lifecycle import lives
from test_passthrough import BOTH, EDGE

FIRMWARE = BUILD / "firmware.bin"
RESETS = 'bulkhead,on-shutdown = "reset-board";'

# Words that tests/guests/firmware.S finds: which CPU boots, and flags.
CONFIG = 0x43000000
GROUP0_TO_EL2, KEEPS_TIMER, MASKS_ALL, NO_COUNTER, SPARES_BOOT, KEEPS_CONSOLE = 1, 2, 4, 8, 16, 32

# More of it than QEMU's tree says: three further banks in two nodes, and a reserved part.
BANKS = ('/ { memory@100000000 { device_type = "memory"; reg = <1 0 0 0x10000000>, '
         '<1 0x20000000 0 0x10000000>; }; '
         'memory@140000000 { device_type = "memory"; reg = <1 0x40000000 0 0x40000000>; }; '
         'reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; '
         'secure@100000000 { reg = <1 0 0 0x1000000>; no-map; }; }; };\n')


def on(*cpus):
    return "bulkhead,cpus = <%s>;" % " ".join("&{/cpus/cpu@%d}" % cpu for cpu in cpus)


def at(address, size=0x1000000):
    """RAM at this place, and at the same for the guest."""
    return ("direct-map; xen,static-mem = <%#x %#x 0 %#x>; " %
            (address >> 32, address & 0xffffffff, size))


def configured(boot_cpu=0, flags=0, offset=0):
    return ["-device", f"loader,addr={CONFIG:#x},data={boot_cpu | flags << 32:#x},data-len=8",
            "-device", f"loader,addr={CONFIG + 8:#x},data={offset:#x},data-len=8"]


def test_secure_world(boot):
    """A GIC with an owner at EL3, whose timer ticks on all CPUs. The fifth CPU boots, and is nobody's. One
    guest begins anew ten times, one switches a CPU off and on, and resets the board at last."""
    board = boot(system(lives("direct", more="bulkhead,restart-limit = <10 600000>;"),
                        linux(cpus="cpus = <2>;", more=RESETS)),
                 firmware=FIRMWARE, options=configured(4), cpus=5)
    board.expect("bulkhead: lives: stopped: it may restart 10 times")
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
    """Its group 0 is EL2's by SCR_EL3: priorities and masks are on different scales. The core has what
    EL3 must open to EL2: keys, fine-grained traps."""
    board = boot(system(rt(), partition("power", kernel("power.bin"), cpus="cpus = <2>;", more=DIRECT),
                        partition("probe", kernel("probe.bin"), cpus="cpus = <2>;")),
                 firmware=FIRMWARE, cpus=5,
                 options=configured(1, GROUP0_TO_EL2) + ["-cpu", "neoverse-n2"])
    all_passed(board, {"probe": 38, "power": 48})


@pytest.mark.parametrize("flags, error", [
    (0, r"error: SPI 11 \(INTID 43\): the GIC has no such interrupt, or firmware keeps it for the secure"),
    (KEEPS_TIMER, "error: CPU 0: its GIC interface .*, or firmware keeps timers or masks"),
    (MASKS_ALL, "error: CPU 0: its GIC interface .*, or firmware keeps timers or masks"),
    (NO_COUNTER, "error: CPU 0: firmware has not set its CNTFRQ_EL0"),
    (KEEPS_TIMER | SPARES_BOOT, r"error: CPU 1 \(rt0\): its GIC interface .*, or firmware keeps timers"),
    (NO_COUNTER | SPARES_BOOT, r"error: CPU 1 \(rt0\): firmware has not set its CNTFRQ_EL0"),
    (KEEPS_CONSOLE, r"error: SPI 1 \(INTID 33\): the GIC has no such interrupt, or firmware keeps it")])
def test_what_is_not_ours(boot, flags, error):
    more = "" if flags else BOTH
    edge = EDGE.replace("<0 10 1>", "<0 11 1>")
    refused(boot(system(rt(more=more, cpus=on(1))) + edge, firmware=FIRMWARE, options=configured(0, flags)),
            error)


def test_console_with_a_ppi(boot):
    """It is not the distributor's; there is output all the same."""
    board = boot(system(rt()) + "&{/pl011@9000000} { interrupts = <1 5 4>; };\n")
    board.expect("launched 1 partitions")
    board.expect(r"rt0\| ")


def test_boot_cpu_that_is_switched_off_in_the_tree(boot):
    refused(boot(system(rt()) + '&{/cpus/cpu@1} { status = "fail"; };\n', firmware=FIRMWARE,
                 options=configured(1)),
            "error: the boot CPU is not in the device tree's /cpus")


def test_cpu_that_firmware_does_not_have(boot):
    """The tree has a fifth one; QEMU's PSCI says INVALID_PARAMETERS."""
    refused(boot(system(rt(cpus=on(4))), cpus=5, options=["-smp", "4"]),
            r"error: CPU 4 \(MPIDR 0x4\): firmware's CPU_ON returned -2")


@pytest.mark.parametrize("firmware", [FIRMWARE, None], ids=["el3", "qemu"])
def test_two_clusters_and_high_memory(boot, firmware):
    """QEMU has 16 CPUs in a cluster. Partitions span two of them, in both modes. With firmware the
    last CPU boots, and image and device tree are above 4 GiB."""
    probe, power, offset = ("", DIRECT, 0x120000000) if firmware else (ALL, "", 0)
    board = boot(system(partition("probe", kernel("probe.bin"), cpus=on(15, 16), memory_kib=0,
                                  more=probe + at(0x17f000000)),
                        partition("power", kernel("power.bin"), cpus=on(17, 14), more=power),
                        rt(cpus=on(3), memory_kib=0, more=at(0x120000000)),
                        chosen=CELLS) + DEVICES + BANKS,
                 firmware=firmware, options=["-m", "5G"] + configured(17, offset=offset), cpus=18,
                 offset=offset)
    all_passed(board, {"probe": 38, "power": 48}, skipped=0)
    histogram(board)
