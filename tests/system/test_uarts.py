# SPDX-License-Identifier: Apache-2.0
"""Boards with other UARTs: boot's output, more output than any FIFO holds, input."""
import re
import struct
import subprocess

import pytest

from conftest import (BOARDS, BUILD, compile_tree, in_memory, machine_options,
                      skip_unless_there)
from systems import kernel, partition, system

LINES = 500
LINE_SIZE = len("echo| 1234 the quick brown fox jumps over the lazy dog\r\n")
DRAIN_LIMIT = 32  # bytes for each look at the UART: CONSOLE_DRAIN_LIMIT in common/console/mux.h
RING_SIZE = 4096

# What the board's packed system has: one partition that writes and reads.
ECHO = system(partition("echo", kernel("echo.bin", f"lines={LINES}")))


def model(name, folder):
    """A board's own model, with its console here."""
    skip_unless_there(name)
    subprocess.run([BOARDS / "prepare", name], check=True)
    source = folder / "echo.dts"
    source.write_text(ECHO)
    subprocess.run([BUILD / "imagebuilder/imagebuilder", "pack", source, "--board",
                    BUILD / f"boards/{name}", "-o", folder / "out"], check=True,
                   stdout=subprocess.DEVNULL)
    return [*machine_options(name), *machine_options(name, "console"),
            "-kernel", folder / "out/bulkhead-all.img", "-dtb", folder / "out/system.dtb"]


def pci_16550(folder):
    """A 16550 on the PCI bus of virt, where a stub maps its registers before Bulkhead starts."""
    stub = folder / "stub.bin"
    stub.write_bytes(struct.pack("<10IQQQ",
                                 0x58000142,  # ldr x2, configuration space of device 1
                                 0x52820023,  # mov w3, #0x1001
                                 0xb9001043,  # str w3, [x2, #0x10]: BAR 0, I/O ports 0x1000
                                 0x52800023,  # mov w3, #1
                                 0x79000843,  # strh w3, [x2, #4]: it answers
                                 0x580000e0,  # ldr x0, device tree
                                 0x58000101,  # ldr x1, image
                                 0xd61f0020,  # br x1
                                 0xd503201f, 0xd503201f,
                                 0x4010008000, 0x48000000, 0x44000000))
    plain, tree, listing = (folder / name for name in ("plain.dtb", "system.dtb", "list"))
    compile_tree(ECHO + '/ { uart@3eff1000 { compatible = "ns16550a"; reg = <0 0x3eff1000 0 8>; '
                 'interrupts = <0 4 4>; }; '
                 'chosen { stdout-path = "/uart@3eff1000:115200n8"; }; };\n', plain)
    subprocess.run([BUILD / "imagebuilder/imagebuilder", "place", plain, "-o", tree, "--list",
                    listing, "--window", "0x50000000-0x78000000", "--files", BUILD / "guests"],
                   check=True)
    address, _, path = listing.read_text().split(maxsplit=2)
    return [*machine_options(), *in_memory(tree), "-display", "none", "-monitor", "none",
            "-device", f"loader,file={path.strip()},addr={address},force-raw=on",
            "-serial", "null", "-chardev", "stdio,id=console",
            "-device", "pci-serial,addr=1,chardev=console",
            "-device", f"loader,file={stub},addr=0x43000000,force-raw=on",
            "-device", "loader,addr=0x43000000,cpu-num=0"]


@pytest.mark.parametrize("machine", ["imx8mp-evk", "versal", "ast2700-evb", "pci-serial"])
def test_uart(run_board, prepared, tmp_path, machine):
    options = pci_16550(tmp_path) if machine == "pci-serial" else model(machine, tmp_path)
    board = run_board([*map(str, options), "-icount", "shift=0,sleep=off"])
    board.expect(r"bulkhead: launched 1 partitions in \d+ ms")
    milliseconds = int(board.expect(r"echo\| echo: (\d+) ms\r+\n").group(1))
    board.expect(r"echo\| echo: type\r+\n")
    # Nothing is lost and nothing comes twice.
    numbers = re.findall(r"echo\| (\d+) the quick brown fox jumps over the lazy dog\r+\n",
                         board.said())
    assert numbers == [str(i) for i in range(LINES)]
    # The transmit interrupt has fetched it: the look in each millisecond alone would take longer.
    assert milliseconds < (LINES * LINE_SIZE - RING_SIZE) // DRAIN_LIMIT // 2

    # More than a FIFO in one go; each ends in an echo by the guest.
    for text in ("", "hello", "0123456789" * 7):
        board.send(text + "\r")
        board.expect(rf"echo\| echo: {len(text)} bytes: {text}\r+\n")
    # And the monitor.
    board.send("\x0f?")
    board.expect(r"list +show all partitions")
