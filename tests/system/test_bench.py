# SPDX-License-Identifier: Apache-2.0
"""The benchmark's storm as a test, and that its figures are read as they are meant."""
import pathlib
import sys

import pytest

from checks import all_passed, passed
from systems import kernel, partition, rt, system

sys.path.append(str(pathlib.Path("tests/bench").resolve()))
import exits  # noqa: E402
import gate  # noqa: E402
import lateness  # noqa: E402
import linux  # noqa: E402
import qemu  # noqa: E402
import report  # noqa: E402
import rows  # noqa: E402
import sizes  # noqa: E402


def test_storm(boot):
    """50 SPIs pending at once: each comes once, the most urgent first."""
    board = boot(system(partition("storm", kernel("storm.bin"), more="nr_spis = <192>;"), rt()))
    all_passed(board, {"storm": 4}, skipped=0, then_off=True)


def test_storm_without_a_hypervisor(bare):
    passed(bare("storm"), "storm", at_least=4)


def test_trace():
    found = exits.parse("total 0 3 60\ntotal 1 2 20\n"
                        "path 0 3 1000,1004,1040 40000,7fc0\npath 1 2 1000 -\n")
    assert (found.exits(), found.instructions()) == (5, 80)
    assert (found.exits(exits.INTERRUPT_VECTORS), found.instructions([0])) == (2, 60)
    path = found.usual(is_interrupt=False, at_least=3)
    assert path.code_lines() == {0x40, 0x41}
    assert path.data_lines(0x7fc0 * 64, 0x7fc1 * 64) == {0x40000}
    assert found.usual(is_interrupt=True, at_least=3) is None
    assert found.usual(is_interrupt=True, at_least=2).lines == []


def test_symbols():
    symbols = exits.Symbols()
    assert symbols.function(symbols.address["exit_interrupt"] + 4) == "exit_interrupt"
    assert symbols.function(0) == "?"
    low, high = symbols.devices()
    assert low < high < symbols.address["_image_start"] + (16 << 20)


def test_lines_are_counted_without_comments(tmp_path):
    path = tmp_path / "source.c"
    path.write_text("/* SPDX */\n\n#include <a.h>\n/*\n * more\n */\nint a; // one\n\t\n}\n")
    assert sizes.count_lines(path) == 3
    every, mapped = sizes.sources(), sizes.mapped_sources()
    assert mapped < every
    assert pathlib.Path("arch/arm64/el2/vectors.S") in mapped
    assert not [path for path in mapped if path.parts[:2] == ("common", "launch")]


def test_counters_of_a_partition():
    line = ("bulkhead: linux0: exits: 1203 interrupts, 12 calls, 45 device accesses, "
            "3 register accesses, 2 others\r\n")
    assert qemu.COUNTERS.search(line).groups() == ("1203", "12", "45", "3", "2")
    assert qemu.FINDING.search("bulkhead: error: /chosen/a: no\r\n")[1] == "/chosen/a: no"


def test_archive_of_one_file():
    archive = linux.cpio("init", b"hello", 0o100755)
    assert archive[:14] == b"070701" + b"0" * 8 and len(archive) % 4 == 0
    assert archive[54:62] == b"00000005"
    assert archive[110:115] == b"init\0" and archive[116:121] == b"hello"
    assert b"TRAILER!!!\0" in archive


@pytest.mark.parametrize("figure, met, word", [(80.4, True, "yes"), (81, False, "NO"),
                                               (None, None, "-")])
def test_goals(figure, met, word):
    results = {"virtual": {} if figure is None else {"psci_version": figure}, "direct": {}}
    row = next(row for _, group in rows.TABLE for row in group if row.key == "psci_version")
    assert row.met("virtual", results) is met
    assert report.row_line(row, results).split()[-1] == word


def test_goals_of_both_modes():
    results = {"bare": {"timer_busy_raw": 50}, "virtual": {"timer_busy_raw": 125},
               "direct": {"timer_busy_raw": 52}}
    rows.derive(results)
    row = next(row for _, group in rows.TABLE for row in group if row.key == "timer_busy")
    words = report.row_line(row, results).split()
    assert words[-8:] == ["75", "2", "100", "|", "0", "yes", "|", "NO"]
    own = rows.Row("exits", "exits_idle", rows.own_interrupts("idle"), 0, 1)
    found = {"virtual": {"exits_idle": 6.04, "own_idle": 6.0}, "direct": {}}
    assert own.met("virtual", found)
    found["virtual"]["exits_idle"] = 6.06
    assert own.met("virtual", found) is False
    assert own.met("direct", found) is None


def test_rows_of_the_table():
    """A row that has a figure, and one that nobody can measure; words choose."""
    results = {"virtual": {"psci_version": 70}}
    assert [line.split()[0] for line in report.table(results)[2:]] == [
        "instructions", "PSCI_VERSION", "doorbell"]
    assert len(report.table(results, ["psci"])) == 4
    assert len(report.table(results, ["gicd"])) == 1
    keys = [row.key for _, group in rows.TABLE for row in group]
    assert len(keys) == len(set(keys))


def test_gate_notices():
    ceilings = {"virtual": {"psci_version": 80, "gicd_read": 120, "binary": 131072}}
    good = {"virtual": {"psci_version": 82.4, "gicd_read": 100, "binary": 90000}}
    worse, better = gate.compare(ceilings, good, {})
    assert worse == [] and better == ["virtual: GICD_TYPER read: 100, below 120"]
    bad = {"virtual": {"psci_version": 83, "binary": 131073}}
    worse, _ = gate.compare(ceilings, bad, {("virtual", "calls"): "it hangs"})
    assert worse == ["virtual: PSCI_VERSION call: 83, more than 80",
                     "virtual: GICD_TYPER read: no figure (it hangs)",
                     "virtual: binary, bytes: 131,073, more than 131,072"]


def test_places_in_the_picture():
    assert lateness.LEFT < lateness.x_of(0) < lateness.x_of(64) < lateness.x_of(4304)
    assert lateness.x_of(10 ** 9) == lateness.RIGHT
    assert lateness.y_of(1000) < lateness.y_of(1) < lateness.BOTTOM
