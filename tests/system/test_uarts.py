# SPDX-License-Identifier: Apache-2.0
"""Boards with other UARTs: boot's output, more output than any FIFO holds, input."""
import re
import struct
import subprocess

import pytest

from conftest import BOARDS, BUILD, QEMU, compile_tree, in_memory, machine_options
from systems import kernel, partition, system

LINES = 500
LINE_SIZE = len("echo| 1234 the quick brown fox jumps over the lazy dog\r\n")
DRAIN_LIMIT = 32  # bytes for each look at the UART: CONSOLE_DRAIN_LIMIT in common/console/mux.h
RING_SIZE = 4096

# What is loaded where; the image is where QEMU's -kernel puts it or a stub expects it.
WINDOW = {"imx8mp-evk": "0x50000000-0x78000000", "xlnx-versal-virt": "0x10000000-0x38000000",
          "ast2700a1-evb": "0x410000000-0x438000000", "virt": "0x50000000-0x78000000"}

# What Bulkhead needs of an AST2700: QEMU writes no tree for it, and Debian's kernel has none yet.
AST2700 = """/dts-v1/;
/ {
	#address-cells = <2>;
	#size-cells = <2>;
	interrupt-parent = <&gic>;
	cpus {
		#address-cells = <1>;
		#size-cells = <0>;
		cpu@0 {
			device_type = "cpu";
			compatible = "arm,cortex-a35";
			reg = <0>;
			enable-method = "psci";
		};
	};
	memory@400000000 { device_type = "memory"; reg = <4 0 0 0x40000000>; };
	psci { compatible = "arm,psci-1.0"; method = "smc"; };
	timer {
		compatible = "arm,armv8-timer";
		interrupts = <1 13 8>, <1 14 8>, <1 11 8>, <1 10 8>;
	};
	gic: interrupt-controller@12200000 {
		compatible = "arm,gic-v3";
		#interrupt-cells = <3>;
		interrupt-controller;
		reg = <0 0x12200000 0 0x10000>, <0 0x12280000 0 0x80000>;
		interrupts = <1 9 4>;
	};
	serial@12c1a000 {
		compatible = "ns16550a";
		reg = <0 0x12c1a000 0 0x1000>;
		reg-shift = <2>;
		reg-io-width = <4>;
		interrupts = <0 8 4>;
	};
};
"""


def decompile(binary, folder):
    subprocess.run(["dtc", "-q", "-O", "dts", "-o", folder / "board.dts", binary], check=True)


def debian_tree(name):
    """A board's tree as Debian's kernel package has it."""
    def find():
        return sorted((BUILD / "apt").glob(f"linux-image-*/usr/lib/linux-image-*/{name}"))
    if not find():
        subprocess.run([BOARDS / "fetch", "linux"], check=True)
    return find()[-1]


def place(folder, board, more=""):
    """Compiles a system on the board's tree; returns it and the options that load its kernel."""
    plain, tree, listing = (folder / name for name in ("plain.dtb", "system.dtb", "list"))
    echo = partition("echo", kernel("echo.bin", f"lines={LINES}"))
    compile_tree(system(echo, chosen=more), plain, folder)
    subprocess.run([BUILD / "imagebuilder/imagebuilder", "place", plain, "-o", tree, "--list",
                    listing, "--window", WINDOW[board], "--files", BUILD / "guests"], check=True)
    address, _, path = listing.read_text().split(maxsplit=2)
    return tree, ["-device", f"loader,file={path.strip()},addr={address},force-raw=on"]


def direct(tree):
    return ["-kernel", BUILD / "bulkhead.bin", "-dtb", tree]


def imx(folder):
    decompile(debian_tree("freescale/imx8mp-evk.dtb"), folder)
    tree, loaders = place(folder, "imx8mp-evk")
    # The console is its second UART.
    return ["-M", "imx8mp-evk", "-smp", "4", "-serial", "null", "-serial", "stdio", *direct(tree),
            *loaders]


def versal(folder):
    machine = ["-M", "xlnx-versal-virt", "-smp", "4", "-m", "1G"]
    # With a kernel QEMU describes its PSCI.
    subprocess.run([QEMU, *machine, "-machine", f"dumpdtb={folder}/board.dtb", "-display", "none",
                    "-kernel", BUILD / "bulkhead.bin"], check=True, stderr=subprocess.DEVNULL)
    decompile(folder / "board.dtb", folder)
    tree, loaders = place(folder, "xlnx-versal-virt")
    return [*machine, "-serial", "stdio", *direct(tree), *loaders]


def aspeed(folder):
    """A 16550 in words: the UART whose interrupt needs no further controller."""
    (folder / "board.dts").write_text(AST2700)
    tree, loaders = place(folder, "ast2700a1-evb", 'stdout-path = "/serial@12c1a000";')
    # The other CPUs start where nothing is, and fault there for ever.
    park = folder / "park.bin"
    park.write_bytes(struct.pack("<2I", 0xd503207f, 0x17ffffff))  # wfi; b .-4
    loaders += ["-device", f"loader,file={park},addr=0x43f000000,force-raw=on"]
    for cpu in (1, 2, 3):
        loaders += ["-device", f"loader,addr=0x43f000000,cpu-num={cpu}"]
    return ["-M", "ast2700a1-evb,bmc-console=uart4", "-smp", "4", "-serial", "stdio",
            *direct(tree), *loaders]


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
    subprocess.run([QEMU, *machine_options(), "-machine", f"dumpdtb={folder}/board.dtb",
                    "-display", "none"], check=True, stderr=subprocess.DEVNULL)
    decompile(folder / "board.dtb", folder)
    with open(folder / "board.dts", "a", encoding="utf-8") as board:
        board.write('/ { uart@3eff1000 { compatible = "ns16550a"; reg = <0 0x3eff1000 0 8>; '
                    'interrupts = <0 4 4>; }; };\n')
    tree, loaders = place(folder, "virt", 'stdout-path = "/uart@3eff1000:115200n8";')
    return [*machine_options(), *in_memory(tree), *loaders, "-serial", "null",
            "-chardev", "stdio,id=console", "-device", "pci-serial,addr=1,chardev=console",
            "-device", f"loader,file={stub},addr=0x43000000,force-raw=on",
            "-device", "loader,addr=0x43000000,cpu-num=0"]


MACHINES = {"imx8mp-evk": imx, "xlnx-versal-virt": versal, "ast2700a1-evb": aspeed,
            "virt": pci_16550}


@pytest.mark.parametrize("machine", MACHINES)
def test_uart(run_board, tmp_path, machine):
    known = subprocess.check_output([QEMU, "-M", "help"], text=True)
    if not re.search(rf"^{machine} ", known, re.M):
        pytest.skip(f"this QEMU has no {machine}: QEMU 10 has")
    options = MACHINES[machine](tmp_path)
    board = run_board([*map(str, options), "-m", "1G", "-display", "none",
                       "-monitor", "none", "-icount", "shift=0,sleep=off"])
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
