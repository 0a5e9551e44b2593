# SPDX-License-Identifier: Apache-2.0
"""What Bulkhead costs, beside bare metal and Xen: `make bench`, or `make bench ROWS="sgi linux"`.

The same guests run with nothing below them, as Xen dom0less domains, and as partitions of Bulkhead
in virtual and in direct mode, from the same description. A figure that could not be had shows '-',
and why below the table.
"""
import concurrent.futures
import functools
import os
import sys
import time

import guests
import lateness
import linux
import operations
import packing
import report
import sizes
from board import BARE, DIRECT, SYSTEMS, VIRTUAL, XEN
from qemu import BUILD, OUT, Unavailable
from rows import derive

HYPERVISORS = (XEN, VIRTUAL, DIRECT)
# What, how, on which systems, and the keys of rows that it is for.
JOBS = [
    ("Linux computing", linux.measure_busy, HYPERVISORS, "exits_busy tick"),
    ("Linux idle", linux.measure_idle, HYPERVISORS, "exits_idle"),
    ("exits by kind", operations.measure_operations, (VIRTUAL, DIRECT),
     "lines_timer lines_sgi lines_psci"),
    ("1 kHz timer", linux.measure_ticks, HYPERVISORS, "exits_ticks"),
    ("Linux to init", linux.measure_init, SYSTEMS, "linux_ms"),
    ("lateness", lateness.measure_lateness, SYSTEMS, "late_average late_most late_restarts"),
    ("lateness beside restarts", lateness.measure_beside_restarts, (VIRTUAL, DIRECT),
     "late_restarts"),
    ("restart", linux.measure_restart, (VIRTUAL, DIRECT), "restart"),
    ("first instruction", guests.measure_scrub, (XEN, VIRTUAL), "entry_alone scrub_mib"),
    ("calls and latencies", guests.measure_bench, SYSTEMS,
     "psci_version workaround gicd_read gicr_read uart_read timer_busy timer_wfi self_sgi "
     "other_sgi"),
    ("storm", guests.measure_storm, SYSTEMS, "storm storm_errors"),
    ("counters", lambda _: linux.compare_counts(), (VIRTUAL,), "exits_idle exits_ticks"),
    ("boot by function", lambda _: {"boot": guests.watch_boot()}, (VIRTUAL,), "entry_alone"),
    ("sizes", lambda _: sizes.measure_sizes(), (VIRTUAL,), "source mapped binary stack"),
    ("packing", lambda _: packing.measure_packing(), (VIRTUAL,), "packing"),
    ("size", lambda _: sizes.measure_xen(), (XEN,), "binary"),
] + [(f"planning {count}", functools.partial(lambda count, _: guests.planning_instructions(count),
                                             count), (VIRTUAL,), f"plan_{count}")
     for count in (4, 8, 16)]


def chosen_jobs(words):
    """(what, how, system) of the jobs whose rows' keys have one of the words in them."""
    return [(what, measure, system) for what, measure, systems, keys in JOBS for system in systems
            if not words or any(word in keys for word in words)]


def attempt(measure, system):
    """The figures and the reason why there are none, and the seconds it took."""
    start = time.monotonic()
    try:
        found, reason = measure(system), None
    except Unavailable as error:
        found, reason = {}, str(error)
    return found, reason, time.monotonic() - start


def measure_all(jobs):
    """Runs the jobs on all CPUs; QEMU's counts do not depend on what else the host does."""
    results = {system.name: {} for system in SYSTEMS}
    reasons = {}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(attempt, measure, system): (what, system)
                   for what, measure, system in jobs}
        for done, future in enumerate(concurrent.futures.as_completed(running), 1):
            what, system = running[future]
            found, reason, seconds = future.result()
            results[system.name].update(found)
            if reason:
                reasons[system.name, what] = reason
            print(f"[{done:2}/{len(jobs)}] {system.name}: {what}"
                  f"{', not available' if reason else ''} ({seconds:.0f} s)", flush=True)
    derive(results)
    return results, reasons


def main(words):
    OUT.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    jobs = chosen_jobs(words)
    if not jobs:
        return f"no row has {' or '.join(words)} in its key; build/bench.json lists them"
    # Bare metal is what timers are compared with.
    if not any(system is BARE for _, _, system in jobs):
        jobs += [job for job in chosen_jobs(["timer_busy"]) if job[2] is BARE]
    linux.make_ramdisk()
    results, reasons = measure_all(jobs)
    boot = results["virtual"].pop("boot", None)
    print()
    for line in (report.table(results, words) + [""] + report.counts(results) +
                 report.notes(reasons, words)):
        print(line)
    report.explain(results, boot)
    if any("lateness" in found for found in results.values()):
        lateness.draw(results)
    if not words:
        report.write_json(results, reasons)
    print(f"{OUT}/exits.txt explains exits and boot, {lateness.PICTURE} shows the lateness"
          f"{'' if words else f', {BUILD}/bench.json has all of it'} "
          f"({time.monotonic() - start:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
