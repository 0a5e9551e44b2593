# SPDX-License-Identifier: Apache-2.0
"""Direct interrupt mode: the guest has its CPUs' interrupts to itself, and no others."""
import json
import pathlib
import re
import socket
import time

import pytest

from conftest import TIMEOUT
from checks import passed
from debugger import Debugger, address_of
from systems import kernel, linux, partition, rt, system
from test_bad_input import refused
from test_passthrough import BOTH, EDGE

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
    ("probe", 2, 38), ("device", 1, 45), ("route", 2, 22), ("frames", 2, 13), ("lists", 2, 32),
    ("power", 2, 48)])
def test_at_el1(boot, name, cpus, checks, secure, mode):
    """What the guests expect of a virtual GIC, or of hardware."""
    if name in ("lists", "power") and (secure, mode) == ("on", "open"):
        pytest.skip("QEMU's firmware leaves PMR and priorities on different scales")
    board = boot(system(rt(), partition(name, kernel(f"{name}.bin"), cpus=f"cpus = <{cpus}>;",
                                        more=ALL + f'bulkhead,direct-sgi = "{mode}";')) + DEVICES,
                 options=["-machine", f"secure={secure}"])
    match = board.expect(name + r": (\d+) passed, (\d+) failed, (\d+) skipped\r+\n")
    assert int(match.group(1)) >= checks and match.group(2) == "0"
    assert match.group(3) == "0" or (name, secure) == ("frames", "on")
    board.expect(f"bulkhead: {name}: switched itself off")


@pytest.mark.parametrize("secure", ["off", "on"])
def test_linux(boot, secure):
    """Its interrupts, its shell by interrupts both ways, and a CPU that goes off and comes back."""
    board = boot(system(rt(), linux(cpus="cpus = <2>;", more=DIRECT)),
                 options=["-machine", f"secure={secure}"])
    board.expect("launched 2 partitions")
    board.focus(1, "linux0")
    board.run("", "linux0# ")
    board.run("nproc", r"linux0\| 2\r+\n")
    online = "/sys/devices/system/cpu/cpu1/online"
    for _ in range(3):
        board.run(f"echo 0 > {online}; nproc", r"linux0\| 1\r+\n")
        board.run(f"echo 1 > {online}; nproc", r"linux0\| 2\r+\n")
    # More than the ring holds: the guest waits for room, which an interrupt announces.
    board.run("seq 1 4000; echo all $((40 + 2))", r"linux0\| 4000\r+\n")
    board.expect(r"linux0\| all 42\r+\n")
    board.run("grep uart-pl011 /proc/interrupts", r": +(\d+) +\d+ .*GICv3 +40 Level +uart-pl011")
    board.run("poweroff -f", "bulkhead: linux0: switched itself off")
    board.focus(0, "rt0")
    board.expect(r"rt0 *\| \d+ ticks")


class Monitor:
    """QEMU's monitor: where a CPU is."""

    def __init__(self, path):
        self.options = ["-qmp", f"unix:{path},server=on,wait=off"]
        self.path = str(path)
        self.file = None

    def ask(self, request):
        if self.file is None:
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(self.path)
            self.file = connection.makefile("rw")
            self.file.readline()
            self.ask({"execute": "qmp_capabilities"})
        self.file.write(json.dumps(request) + "\n")
        self.file.flush()
        while True:
            answer = json.loads(self.file.readline())
            if "return" in answer or "error" in answer:
                return answer["return"]

    def level(self, cpu):
        """The exception level that a CPU is at."""
        text = self.ask({"execute": "human-monitor-command", "arguments": {
            "command-line": "info registers", "cpu-index": cpu}})
        return int(re.search(r"PSTATE=.*?EL(\d)", text).group(1))

    def come_to(self, levels):
        """Whether CPUs get to these exception levels, by CPU, and stay."""
        def are_there():
            return all(self.level(cpu) == level for cpu, level in levels.items())

        end = time.monotonic() + TIMEOUT
        while not are_there() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.5)
        return are_there()


ALWAYS = ["spin", "call", "print", "event", "sleep", "disabled"]
SLEEPERS = ["group", "mask", "highest"]

# Who sleeps on: where an interrupt is masked that EL2 cannot send otherwise.
SLEEPS_ON = {("trap", "off"): ["highest"], ("trap", "on"): ["group", "highest"],
             ("open", "off"): ["group", "mask", "highest"]}


@pytest.mark.parametrize("mode, secure", SLEEPS_ON)
@pytest.mark.parametrize("sibling", ALWAYS + SLEEPERS)
def test_siblings_stop(boot, tmp_path, sibling, mode, secure):
    """Each leaves the guest although it has interrupts masked; none goes on."""
    monitor = Monitor(tmp_path / "monitor")
    guest = partition("siblings", kernel("siblings.bin", f"sibling={sibling}"), cpus="cpus = <2>;",
                      more=DIRECT + f'bulkhead,direct-sgi = "{mode}";')
    board = boot(system(rt(), guest), options=monitor.options + ["-machine", f"secure={secure}"])
    board.expect("bulkhead: siblings: switched itself off")
    assert monitor.come_to({1: 2, 2: 1 if sibling in SLEEPS_ON[mode, secure] else 2})
    board.expect(r"rt0 *\| \d+ ticks")


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_uart_line(boot, mode):
    board = boot(system(partition("line", kernel("line.bin"), more=f'bulkhead,irq-mode = "{mode}";')))
    board.expect("line: type")
    board.send("x")
    board.expect("line: type again")
    board.send("y")
    passed(board, "line", at_least=6)


def test_example(boot):
    """What README's `make run SYSTEM=dts/direct.dts` shows."""
    board = boot(pathlib.Path("dts/direct.dts").read_text())
    board.expect("launched 3 partitions")
    board.expect("linux0# ")
    board.run("nproc", r"linux0\| 2\r+\n")
    board.expect(r"rt0 *\| \d+ ticks")


def test_no_spare_interrupt_in_the_gic(boot):
    """The planner's spare SPI comes behind those that the tree uses; the GIC has 256."""
    used = ", ".join(f"<0 {spi} 4>" for spi in range(256))
    refused(boot(system(rt(), rt("direct", more=DIRECT)) + "/ { e { interrupts = %s; }; };" % used),
            r"error: SPI 256 \(INTID 288\): the GIC has no such interrupt, or firmware keeps it")


@pytest.mark.parametrize("cpus", [2, 3])
def test_starting_leaves_nothing_pending(boot, cpus):
    """Bulkhead's own interrupts, which wake a CPU that is off, do not reach the guest."""
    board = boot(system(rt(), partition("siblings", kernel("siblings.bin", "sibling=restart"),
                                        cpus=f"cpus = <{cpus}>;", more=DIRECT)))
    board.expect("siblings: 2000 starts, 0 strays")


def test_starting_waits_for_the_kick(boot, tmp_path):
    """CPU_ON has announced the start and not yet kicked; other interrupts keep the target awake."""
    monitor = Monitor(tmp_path / "monitor")
    debugger = Debugger(tmp_path / "debugger")
    guest = partition("siblings", kernel("siblings.bin", "sibling=early"), cpus="cpus = <3>;",
                      more=DIRECT)
    boot(system(rt(), guest), options=monitor.options + debugger.options)
    debugger.connect()
    kick = address_of("psci_cpu_on", "msr\ticc_sgi1r_el1")
    debugger.step(debugger.run_to(kick))  # CPU_ON of the third, which wakes the second
    caller = debugger.run_to(kick)
    debugger.run_but(caller, cpus=4)
    assert monitor.come_to({3: 1})
    assert monitor.level(2) == 2
    debugger.run_all()
    assert monitor.come_to({2: 1})


@pytest.mark.parametrize("wild", ["mmio", "interrupts", "sgis"])
@pytest.mark.parametrize("secure", ["off", "on"])
def test_neighbours_are_out_of_reach(boot, tmp_path, wild, secure):
    """A hostile direct guest, while another partition checks its devices' interrupts."""
    trace = tmp_path / "trace"
    hostile = partition("wild", kernel("wild.bin", f"wild={wild}"), cpus="cpus = <2>;", more=DIRECT)
    board = boot(system(rt(), partition("device", kernel("device.bin"), more=BOTH), hostile) + EDGE,
                 options=["-machine", f"secure={secure}", "-trace", "gicv3_redist_send_sgi", "-D",
                          str(trace)])
    passed(board, "device", at_least=41)
    board.expect(r"wild *\| wild: (round|reach) \d+\r+\n")
    board.expect(r"rt0 *\| \d+ ticks")
    assert not re.search("reach .*(LPIs|others)", board.said())
    # SGIs but EL2's are the hostile guest's alone.
    targets = set(re.findall(r"redistributor (0x[0-9a-f]+) pending SGI (9|1\d)\b", trace.read_text()))
    assert {cpu for cpu, _ in targets} == (set() if wild == "mmio" else {"0x2", "0x3"})


def test_open_sgis_only_wake(boot):
    """Every SGI to every CPU of the board: the others lose time, and nothing else."""
    hostile = partition("wild", kernel("wild.bin", "wild=sgis"), more=OPEN)
    board = boot(system(rt(), partition("device", kernel("device.bin"), more=BOTH), hostile) + EDGE)
    passed(board, "device", at_least=41)
    board.expect(r"wild *\| wild: reach \d+\r+\n")
    board.expect(r"rt0 *\| \d+ ticks")
