# SPDX-License-Identifier: Apache-2.0
"""The desk tool, as a user calls it."""
import base64
import json
import os
import pathlib
import re
import subprocess
import xml.etree.ElementTree

import pexpect
import pytest

from checks import shown_by
from conftest import BOARD_TREE, BUILD
from systems import kernel, partition, rt, system

TOOL = BUILD / "imagebuilder/imagebuilder"
THREE = "dts/three-partitions.dts"


def call(*arguments, board=BOARD_TREE, **options):
    """Runs the tool; the board goes behind the system."""
    words = [TOOL, *arguments] + (["--board", board] if board else [])
    return subprocess.run(words, capture_output=True, check=False, **options)


@pytest.fixture
def source(tmp_path, prepared):
    """Writes a description and returns its path."""
    def write(text):
        path = tmp_path / "system.dts"
        path.write_text(text)
        return path
    return write


def source_of(tree):
    """A compiled tree as text."""
    return subprocess.run(["dtc", "-q", "-s", "-I", "dtb", "-O", "dts"], input=tree,
                          capture_output=True, check=True).stdout.decode()


def said(result):
    return result.stderr.decode()


def test_errors_with_file_and_line(source):
    path = source("""/dts-v1/;
/include/ "board.dts"
/ { chosen { a {
    compatible = "bulkhead,partition";
    cpus = <1>;
    memroy = <0 0x10000>;
    vpl011 = <0>;
    domid = <1>;
    kernel {
        compatible = "multiboot,kernel";
        bulkhead,file = "no-such-file";
    };
}; }; };
""")
    result = call("check", path)
    assert result.returncode == 1
    lines = said(result).splitlines()
    assert lines[0].startswith(f"{path}:11: error: /chosen/a/kernel: bulkhead,file: no such file")
    assert f"{path}:6: error: /chosen/a: memroy: unknown property; did you mean 'memory'?" in lines[1]
    assert any(line.startswith(f"{path}:7: error: /chosen/a: vpl011: has a value") for line in lines)
    assert any(line.startswith(f"{path}:8: warning: /chosen/a: domid") for line in lines)
    assert lines[-1] == "4 errors, 1 warning"
    kinds = [line.split(": ")[1] for line in lines[:-1]]
    assert kinds == sorted(kinds, key=["error", "warning", "unsupported", "note"].index)
    assert "\033" not in said(result)


def test_the_board_says_the_same(boot, source):
    text = system(partition("rt0", kernel("rt0.bin"), memory_kib=0, more="memory = <0 3>; sve;"))
    desk = [line.split("error: ", 1)[1] for line in
            said(call("check", source(text))).splitlines() if "error: " in line]
    board = boot(text)
    board.expect("nothing was launched")
    for line in desk:
        assert f"bulkhead: error: {line}" in board.console.before.replace("\r", "")
    assert len(desk) == 2


def test_colours_on_a_terminal_only(source):
    path = source(system(rt(more="memroy = <1>;")))
    for environment, is_coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
        terminal = pexpect.spawn(str(TOOL), ["check", str(path), "--board", str(BOARD_TREE)],
                                 env=dict(os.environ, **environment), encoding="utf-8")
        terminal.expect(pexpect.EOF)
        assert ("\033[1;31merror:" in terminal.before) == is_coloured


def test_unsupported_is_refused(boot, source):
    text = system(rt(more='llc-colors = "0-3";'))
    result = call("check", source(text))
    assert result.returncode == 3
    assert result.stdout.startswith(b"plan ")
    words = "unsupported: /chosen/rt0: llc-colors: cache colouring is planned but not supported"
    assert words in said(result)
    board = boot(text)
    board.expect(f"bulkhead: {words}")
    board.expect("this build does not support 1 of the things that the plan asks for")
    board.expect("nothing was launched")


def test_plan_as_table_and_json(prepared):
    table = call("plan", THREE)
    assert table.returncode == 0
    for words in (b"RAM of linux0", b"Partition rt0", b"hypervisor image", b"ramdisk"):
        assert words in table.stdout
    assert b"\033" not in table.stdout
    plan = json.loads(call("plan", THREE, "--json").stdout)
    assert [p["name"] for p in plan["partitions"]] == ["linux0", "linux1", "rt0"]


def test_map_is_a_picture(prepared, tmp_path):
    out = tmp_path / "map.svg"
    assert call("map", THREE, "-o", out).returncode == 0
    root = xml.etree.ElementTree.parse(out).getroot()
    assert root.tag.endswith("svg")
    texts = "".join(root.itertext())
    assert all(name in texts for name in ("linux0", "linux1", "rt0"))


def test_plan_and_guest_tree_are_the_board_s(boot):
    """The desk prints the digest of the plan that the board carries out, and a guest's tree."""
    result = call("check", THREE)
    assert result.returncode == 0, said(result)
    digest = result.stdout.decode().split()
    assert digest[0] == "plan" and len(digest[1]) == 64
    board = boot.disk()
    assert board.expect(r"bulkhead: plan (\w+)\s").group(1) == digest[1]
    board.expect("launched 3 partitions")
    board.expect("linux0# ")
    patterns = list(shown_by(pathlib.Path("README.md"), r"bulkhead: (?!.*error|nothing)"))
    assert len(patterns) >= 6
    for pattern in patterns:
        assert re.search(pattern, board.said()), pattern
    board.run("base64 /sys/firmware/fdt; echo end of tree", r"linux0\| end of tree\r+\n")
    words = re.findall(r"linux0\| ([A-Za-z0-9+/=]{4,76})\r+\n", board.console.before)
    tree = source_of(base64.b64decode("".join(words)))
    # What is packed has no seed, and this U-Boot has none to give.
    assert tree.splitlines() == \
        source_of(call("dtb", THREE, "--partition", "linux0").stdout).splitlines()


def test_overlay_and_compiled_board(source, tmp_path):
    text = system(rt())
    plain = call("check", source(text))
    assert plain.returncode == 0, said(plain)
    body = text[text.index("chosen {") + 8:text.rindex("};")].rsplit("}", 1)[0]
    overlay = source("/dts-v1/;\n/plugin/;\n/ { fragment@0 { target-path = \"/chosen\"; "
                     "__overlay__ { " + body + " }; }; };\n")
    result = call("check", overlay)
    assert result.returncode == 0, said(result)
    assert result.stdout == plain.stdout
    compiled = call("check", source(text), "--files", BUILD / "guests", "--window",
                    "0x50000000-0x60000000", board=BOARD_TREE / "board.dtb")
    assert compiled.returncode == 0, said(compiled)


def test_files_by_reg(source):
    text = system(partition(
        "rt0", 'k { compatible = "multiboot,kernel"; reg = <0 0x60000000 0 %#x>; };' %
        (BUILD / "guests/rt0.bin").stat().st_size,
        more="#address-cells = <2>; #size-cells = <2>;"))
    result = call("check", source(text))
    assert result.returncode == 1
    assert "--load ADDRESS=FILE" in said(result)
    result = call("check", source(text), "--load", f"0x60000000={BUILD}/guests/rt0.bin")
    assert result.returncode == 0, said(result)


@pytest.mark.parametrize("arguments, words", [
    ([], "usage: imagebuilder COMMAND"),
    (["bake", THREE], "unknown command 'bake'"),
    (["check"], "there is no SYSTEM for 'check'"),
    (["check", THREE, "--colour", "x"], "unknown option '--colour'"),
    (["check", THREE, "--partition", "x"], "this command has no option '--partition'"),
    (["check", THREE, THREE], "a second SYSTEM"),
    (["check", THREE, "--window"], "there is no value for '--window'"),
    (["dtb", THREE], "dtb needs an option '--partition NAME'"),
    (["place", THREE], "place needs an option '-o FILE'"),
    (["pack", THREE, "--board", "x"], "pack needs an option '-o FOLDER'"),
    (["pack", THREE, "-o", "x"], "pack needs an option '--board BOARD'"),
    (["check", THREE, "--key", "x"], "this command has no option '--key'"),
    (["check", THREE, "--firmware", "x"], "this command has no option '--firmware'"),
    (["place", THREE, "-o", "/tmp/x"], "place needs an option '--list FILE'"),
])
def test_wrong_usage(prepared, arguments, words):
    result = call(*arguments, board=None)
    assert result.returncode == 2
    assert words in said(result)


@pytest.mark.parametrize("arguments, words", [
    (["check", "/nowhere.dts"], "/nowhere.dts: cannot be read"),
    (["check", "/nowhere.dtb"], "/nowhere.dtb: No such file"),
    (["check", "README.md"], "README.md: cannot be compiled"),
    (["check", THREE, "--window", "5"], "--window 5: not BASE-END"),
    (["check", THREE, "--address-bits", "abc"], "--address-bits abc: not a number from 32 to 52"),
    (["check", THREE, "--address-bits", "4294967336"], "not a number from 32 to 52"),
    (["check", THREE, "--image-at", "x"], "--image-at x: not an address"),
    (["check", THREE, "--image", "README.md"], "README.md: not the hypervisor's image"),
    (["check", THREE, "--load", "x"], "--load x: not ADDRESS=FILE"),
    (["check", THREE, "--load", "0x1=/nowhere"], "/nowhere: cannot be read"),
    (["dtb", THREE, "--partition", "x"], "there is no partition x"),
    (["map", THREE, "-o", "/nowhere/map.svg"], "/nowhere/map.svg: cannot be written"),
])
def test_bad_input(prepared, arguments, words):
    result = call(*arguments)
    assert result.returncode == 1, said(result)
    assert words in said(result)


def test_output_that_cannot_be_written(prepared):
    with open("/dev/full", "wb") as full:
        result = subprocess.run([TOOL, "check", THREE, "--board", BOARD_TREE], stdout=full,
                                stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert "standard output: cannot be written" in said(result)


def test_module_names_that_are_alike(source):
    alike = "".join(f'm{suffix} {{ compatible = "multiboot,{kind}"; bulkhead,file = "rt0.bin"; }};'
                    for suffix, kind in (("@0", "kernel"), ("", "ramdisk")))
    result = call("check", source(system(partition("rt0", alike))))
    assert result.returncode == 1
    assert "bulkhead,file: reg cannot be written" in said(result)


def test_bad_board(prepared, tmp_path):
    result = call("check", THREE, board=tmp_path)
    assert result.returncode == 1
    assert "neither a device tree nor a folder with board.dts or board.dtb" in said(result)
    (tmp_path / "layout").mkdir()
    (tmp_path / "board.dtb").write_bytes(b"nothing")
    result = call("check", THREE, board=tmp_path)
    assert result.returncode == 1 and "layout: Is a directory" in said(result)
    (tmp_path / "layout").rmdir()
    result = call("check", THREE, board=tmp_path)
    assert result.returncode == 1 and "board.dtb: not a device tree" in said(result)
    for line, words in (
            ("image here", "not 'image ADDRESS [FILE], the address a multiple of 2 MiB'"),
            ("image 0x42000", "not 'image ADDRESS [FILE], the address a multiple of 2 MiB'"),
            ("window 5", "not 'window BASE-END'"),
            ("window 0x5000-0x4000", "not 'window BASE-END'"),
            ("files a b", "not 'files FOLDER'"),
            ("device floppy 0:1", "not 'device mmc|usb|scsi NUMBERS'"),
            ("device mmc; 0:1", "not 'device mmc|usb|scsi NUMBERS'"),
            ("device mmc 0;1", "not 'device mmc|usb|scsi NUMBERS'"),
            ("device mmc 0:1 2", "not 'device mmc|usb|scsi NUMBERS'"),
            ("gap 4096", "not 'gap BYTES, a multiple of 1 MiB, at most 1 GiB'"),
            ("tree 0x48000000", "'tree' is none of image, window, files, device and gap")):
        (tmp_path / "layout").write_text(f"# a comment\n{line} # and one more\n")
        result = call("check", THREE, board=tmp_path)
        assert result.returncode == 1 and f"layout:2: {words}" in said(result)


def test_help_names_every_option(prepared):
    result = call("--help", board=None)
    assert result.returncode == 0
    manual = open("imagebuilder/imagebuilder.1", encoding="utf-8").read()
    for word in ("check", "plan", "map", "dtb", "place", "pack", "--board", "--partition", "--json",
                 "--list", "--files", "--load", "--window", "--image", "--tree-at",
                 "--address-bits", "--key", "--firmware"):
        assert word in result.stdout.decode()
        assert word.replace("-", r"\-") in manual
