# SPDX-License-Identifier: Apache-2.0
"""`make bench-gate`: no figure of Bulkhead may be worse than its ceiling in ceilings.json.

A ceiling is the figure itself: who makes one better, lowers it, with `make bench-gate
GATE_OPTIONS=--update`. Figures may be 2 % worse, and one more: the guests' counter has steps of 16 ns,
and what is averaged over its phases depends a little on where things lie. Sizes are exact; they may
grow up to their goals.
"""
import json
import pathlib
import sys

import guests
import linux
import operations
import sizes
from bench import measure_all
from board import BARE, DIRECT, VIRTUAL
from qemu import OUT
from rows import TABLE

CEILINGS = pathlib.Path("tests/bench/ceilings.json")
JOBS = [("calls and latencies", guests.measure_bench, system)
        for system in (VIRTUAL, DIRECT, BARE)]
JOBS += [(what, measure, system) for system in (VIRTUAL, DIRECT) for what, measure in (
    ("storm", guests.measure_storm), ("exits by kind", operations.measure_operations),
    ("1 kHz timer", linux.measure_ticks))]
JOBS += [("first instruction", guests.measure_scrub, VIRTUAL),
         ("sizes", lambda _: sizes.measure_sizes(), VIRTUAL)]
SIZES = ("source", "mapped", "binary", "stack")
EXACT = (*SIZES, "storm_errors", "lines_timer")
ROWS = {row.key: row for _, rows in TABLE for row in rows}


def gated(found):
    """Those of a system's figures that have a row, whole ones."""
    return {key: round(value) for key, value in found.items() if key in ROWS}


def ceilings_of(results):
    """What the ceilings would be now."""
    found = {name: gated(results[name]) for name in ("virtual", "direct") if results[name]}
    for figures in found.values():
        for key in SIZES:
            if key in figures:
                figures[key] = max(figures[key], ROWS[key].goal)
    return found


def allowed(key, ceiling):
    return ceiling if key in EXACT else ceiling * 102 // 100 + 1


def compare(ceilings, results, reasons):
    """What is wrong, and what is better than its ceiling, as texts."""
    worse, better = [], []
    for system, limits in ceilings.items():
        found = gated(results.get(system, {}))
        for key, ceiling in limits.items():
            if key not in found:
                why = "; ".join(reason for (name, _), reason in reasons.items() if name == system)
                worse.append(f"{system}: {ROWS[key].what}: no figure ({why or 'not measured'})")
            elif found[key] > allowed(key, ceiling):
                worse.append(f"{system}: {ROWS[key].what}: {found[key]:,}, more than {ceiling:,}")
            elif found[key] < ceiling and key not in SIZES:
                better.append(f"{system}: {ROWS[key].what}: {found[key]:,}, below {ceiling:,}")
    return worse, better


def main(arguments):
    OUT.mkdir(parents=True, exist_ok=True)
    results, reasons = measure_all(JOBS)
    if arguments == ["--update"]:
        CEILINGS.write_text(json.dumps(ceilings_of(results), indent=2) + "\n")
        print(f"bench-gate: {CEILINGS} is written")
        return 0
    ceilings = json.loads(CEILINGS.read_text())
    worse, better = compare(ceilings, results, reasons)
    for text in better:
        print(f"bench-gate: {text}: lower its ceiling")
    for text in worse:
        print(f"bench-gate: {text}")
    if worse:
        return f"bench-gate: {len(worse)} figures are worse than {CEILINGS} allows"
    print(f"bench-gate: {sum(map(len, ceilings.values()))} figures good")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
