# SPDX-License-Identifier: Apache-2.0
"""The boards' folders: what is in them, and what their systems are planned to be, on the desk."""
import json
import pathlib
import re
import subprocess

import pytest

from conftest import BUILD
from debugger import Debugger, address_of
from systems import rt, system

TOOL = BUILD / "imagebuilder/imagebuilder"
BOARDS = pathlib.Path("boards")
NAMES = sorted(path.name for path in BOARDS.iterdir() if path.is_dir())
HEX = r"0x[0-9a-f]+"
LINES = {"image": rf"{HEX}", "window": rf"{HEX}-{HEX}", "device": r"(mmc|usb|scsi) [0-9]+:[0-9]+",
         "gap": rf"{HEX}|[0-9]+"}
SECTIONS = ["Firmware", "Wiring", "Flash and boot", "The console", "Known limits",
            "What was (checked|run)"]
MIB = 1 << 20

# What the planner reads of a board: MPIDRs, banks of RAM, distributor, redistributors, the console's
# type and SPI; and the devices with their SPIs that each partition of its system has.
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
                  if not re.search(rf"(?m)^## {title}$", readme)]
        if "machine" not in files and "\n**Not run on hardware or in an emulator yet.**" not in readme:
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
    assert {"no section 'Known limits'", "does not say that it was not run", "layout: no window",
            "layout: modules 0x1000-0x2000", "layout: gap many", "one of tree and tree.dts",
            "a system beside board.dts would include it",
            "layout: nothing says where its numbers come from"} <= set(found)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_system_is_planned(name):
    """What the desk says of the board's own system, without a warning."""
    mpidrs, banks, distributor, redistributors, console, devices = FACTS[name]
    board = prepare(name)
    path = BOARDS / name / "system.dts"
    checked = call("check", path, "--board", board)
    assert checked.returncode == 0 and checked.stderr == "", checked.stderr
    plan = json.loads(call("plan", path, "--board", board, "--json").stdout)
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
    readme_agrees(name, plan)


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
