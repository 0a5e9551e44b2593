# SPDX-License-Identifier: Apache-2.0
"""Boots systems in QEMU and talks to their consoles.

A Board is one running QEMU. Everything that its console says is kept in
build/tests/system/FILE-TEST.log; whatever happens, the QEMU of a test ends with it.

Tests run side by side, on a machine that may do other work besides: a time that they allow is one
that only what hangs exceeds. Those that cannot live with that say why: @pytest.mark.alone("...").

Partitions' lines come in any order, and an unfinished one of the partition with the focus may be
there several times. A pattern that is to match a whole line ends with \\r+\\n.
"""
import os
import pathlib
import re
import shlex
import signal
import struct
import subprocess

import pexpect
import pytest

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
QEMU = os.environ.get("QEMU", "qemu-system-aarch64")
BOARDS = pathlib.Path("boards")
BOARD_TREE = BUILD / "boards/qemu-virt"
TIMEOUT = 90  # seconds for one expected line, on a slow machine


def machine_options(board="qemu-virt", what="machine"):
    """The options of boards/BOARD/machine, the only place that has them; what: or "console"."""
    command = f". {BOARDS}/{board}/machine && echo ${what}_options"
    return shlex.split(subprocess.check_output(["sh", "-c", command], text=True))


def skip_unless_there(board):
    """Skips a test of a board whose model this QEMU lacks."""
    machine = re.match(r"[^,]+", machine_options(board)[1]).group()
    known = subprocess.check_output([QEMU, "-M", "help"], text=True)
    if not re.search(rf"^{machine} ", known, re.M):
        pytest.skip(f"this QEMU has no {machine}: QEMU 10 has")


class Board:
    """One QEMU. expect() and send() work on its serial console."""

    def __init__(self, log_path, arguments):
        log_path.parent.mkdir(parents=True, exist_ok=True)
        self.log = open(log_path, "w", encoding="utf-8")
        self.console = pexpect.spawn(
            QEMU, arguments, timeout=TIMEOUT, encoding="utf-8", codec_errors="replace", echo=False)
        self.console.logfile_read = self.log
        # U-Boot and the guests' line editors drop what is typed too fast.
        self.console.delaybeforesend = 0.1

    def expect(self, pattern, timeout=TIMEOUT):
        self.console.expect(pattern, timeout=timeout)
        return self.console.match

    def send(self, text):
        self.console.send(text)

    def focus(self, number, name):
        """Moves the input to a partition."""
        self.send(f"\x0f{number}")
        self.expect(f"input goes to {name}")

    def shell(self, number, name, prompt):
        """Moves the input to a shell that has started: what is typed before is lost."""
        self.focus(number, name)
        self.run("", rf"{name} *\| {prompt}# ")

    def run(self, command, pattern, timeout=TIMEOUT):
        """Types a command at a shell and waits for its answer, not for its echo."""
        self.send(command + "\r")
        return self.expect(pattern, timeout)

    def said(self):
        """All that the console has said until now, to the byte."""
        with open(self.log.name, encoding="utf-8", newline="") as log:
            return log.read()

    def close(self):
        if self.console.isalive():
            self.console.kill(signal.SIGKILL)
            self.console.wait()
        self.console.ptyproc.delayafterclose = 0  # that is for processes that may live on
        self.console.close()
        self.log.close()


def compile_tree(text, path, board=BOARD_TREE):
    """Compiles a description that may include board.dts, from this folder."""
    source = path.with_suffix(".dts")
    source.write_text(text)
    subprocess.run(["dtc", "-q", "-i", board, "-O", "dtb", "-o", path, source], check=True)


def boot_by_hand(tree, stub):
    """QEMU options that enter Bulkhead with any bytes for a device tree; QEMU's -dtb checks them.

    It is entered as an untidy boot loader might: at EL2t, for the boot protocol does not say which
    stack pointer is selected, with the instruction cache on, with exceptions unmasked, and with an
    interrupt that was acknowledged but never ended.
    """
    stub.write_bytes(struct.pack("<14IQQ",
                                 0xd50040bf,  # msr spsel, #0
                                 0xd5034fff,  # msr daifclr, #0xf
                                 0xd53c1002,  # mrs x2, sctlr_el2
                                 0xb2740042,  # orr x2, x2, #0x1000
                                 0xd51c1002,  # msr sctlr_el2, x2
                                 0xd28001e2,  # mov x2, #0xf
                                 0xd51cc9a2,  # msr icc_sre_el2, x2
                                 0xd5033fdf,  # isb
                                 0xd2800022,  # mov x2, #1: the highest priority is active
                                 0xd518c902,  # msr icc_ap1r0_el1, x2
                                 0x58000080,  # ldr x0, device tree
                                 0x580000a1,  # ldr x1, image
                                 0xd61f0020,  # br x1
                                 0xd503201f,  # nop
                                 0x48000000, 0x44000000))
    return in_memory(tree) + ["-device", f"loader,file={stub},addr=0x43000000,force-raw=on",
                              "-device", "loader,addr=0x43000000,cpu-num=0"]


def in_memory(tree, offset=0):
    """QEMU options that load a device tree and Bulkhead where a stub or firmware expects them."""
    return ["-device", f"loader,file={tree},addr={0x48000000 + offset:#x},force-raw=on",
            "-device",
            f"loader,file={BUILD}/bulkhead.bin,addr={0x44000000 + offset:#x},force-raw=on"]


def prepare():
    subprocess.run([BOARDS / "run", "--prepare-only", "qemu-virt", "dts/three-partitions.dts"],
                   check=True, stdout=subprocess.DEVNULL)


def pytest_configure(config):
    """pytest-xdist's workers share the files: they are made before there are any workers."""
    config.addinivalue_line("markers", "alone(why): measures real time; no other test runs besides")
    if config.getoption("numprocesses", None):
        prepare()


@pytest.fixture(scope="session")
def prepared():
    """board.dts, and the three partitions' disk image."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        prepare()
    return BUILD / "image/qemu-virt/three-partitions"


@pytest.fixture(scope="session")
def board_tree(prepared, tmp_path_factory):
    """The folder of board.dts, by the number of CPUs of the board."""
    folders = {4: BOARD_TREE}

    def make(cpus):
        if cpus not in folders:
            folder = tmp_path_factory.mktemp(f"cpus{cpus}-")
            subprocess.run([QEMU, *machine_options(), "-smp", str(cpus), "-display", "none",
                            "-machine", f"dumpdtb={folder}/board.dtb"], check=True,
                           stderr=subprocess.DEVNULL)
            subprocess.run(["dtc", "-q", "-O", "dts", "-o", folder / "board.dts",
                            folder / "board.dtb"], check=True)
            folders[cpus] = folder
        return folders[cpus]

    return make


@pytest.fixture
def run_board(request):
    """Starts QEMU with these arguments; it ends with the test."""
    boards = []

    def start(arguments):
        name = f"{request.path.stem}-{request.node.name}.log"
        boards.append(Board(BUILD / "tests/system" / name, arguments))
        return boards[-1]

    yield start
    for board in boards:
        board.close()


@pytest.fixture
def bare(run_board):
    """Runs one of our guests with no hypervisor: what it expects is what the hardware does."""
    def start(name, cpu="cortex-a57"):
        return run_board(["-M", "virt,gic-version=3", "-cpu", cpu, "-smp", "2", "-nic", "none",
                          "-nographic", "-kernel", str(BUILD / f"guests/{name}.bin")])

    return start


@pytest.fixture
def boot(run_board, prepared, board_tree, tmp_path):
    """Boots a description: boot(text) with files placed by imagebuilder."""
    def start(text=None, modules=(), damage=None, firmware=None, options=(), cpus=4, offset=0):
        """modules: (path, address) loaded besides those that the text names by bulkhead,file.
        firmware: a file that starts at EL3 and enters Bulkhead; offset: where it expects that.
        cpus: how many the board has."""
        plain, tree, listing = (tmp_path / name for name in ("plain.dtb", "system.dtb", "list"))
        compile_tree(text, plain, board_tree(cpus))
        subprocess.run([BUILD / "imagebuilder/imagebuilder", "place", plain, "-o", tree, "--list",
                        listing, "--window", "0x50000000-0x78000000", "--files", BUILD / "assets",
                        "--files", BUILD / "guests"], check=True)
        arguments = machine_options() + ["-nographic", "-smp", str(cpus)]
        if damage:
            tree.write_bytes(damage(tree.read_bytes()))
            arguments += boot_by_hand(tree, tmp_path / "stub.bin")
        elif firmware:
            arguments += in_memory(tree, offset) + ["-machine", "secure=on", "-bios", str(firmware)]
        else:
            arguments += ["-kernel", str(BUILD / "bulkhead.bin"), "-dtb", str(tree)]
        placed = [line.split(maxsplit=2) for line in listing.read_text().splitlines()]
        for path, address in [(path, address) for address, _, path in placed] + list(modules):
            arguments += ["-device", f"loader,file={path},addr={address},force-raw=on"]
        return run_board(arguments + list(options))

    def start_disk():
        """The three partitions, through U-Boot."""
        return run_board(machine_options() + [
            "-nographic", "-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin",
            "-drive", f"file={prepared}/sdcard.img,if=none,format=raw,id=disk,snapshot=on",
            "-device", "virtio-blk-device,drive=disk"])

    start.disk = start_disk
    return start
