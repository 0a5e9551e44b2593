# SPDX-License-Identifier: Apache-2.0
"""The table, what explains it, and both for programs."""
import json

from qemu import BUILD, OUT
from rows import NOT_MEASURED, TABLE

SYSTEMS = ("bare", "Xen", "virtual", "direct")
OURS = ("virtual", "direct")
LINE = "{:37}{:>10}{:>13}{:>12}{:>12}{:>14}  {}"
WORDS = {True: "yes", False: "NO", None: "-"}
CLASSES = ("interrupts", "calls", "device accesses", "register accesses", "others")


def show(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def pair(texts):
    """One text for both modes, or both."""
    known = list(dict.fromkeys(texts))
    return known[0] if len(known) == 1 else " | ".join(texts)


def is_shown(row, results, words):
    """words: of these, one is in the row's key; none: all rows that have a figure."""
    if words and not any(word in row.key for word in words):
        return False
    return row.key in NOT_MEASURED or any(row.key in results.get(name, {}) for name in SYSTEMS)


def row_line(row, results):
    figures = (show(results.get(name, {}).get(row.key), row.digits) for name in SYSTEMS)
    goals = [row.goal_for(name, results) for name in OURS]
    # A goal that depends on what was measured is missing where nothing was.
    if goals[1] is None:
        goals[1] = goals[0]
    texts = [show(goal, row.digits) for goal in goals]
    met = [row.met(name, results) for name in OURS]
    if goals[0] is None:
        return LINE.format(row.what, *figures, "", "").rstrip()
    known = [word for word in met if word is not None]
    word = pair([WORDS[value] for value in met]) if len(known) == 2 else WORDS[(known or [None])[0]]
    return LINE.format(row.what, *figures, pair(texts), word)


def table(results, words=()):
    lines = ["goal and met: virtual | direct mode, where they differ"]
    for heading, rows in TABLE:
        shown = [row for row in rows if is_shown(row, results, words)]
        if shown:
            lines += ["", LINE.format(heading, *SYSTEMS, "goal", "met")]
            lines += [row_line(row, results) for row in shown]
    return lines


def counts(results):
    """How Bulkhead's own counters compare with what QEMU saw."""
    found = results["virtual"]
    if "exits_plugin" not in found:
        return []
    own = show(found["exits_counters"]) if found["exits_counters"] is not None else "-"
    return [f"exits of one run, counted by the plugin {found['exits_plugin']} (without the last, which "
            f"never returns), in QEMU's log {found['exits_log']}, by Bulkhead {own}"]


def classes(results):
    """Exits a second by class, as Bulkhead itself counts them."""
    lines = []
    for name in OURS:
        for work in ("idle", "busy", "ticks"):
            found = results.get(name, {}).get(f"counters_{work}")
            if found:
                lines.append(f"{name}, {work}: " + ", ".join(
                    f"{value:.1f} {kind}" for value, kind in zip(found, CLASSES)))
    return lines


def explain(results, boot):
    """build/bench/exits.txt: each exit by part and by function, and the boot."""
    parts = []
    for name in OURS:
        text = results.get(name, {}).get("text")
        if text:
            parts.append(f"--- {name} mode: one exit of each kind\n\n{text}")
    by_class = counts(results) + classes(results)
    if by_class:
        parts.append("--- exits a second by class\n\n" + "\n".join(by_class) + "\n")
    if boot:
        parts.append(f"--- from the first instruction to the guest's first, 4 MiB of RAM: "
                     f"{sum(boot.values()):,} instructions\n\n" + "".join(
                         f"{count:10,} {function}\n" for function, count in
                         sorted(boot.items(), key=lambda item: -item[1])))
    if parts:
        (OUT / "exits.txt").write_text("\n".join(parts))


def notes(reasons, words=()):
    """Why figures are missing: one line for each reason, with all that it concerns."""
    grouped = {}
    for (system, what), reason in reasons.items():
        grouped.setdefault((system, reason), []).append(what)
    lines = [f"- {what}: {reason}" for what, reason in NOT_MEASURED.items()
             if not words or any(word in what for word in words)]
    for (system, reason), names in grouped.items():
        lines.append(f"- {system} ({', '.join(names)}): {reason}")
    return lines


def write_json(results, reasons):
    rows = {row.key: {"what": row.what, "goal": row.goal_for("virtual", results),
                      "met": row.met("virtual", results),
                      "direct_goal": row.goal_for("direct", results),
                      "direct_met": row.met("direct", results)}
            for _, group in TABLE for row in group}
    figures = {name: {key: value for key, value in found.items() if key != "text"}
               for name, found in results.items()}
    document = {"figures": figures, "rows": rows,
                "unavailable": {" ".join(key): why for key, why in reasons.items()}}
    (BUILD / "bench.json").write_text(json.dumps(document, indent=2) + "\n")
