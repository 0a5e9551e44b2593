# SPDX-License-Identifier: Apache-2.0
"""What imagebuilder packs, booted by Debian's U-Boot; and what U-Boot refuses."""
import json
import re
import subprocess

import pytest

from conftest import BOARD_TREE, BUILD, QEMU, machine_options
from systems import kernel, partition, system

TOOL = BUILD / "imagebuilder/imagebuilder"
FIT_HEADER = 0x10000
ELSEWHERE = 0x60000000  # memory that nothing else uses


def ramdisk(file):
    return ('ramdisk { compatible = "multiboot,ramdisk", "multiboot,module"; '
            f'bulkhead,file = "{file}"; }};')


SYSTEM = system(partition("a", kernel("rt0.bin", "interval-ms=500")),
                partition("b", kernel("rt0.bin", "interval-ms=500") + ramdisk("ticks.bin")))


class Pack:
    """A folder that imagebuilder wrote."""

    def __init__(self, folder, *options):
        (folder.parent / "system.dts").write_text(SYSTEM)
        subprocess.run([TOOL, "pack", folder.parent / "system.dts", "--board", BOARD_TREE,
                        "-o", folder, *options], check=True, stdout=subprocess.DEVNULL)
        self.folder = folder
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self.parts = self.manifest["parts"]
        self.fit_at = int(self.manifest["fit"], 16)

    def path(self, name):
        return self.folder / name

    def address(self, part):
        return int(self.parts[part]["address"], 16)


@pytest.fixture(scope="session")
def packed(prepared, tmp_path_factory):
    return Pack(tmp_path_factory.mktemp("pack") / "out")


def make_key(folder, bits=2048, name="dev"):
    folder.mkdir()
    subprocess.run(["openssl", "req", "-batch", "-new", "-x509", "-nodes", "-newkey", f"rsa:{bits}",
                    "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt"],
                   check=True, stderr=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def signed(prepared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("signed")
    return Pack(folder / "out", "--key", make_key(folder / "keys"))


@pytest.fixture(scope="session")
def other(prepared, tmp_path_factory):
    """Signed with a key of the same name."""
    folder = tmp_path_factory.mktemp("other")
    return Pack(folder / "out", "--key", make_key(folder / "keys"))


@pytest.fixture(scope="session")
def u_boot_tree(prepared, tmp_path_factory):
    """Makes the control tree of a U-Boot that asks for a signature, as the guide says."""
    folder = tmp_path_factory.mktemp("u-boot")
    machine = folder / "machine.dtb"
    subprocess.run([QEMU, *machine_options(), "-display", "none", "-machine",
                    f"dumpdtb={machine}"], check=True, stderr=subprocess.DEVNULL)

    def make(key):
        source = subprocess.check_output(["dtc", "-q", "-O", "dts", machine], text=True)
        tree = folder / "u-boot.dtb"
        subprocess.run(["dtc", "-q", "-o", tree, "-"], check=True, text=True,
                       input=source + key.read_text())
        return tree
    return make


@pytest.fixture
def u_boot(run_board):
    """Starts U-Boot; it boots what it finds, or waits for commands."""
    def start(*options, commands=True, loaded=()):
        arguments = [*machine_options(), "-nographic",
                     "-bios", "/usr/lib/u-boot/qemu_arm64/u-boot.bin", *map(str, options)]
        for path, address in loaded:
            arguments += ["-device", f"loader,file={path},addr={address:#x},force-raw=on"]
        board = run_board(arguments)
        if commands:
            board.expect("Hit any key")
            board.send(" ")
            board.expect("=> ")
        return board
    return start


def command(board, text):
    """Types a command, waits for the prompt, and returns what was said."""
    board.send(text + "\r")
    board.expect(r"\n=> ")
    return board.console.before


def boots(board, pack):
    """Both partitions run, and the plan is the one of the manifest."""
    board.expect(f"bulkhead: plan {pack.manifest['plan']}")
    board.expect(r"bulkhead: launched 2 partitions")
    board.expect(r"b\| rt0: ")


def refuses(board, text, *reasons):
    """The command comes back to U-Boot's prompt, for these reasons."""
    said = command(board, text)
    for reason in reasons:
        assert reason in said
    assert "Starting kernel" not in said and "bulkhead:" not in said


def flip(board, address):
    command(board, f"setexpr.b old *{address:#x}; setexpr.b new ${{old}} ^ 1; "
                   f"mw.b {address:#x} ${{new}}")


def refuses_flipped(board, fit, address, *reasons):
    """One bit is flipped: U-Boot refuses the FIT; and flipped back."""
    flip(board, address)
    refuses(board, f"bootm {fit}", *reasons)
    flip(board, address)


def where(pack, value):
    """Where the FIT's tree has these bytes, in memory."""
    header = pack.path("bulkhead.itb").read_bytes()[:FIT_HEADER]
    assert header.count(value) == 1
    return header.index(value)


def start_script(board, text=""):
    """What U-Boot's distro boot does with a script that it has found."""
    return command(board, "setenv devtype virtio; setenv devnum 0; setenv distro_bootpart 1; "
                          f"setenv prefix /; setenv script boot.scr; {text} run boot_a_script")


def test_a_fit_runs_in_place_and_a_damaged_one_not_at_all(packed, u_boot):
    board = u_boot(loaded=[(packed.path("bulkhead.itb"), packed.fit_at)])
    command(board, "setenv fdt_high 0xffffffffffffffff")
    for part, node, reason in ((0, "bulkhead", "can't get kernel image"),
                               (1, "system", "Could not find a valid device tree"),
                               (2, "file-0", "Loadable(s) is corrupt or invalid"),
                               (3, "file-1", "Loadable(s) is corrupt or invalid")):
        refuses_flipped(board, f"{packed.fit_at:#x}",
                        packed.address(part) + packed.parts[part]["size"] // 2,
                        f"Bad hash value for 'hash' hash node in '{node}'", reason)
    refuses_flipped(board, f"{packed.fit_at:#x}",
                    packed.fit_at + where(packed, bytes.fromhex(packed.parts[3]["sha256"])),
                    "Bad hash value for 'hash' hash node in 'file-1'")
    refuses_flipped(board, f"{packed.fit_at:#x}", packed.fit_at, "Wrong Image Format")
    board.send(f"bootm {packed.fit_at:#x}\r")
    boots(board, packed)
    said = board.said()
    last = said[said.rindex("## Loading kernel from FIT"):]
    assert last.count("sha256+ OK") == len(packed.parts)
    assert "XIP Kernel Image" in last and "Loading Kernel Image" not in last
    assert f"Using Device Tree in place at {packed.address(1):016x}" in last
    moves = re.findall(r"Loading \w+ from 0x(\w+) to 0x(\w+)", last)
    assert [int(to, 16) for _, to in moves] == [packed.address(i) for i in (1, 2, 3)]
    assert all(source == to for source, to in moves)


def test_all_in_one_by_booti(packed, u_boot):
    """U-Boot's own device tree is not the one that counts."""
    board = u_boot(loaded=[(packed.path("bulkhead-all.img"), packed.address(0))])
    board.send(f"booti {packed.address(0):#x} - ${{fdtcontroladdr}}\r")
    boots(board, packed)


def test_verified_boot_takes_its_own_key_only(signed, packed, other, u_boot, u_boot_tree):
    """The FITs are loaded elsewhere: their parts are copied to where they belong."""
    unsigned_at, other_at = ELSEWHERE + 0x1000000, ELSEWHERE + 0x2000000
    board = u_boot("-dtb", u_boot_tree(signed.path("bulkhead-key.dtsi")), loaded=[
        (signed.path("bulkhead.itb"), ELSEWHERE), (packed.path("bulkhead.itb"), unsigned_at),
        (other.path("bulkhead.itb"), other_at)])
    command(board, "setenv fdt_high 0xffffffffffffffff")
    for address in unsigned_at, other_at:
        refuses(board, f"bootm {address:#x}", "Failed to verify required signature 'key-dev'",
                "can't get kernel image")
    fit = f"{ELSEWHERE:#x}#bulkhead"
    last = signed.parts[3]
    for part in signed.parts:
        at = ELSEWHERE + int(part["address"], 16) - signed.fit_at
        for byte in 0, part["size"] - 1:
            refuses_flipped(board, fit, at + byte, "Bad hash value for 'hash' hash node")
    # What no digest of a part covers: where it is loaded; and the digests themselves.
    for value in int(last["address"], 16).to_bytes(8, "big"), bytes.fromhex(last["sha256"]):
        refuses_flipped(board, fit, ELSEWHERE + where(signed, value) + 7,
                        "Failed to verify required signature 'key-dev'", "can't get kernel image")
    board.send(f"bootm {fit}\r")
    boots(board, signed)
    assert "sha256,rsa2048:dev+ OK" in board.said()


def test_boot_scr_loads_all_or_starts_nothing(packed, u_boot):
    board = u_boot("-drive", f"file={packed.path('sdcard.img')},if=none,format=raw,id=disk,"
                             "snapshot=on", "-device", "virtio-blk-device,drive=disk")
    command(board, "virtio scan")
    for part in packed.parts:
        name = part["name"]
        refusal = (f"Bulkhead is not started: {name} failed, or is not of the size that was packed")
        command(board, f"load virtio 0:1 {ELSEWHERE:#x} {name}; setenv whole 0x${{filesize}}")
        for damage in f"fatrm virtio 0:1 {name}", f"fatwrite virtio 0:1 0 {name} 0x200":
            command(board, damage)
            said = start_script(board)
            assert refusal in said and "Starting kernel" not in said
        # What comes behind is not even loaded.
        assert "0-rt0.bin" not in said or name != "system.dtb"
        command(board, f"fatwrite virtio 0:1 {ELSEWHERE:#x} {name} ${{whole}}")
    board.send("boot\r")
    boots(board, packed)
    assert f"Using Device Tree in place at {packed.address(1):016x}" in board.said()


@pytest.mark.parametrize("kind", ["usb", "scsi", "tftp"])
def test_scripts_for_one_device(packed, u_boot, kind):
    disk = ["-drive", f"file={packed.path('sdcard.img')},if=none,format=raw,id=disk,snapshot=on"]
    options = {
        "usb": [*disk, "-device", "usb-ehci", "-device", "usb-storage,drive=disk"],
        "scsi": [*disk, "-device", "ahci,id=ahci", "-device", "ide-hd,drive=disk,bus=ahci.0"],
        "tftp": ["-netdev", f"user,id=net,tftp={packed.folder.parent}",
                 "-device", "virtio-net-device,netdev=net"],
    }[kind]
    board = u_boot(*options, loaded=[(packed.path(f"boot-{kind}.scr"), ELSEWHERE)])
    command(board, "pci enum")
    if kind == "tftp":
        said = command(board, f"source {ELSEWHERE:#x}")
        assert "Bulkhead is not started: bulkhead.bin failed" in said
        assert "system.dtb" not in said and "Starting kernel" not in said
        command(board, f"setenv tftp_folder {packed.folder.name}/")
    board.send(f"source {ELSEWHERE:#x}\r")
    boots(board, packed)
