# SPDX-License-Identifier: Apache-2.0
"""The boards' folders and docs/porting.md, on the desk: what a user has who has no board yet."""
import hashlib
import json
import pathlib
import re
import subprocess

import pytest

from conftest import BUILD
from debugger import Debugger, address_of
from systems import rt, system
from test_documentation import blocks

TOOL = BUILD / "imagebuilder/imagebuilder"
BOARDS = pathlib.Path("boards")
PORTING = pathlib.Path("docs/porting.md")
NAMES = sorted(path.name for path in BOARDS.iterdir() if path.is_dir())
HEX = r"0x[0-9a-f]+"
LINES = {"image": rf"{HEX}", "window": rf"{HEX}-{HEX}", "device": r"(mmc|usb|scsi) [0-9]+:[0-9]+",
         "gap": rf"{HEX}|[0-9]+"}
SECTIONS = ["Firmware", "Wiring", "On an SD card|Booting", "In QEMU|The console", "Limits"]
NO_HARDWARE = "qemu-virt"
MIB = 1 << 20

# What the planner reads of a board: MPIDRs, banks of RAM, distributor, redistributors, the type and
# SPI of the console; and the devices with their SPIs that the partitions of its system have. Of
# boards that QEMU has, the console says all that.
FACTS = {
    "am62x": (
        [0, 1, 2, 3], [(0x80000000, 0x80000000)], 0x1800000, (0x1880000, 0xc0000), ("omap", 178),
        {"rt0": {"/bus@f0000/timer@2400000": [120], "/bus@f0000/serial@2810000": [179]}}),
    "rock5b": (
        [0x100 * n for n in range(8)], [(0x200000, 0xefe00000), (1 << 32, 0x10000000)],
        0xfe600000, (0xfe680000, 0x100000), ("dw-apb", 333),
        {"rt0": {"/timer@feae0000": [289], "/serial@feba0000": [338]}}),
    "s32g": (
        [0, 1, 0x100, 0x101], [(0x80000000, 0x80000000), (0x880000000, 0x60000000)],
        0x50800000, (0x50880000, 0x80000), ("none", None),
        {"linux0": {"/soc@0/serial@401c8000": [82]},
         "rt0": {"/soc@0/timer@4011c000": [24], "/soc@0/serial@401cc000": [83]}}),
}


def prepare(name):
    result = subprocess.run([BOARDS / "prepare", name], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return BUILD / "boards" / name


def call(*words):
    return subprocess.run([TOOL, *words], capture_output=True, text=True, check=False)


def complaints(folder):
    """What is wrong with a board's folder."""
    found = []
    files = {path.name for path in folder.iterdir()}
    for name in ("README.md", "layout"):
        if name not in files:
            found.append(f"no {name}")
    if len(files & {"tree", "tree.dts"}) != 1:
        found.append("one of tree and tree.dts")
    if "board.dts" in files:
        found.append("a system beside board.dts would include it")
    if "README.md" in files:
        readme = (folder / "README.md").read_text(encoding="utf-8")
        found += [f"no section '{title}'" for title in SECTIONS
                  if folder.name != NO_HARDWARE and not re.search(rf"(?m)^## ({title})$", readme)]
        if "\n**Run:** " not in readme:
            found.append("does not say what was run")
        if "machine" not in files and folder.name not in FACTS:
            found.append("not in FACTS")
        not_run = "\n**Not run on hardware or in an emulator yet.**"
        if "machine" not in files and not_run not in readme:
            found.append("does not say that it was not run")
    if "layout" in files:
        lines = (folder / "layout").read_text(encoding="utf-8").splitlines()
        words = [line.split(maxsplit=1) for line in lines if line and not line.startswith("#")]
        found += [f"layout: {' '.join(line)}" for line in words
                  if len(line) != 2 or not re.fullmatch(LINES.get(line[0], "$^"), line[1])]
        found += [f"layout: no {key}" for key in ("image", "window")
                  if key not in [line[0] for line in words]]
        if not any(line.startswith("#") for line in lines):
            found.append("layout: nothing says where its numbers come from")
    return found


@pytest.mark.parametrize("name", NAMES)
def test_folder_is_complete(name):
    assert complaints(BOARDS / name) == []


def test_incomplete_folders_are_noticed(tmp_path):
    assert "no README.md" in complaints(tmp_path)
    (tmp_path / "README.md").write_text("# A board\n")
    (tmp_path / "layout").write_text("image 0x40000000\nmodules 0x1000-0x2000\ngap many\n")
    (tmp_path / "board.dts").write_text("/dts-v1/;\n")
    found = complaints(tmp_path)
    assert {"no section 'Limits'", "does not say what was run", "does not say that it was not run",
            "layout: no window", "layout: modules 0x1000-0x2000", "layout: gap many", "one of tree and tree.dts",
            "a system beside board.dts would include it",
            "layout: nothing says where its numbers come from"} <= set(found)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_system_is_planned_and_packed(name, tmp_path):
    """What the desk says of boards that QEMU has not; the others are booted (test_boards.py)."""
    board = prepare(name)
    path = BOARDS / name / "system.dts"
    checked = call("check", path, "--board", board)
    assert checked.returncode == 0 and checked.stderr == "", checked.stderr
    plan = json.loads(call("plan", path, "--board", board, "--json").stdout)
    facts_agree(plan, *FACTS[name])
    readme_agrees(name, plan)
    packed_agrees(call("pack", path, "--board", board, "-o", tmp_path / "out"), tmp_path / "out",
                  checked.stdout.split()[1], (BOARDS / name / "layout").read_text(encoding="utf-8"))


def facts_agree(plan, mpidrs, banks, distributor, redistributors, console, devices):
    facts = plan["board"]
    assert [int(cpu["mpidr"], 16) for cpu in facts["cpus"]] == mpidrs
    assert [(int(bank["base"], 16), bank["size"]) for bank in facts["memory_banks"]] == banks
    gic = facts["gic"]
    assert int(gic["distributor"]["base"], 16) == distributor
    assert [(int(region["base"], 16), region["size"])
            for region in gic["redistributors"]] == [redistributors]
    assert facts["psci_conduit"] == "smc"
    assert (facts["console"]["type"], facts["console"]["spi"]) == console
    for partition in plan["partitions"]:
        assert {device["path"]: [interrupt["spi"] for interrupt in device["interrupts"]]
                for device in partition["devices"]} == devices.get(partition["name"], {})


def readme_agrees(name, plan):
    """The lines of the console that the README shows have the plan's numbers."""
    readme = (BOARDS / name / "README.md").read_text(encoding="utf-8")
    facts = plan["board"]
    if facts["console"]["spi"] is None:
        assert "bulkhead: board:" not in readme
        return
    memory = sum(bank["size"] for bank in facts["memory_banks"]) // MIB
    assert (f"bulkhead: board: {len(facts['cpus'])} CPUs, {memory} MiB RAM, "
            f"GICv3 at {facts['gic']['distributor']['base']}, image at ") in readme
    for partition in plan["partitions"]:
        assert re.search(rf"(?m)^bulkhead:   {partition['name']} +"
                         + " ".join(map(str, partition["cpus"])) + " ", readme)
        for device in partition["devices"]:
            assert f" {device['path']}, SPI {device['interrupts'][0]['spi']}\n" in readme


def packed_agrees(result, folder, digest, layout):
    """What is flashed is the plan that was checked, where the layout says; all of it is there."""
    assert result.returncode == 0, result.stderr
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["plan"] == digest
    assert manifest["entry"] == re.search(r"(?m)^image (\w+)", layout).group(1)
    base, end = (int(at, 16) for at in re.search(r"(?m)^window (\w+)-(\w+)", layout).groups())
    assert base <= int(manifest["fit"], 16) and int(manifest["end"], 16) <= end
    at = int(manifest["entry"], 16)
    for part in manifest["parts"]:
        assert int(part["address"], 16) == at and part["size"] <= part["room"]
        at += part["room"]
    for file in manifest["parts"] + manifest["artefacts"]:
        contents = (folder / file["name"]).read_bytes()
        assert len(contents) == file["size"]
        assert hashlib.sha256(contents).hexdigest() == file["sha256"]
    assert {"bulkhead-all.img", "bulkhead.itb", "boot.scr", "sdcard.img"} <= {
        file["name"] for file in manifest["artefacts"]}


@pytest.mark.parametrize("block", [pytest.param(block, id=f"line {block.line}")
                                   for block in blocks(PORTING) if "overlay" in block.marks])
def test_overlay_of_the_porting_guide(block, tmp_path):
    """With it the tree of Debian's kernel is planned without an error, and has a console."""
    tree = sorted(BUILD.glob(f"apt/linux-image-*/usr/lib/linux-image-*/{block.marks[1]}"))[-1]
    source = subprocess.check_output(["dtc", "-q", "-I", "dtb", "-O", "dts", tree], text=True)
    (tmp_path / "board.dts").write_text(source + block.text)
    memory = re.search(r"memory@(\w+) \{\n[^}]*device_type", source + block.text).group(1)
    image = int(memory, 16) + 0x20000000
    (tmp_path / "layout").write_text(f"image {image:#x} {BUILD}/bulkhead.bin\n"
                                     f"window {image:#x}-{image + 0x4000000:#x}\n"
                                     f"files {BUILD}/guests\n")
    (tmp_path / "system.dts").write_text(system(rt()))
    result = call("plan", tmp_path / "system.dts", "--board", tmp_path, "--json")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["board"]["console"]["spi"] is not None


def test_errors_of_the_porting_guide_exist():
    """Each error that the guide explains is one that Bulkhead says."""
    sources = [path.read_text(encoding="utf-8") for folder in ("common/plan", "common/launch")
               for path in sorted(pathlib.Path(folder).glob("*.c"))]
    literals = " ".join("".join(re.findall(r'"((?:\\.|[^"\\])*)"', source)) for source in sources)
    literals = literals.replace('\\"', '"')
    table = PORTING.read_text(encoding="utf-8").split("| error |")[1].split("\n\n")[0]
    errors = re.findall(r"(?m)^\| `(.*?)` \|", table)
    assert len(errors) > 15
    for error in errors:
        for part in re.split(r'"?NAME"?|0xN|\bN\b|; ', error):
            assert part.strip(" ()-") in literals, f"{error}: '{part}'"


def test_a_board_without_a_console_leaves_its_words_in_memory(boot, tmp_path):
    """What docs/porting.md says of boards whose UART has no driver, such as S32G's."""
    listing = subprocess.check_output(["aarch64-linux-gnu-nm", BUILD / "bulkhead.elf"], text=True)
    address = re.search(r"(\w+) \w boot_log_memory\n", listing).group(1)
    debugger = Debugger(tmp_path / "debugger")
    boot(system(rt(more="memroy = <1>;"), chosen='stdout-path = "/pl061@9030000";'),
         options=debugger.options)
    debugger.connect()
    debugger.run_to(address_of("stay", r"bl\t.*arch_wait_interrupt"))
    said = bytes.fromhex(debugger.ask(f"m{address},400")).decode("ascii").replace("\r", "")
    assert "bulkhead: error: /chosen/rt0: memroy: unknown property; did you mean 'memory'?" in said
    assert "bulkhead: nothing was launched; the board stays here until it is reset\n" in said
