# SPDX-License-Identifier: Apache-2.0
"""What guests say: those that check something (tests/guests/lib/check.h), and rt0."""
import re

# Whole lines: one that comes off the screen because another partition's comes in between ends with
# a carriage return alone.
COUNTS = r"(\w+): (\d+) passed, (\d+) failed, (\d+) skipped\r+\n"
TICKS = r"rt0 *\| (\d+) ticks, late min \d+ avg \d+ max (\d+) ns, missed (\d+)\r+\n"


def all_passed(board, least, skipped=None, then_off=False):
    """Each guest says how it went, in any order. least: checks that pass at least, by name.
    skipped: how many each skips, if that matters; then_off: it switches itself off, too."""
    counted, off = set(), set()
    while counted != set(least) or (then_off and off != set(least)):
        match = board.expect(COUNTS + r"|bulkhead: (\w+): switched itself off\r+\n")
        if match.group(5):
            off.add(match.group(5))
            continue
        name, *counts = match.groups()[:4]
        passed, failed, left_out = map(int, counts)
        assert failed == 0, name
        assert passed >= least[name], name
        assert skipped in (None, left_out), name
        counted.add(name)


def passed(board, name, at_least=20, skipped=0):
    all_passed(board, {name: at_least}, skipped)


def histogram(board):
    """rt0's next line: its ticks, and those that it missed."""
    ticks, _, missed = map(int, board.expect(TICKS).groups())
    return ticks, missed


def lost_no_tick(text, seconds=1, lines=6):
    """rt0's ticks, served or missed, are those that have been due.

    It prints when so many full seconds have passed. If the host stops its CPU just then, it prints
    late, and the ticks that were due meanwhile are in this line's books or in the next one's: as
    missed ones, all but one. The first period may begin late in the same way. No error adds up.
    """
    found = [tuple(map(int, line)) for line in re.findall(TICKS, text)]
    assert len(found) >= lines
    total = 0
    for period, (ticks, longest, missed) in enumerate(found[:-1], 1):
        total += ticks + missed
        slack = max(missed, found[period][2]) + found[0][2] + 3
        assert abs(total - 1000 * seconds * period) <= slack, f"{total} ticks in period {period}"
        # A tick before its time would be late by a negative number, which is a large one.
        assert longest < 10e9
    return total


def shown_by(readme, start=r"bulkhead: |driver\| |linux0\| "):
    """Patterns of the console's lines that a README shows; times, digests and versions vary."""
    text = readme.read_text(encoding="utf-8")
    for line in re.findall(rf"(?m)^((?:{start}).*\S)", text):
        pattern = re.escape(line)
        for varies in (r"[0-9a-f]{64}", r"\d+(?=\\ (?:ms|us)\b)", r"(?<=Linux\\ )\S+(?=\\ aarch64)",
                       r"\d+(?=\\ MiB$)"):
            pattern = re.sub(varies, r"\\S+", pattern)
        yield pattern
