# SPDX-License-Identifier: Apache-2.0
"""Boards as QEMU models them: each boots its own system (boards/BOARD/system.dts) as packed for it.

One partition is Linux, with the virtual UART; the other drives a timer and a UART of the board that
are passed through to it (tests/guests/driver.c), and says how many interrupts it took.
"""
import json
import os
import re
import shutil
import socket
import subprocess

import pexpect
import pytest

from checks import shown_by
from conftest import BOARDS, BUILD, QEMU, TIMEOUT, machine_options, skip_unless_there
from systems import rt, system

TEXT = b"driver: written by interrupts\r\n"
ICOUNT = ["-icount", "shift=0,sleep=off"]

# What the guest drives, and what else QEMU needs. The CPUs of an AST2700 run side by side until all
# but one have switched themselves off, which they do not do in time when they take turns.
MODELS = {
    "imx8mp-evk": ("timer@302d0000", "serial@30860000", ICOUNT),
    "versal": (None, "uart@ff010000", ICOUNT),
    "ast2700-evb": ("timer@12c10000", "serial@14c33000", []),
}


def read_exactly(wire, count):
    data = b""
    while len(data) < count:
        piece = wire.recv(count - len(data))
        assert piece, f"only {data} came"
        data += piece
    return data


@pytest.mark.parametrize("name", MODELS)
def test_board(run_board, tmp_path, name):
    skip_unless_there(name)
    timer, uart, options = MODELS[name]
    subprocess.run([BOARDS / "run", "--prepare-only", name, BOARDS / name / "system.dts"],
                   check=True, stdout=subprocess.DEVNULL)
    packed = BUILD / f"image/{name}/system"
    # The guest's UART is the one that `make run` leaves unconnected.
    consoles = [f"unix:{tmp_path}/uart,server=on,wait=off" if word == "null" else word
                for word in machine_options(name, "console")]
    board = run_board([*machine_options(name), *consoles, *options, "-kernel",
                       str(packed / "bulkhead-all.img"), "-dtb", str(packed / "system.dtb")])
    # Early enough: the UART is connected before the guest writes.
    board.expect("Bulkhead 0.1")
    wire = socket.socket(socket.AF_UNIX)
    wire.settimeout(60)
    wire.connect(str(tmp_path / "uart"))

    plan = json.loads((packed / "manifest.json").read_text())["plan"]
    assert board.expect(r"bulkhead: plan (\w+)\s").group(1) == plan
    board.expect("launched 2 partitions")
    board.expect("linux0# ")
    board.run("echo $((40 + 2))", r"linux0\| 42\r+\n")

    said = board.said()
    if timer:
        assert re.search(rf"driver\| driver: {timer}: 10 interrupts of a timer, every \d+ us", said)
    count = re.search(rf"driver: {uart}: transmitted {len(TEXT)} bytes by (\d+) interrupts", said)
    assert len(TEXT) - 1 <= int(count.group(1)) <= len(TEXT) + 2
    assert read_exactly(wire, len(TEXT)) == TEXT

    patterns = list(shown_by(BOARDS / name / "README.md"))
    assert len(patterns) >= 9
    for pattern in patterns:
        assert re.search(pattern, said), pattern

    # What is behind a line, and comes while it is printed, is the next one.
    wire.sendall(b"over the wire\rand one more\r")
    count = board.expect(rf"driver: {uart}: received 14 bytes by (\d+) interrupts: over the wire")
    assert 1 <= int(count.group(1)) <= 26
    board.expect(rf"driver: {uart}: received 13 bytes by \d+ interrupts: and one more\r")
    wire.close()


@pytest.mark.parametrize("boot, way", [
    ([], "Found U-Boot script /boot.scr.*Starting kernel"),
    (["--boot", "fit"], "Found U-Boot script /boot.scr.*sha256.* OK.*Starting kernel"),
    (["--boot", "all"], ""),
])
def test_run(prepared, tmp_path, boot, way):
    """What `make run` does, in each of its ways: one plan."""
    source = tmp_path / f"run-{'-'.join(boot)}.dts"
    source.write_text(system(rt()))
    console = pexpect.spawn(str(BOARDS / "run"), [*boot, "qemu-virt", str(source)],
                            timeout=TIMEOUT, encoding="utf-8", codec_errors="replace")
    try:
        console.expect(r"\nplan (\w+)\s")
        plan = console.match.group(1)
        console.expect(r"bulkhead: plan (\w+)\s")
        assert console.match.group(1) == plan
        assert re.search(way, console.before, re.S)
        console.expect("launched 1 partitions")
        console.send("\x01x")
        console.expect(pexpect.EOF)
    finally:
        console.close(force=True)


@pytest.mark.parametrize("arguments, words", [
    (["prepare", "nowhere"], "there is no board 'nowhere'"),
    (["run", "nowhere", "dts/direct.dts"], "there is no board 'nowhere'"),
    (["run", "qemu-virt", "nowhere.dts"], "there is no nowhere.dts"),
    (["run", "--boot", "floppy", "qemu-virt", "dts/direct.dts"], "BOOT is uboot, fit or all"),
    (["run", "--boot", "fit", "versal", "dts/direct.dts"], "there is no U-Boot for QEMU's versal"),
    (["run", "--fast", "qemu-virt", "dts/direct.dts"], "usage: run"),
])
def test_scripts_refuse(arguments, words):
    result = subprocess.run([BOARDS / arguments[0], *arguments[1:]], capture_output=True, text=True,
                            check=False)
    assert result.returncode == 2 and words in result.stderr


def test_prepare_needs_its_qemu(tmp_path):
    """It says so, and a tree that another QEMU wrote is not taken for this one's."""
    def prepare(qemu):
        return subprocess.run([BOARDS / "prepare", "qemu-virt"], capture_output=True, text=True,
                              check=False, env={**os.environ, "BUILD": str(tmp_path),
                                                "QEMU": str(qemu)})

    result = prepare("/nowhere/qemu")
    assert result.returncode == 1 and "there is no /nowhere/qemu" in result.stderr
    other = tmp_path / "qemu"
    for version in "1", "2":
        other.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo {version} && exit\n'
                         f'echo dumps {version} >&2; exit 3\n')
        other.chmod(0o755)
        result = prepare(other)
        assert result.returncode == 1 and f"dumps {version}" in result.stderr
    assert prepare(QEMU).returncode == 0
    assert "dumps 2" in prepare(other).stderr


def test_fetch_without_network(tmp_path):
    """What could not be read is read again the next time."""
    result = subprocess.run([BOARDS / "fetch", "libfdt"], capture_output=True, text=True,
                            check=False, env={**os.environ, "BUILD": str(tmp_path),
                                              "http_proxy": "http://127.0.0.1:9"})
    assert result.returncode != 0
    assert not list((tmp_path / "apt").glob("ready-*"))


def test_prepare_a_board(tmp_path):
    """A board of one's own is made anew when a file of it changes, and kept when it is wrong."""
    folder = tmp_path / "boards/own"
    folder.mkdir(parents=True)
    shutil.copy(BOARDS / "prepare", folder.parent)

    def prepare(**files):
        for name, text in files.items():
            (folder / name.replace("_", ".")).write_text(text)
        return subprocess.run([folder.parent / "prepare", "own"], capture_output=True, text=True,
                              check=False, env={**os.environ, "BUILD": str(tmp_path / "build")})

    def made(name):
        return (tmp_path / "build/boards/own" / name).read_text()

    assert prepare(layout="image 0x42000000 # here\nwindow 0x41e00000-0x50000000\n",
                   tree_dts='/dts-v1/;\n/ { a { }; };\n').returncode == 0
    assert made("layout") == (f"image 0x42000000 {tmp_path}/build/bulkhead.bin\n"
                              "window 0x41e00000-0x50000000\n"
                              f"files {tmp_path}/build/assets\nfiles {tmp_path}/build/guests\n")
    assert prepare(overlay_dts="&{/a} { b; };\n").returncode == 0
    assert "&{/a} { b; };" in made("board.dts")
    result = prepare(overlay_dts="&{/nowhere} { c; };\n")
    assert result.returncode == 1 and "/nowhere" in result.stderr
    assert "&{/a} { b; };" in made("board.dts")
    (folder / "tree.dts").unlink()
    result = prepare(tree="floppy\n")
    assert result.returncode == 2 and "own/tree: neither 'qemu' nor 'debian PATH'" in result.stderr
