# SPDX-License-Identifier: Apache-2.0
"""The rows of the table and their goals. A row without a goal is there to be compared."""
import dataclasses
from typing import Callable, Union

# Bare metal's own part of the same figure: what the guest itself needs.
BARE_RAW = ("timer_busy", "timer_wfi")


@dataclasses.dataclass(frozen=True)
class Row:
    """Goals are a number, or a function of the results and the system's name."""
    what: str
    key: str
    goal: Union[float, Callable, None] = None
    direct_goal: Union[float, Callable, None] = None  # where it is another one
    digits: int = 0

    def goal_for(self, system, results):
        goal = self.goal
        if system == "direct" and self.direct_goal is not None:
            goal = self.direct_goal
        return goal(results, system) if callable(goal) else goal

    def met(self, system, results):
        """True, False, or None: no goal, or no figure."""
        value = results.get(system, {}).get(self.key)
        goal = self.goal_for(system, results)
        # As exact as it is shown.
        return None if value is None or goal is None else value <= goal + 0.5 / 10 ** self.digits


def own_interrupts(work):
    """One exit for each interrupt that the guest took, and no other."""
    def goal(results, system):
        return results.get(system, {}).get(f"own_{work}")
    return goal


def as_quiet(factor):
    """As late as beside a neighbour that does not restart, or so much more."""
    def goal(results, system):
        quiet = results.get(system, {}).get("late_most")
        return None if quiet is None else factor * quiet
    return goal


def one_percent_more(results, _system):
    bare = results.get("bare", {}).get("linux_ms")
    return None if bare is None else 1.01 * bare


TABLE = [
    ("instructions", [
        Row("PSCI_VERSION call", "psci_version", 80),
        Row("SMCCC_ARCH_WORKAROUND_1 call", "workaround", 20),
        Row("GICD_TYPER read", "gicd_read", 120),
        Row("GICR_TYPER read", "gicr_read", 130),
        Row("UART FR read", "uart_read", 130),
        Row("timer to handler, busy guest", "timer_busy", 100, 0),
        Row("timer to handler, guest in WFI", "timer_wfi", 100, 0),
        Row("SGI to itself, to handler", "self_sgi", 250),
        Row("SGI to another vCPU, to handler", "other_sgi", 350, 200),
        Row("doorbell to another partition", "doorbell", 350, 200),
        Row("at EL2, a Linux timer tick", "tick", 100, 0),
        Row("50 pending SPIs, to last handler", "storm"),
        Row("first to the guest's, without scrub", "entry_alone", 500000),
        Row("scrub, a MiB of a guest's RAM", "scrub_mib"),
        Row("restart of a Linux with 256 MiB", "restart"),
        Row("planning 4 partitions", "plan_4"),
        Row("planning 8 partitions", "plan_8"),
        Row("planning 16 partitions", "plan_16", 2000000),
    ]),
    ("exits a second", [
        Row("Linux, idle (goal: its interrupts)", "exits_idle", own_interrupts("idle"), 0, 1),
        Row("Linux, computing (the same)", "exits_busy", own_interrupts("busy"), 0, 1),
        Row("1 kHz timer guest (the same)", "exits_ticks", own_interrupts("ticks"), 0, 1),
    ]),
    ("64-byte lines of code and data", [
        Row("timer interrupt", "lines_timer", 16, 0),
        Row("SGI received", "lines_sgi", 16, 0),
        Row("PSCI_VERSION call", "lines_psci"),
    ]),
    ("others", [
        Row("storm of 50: taken out of order", "storm_errors", 0),
        Row("1 kHz timer, neighbour: late, ns", "late_average", 100, 0),
        Row("the same, at most", "late_most"),
        Row("the same, while it restarts 20 times", "late_restarts", as_quiet(1.05), as_quiet(1)),
        Row("Linux to init, ms", "linux_ms", one_percent_more, None, 1),
        Row("packing three partitions, s", "packing", 5, None, 1),
        Row("source lines at EL2", "source", 12000),
        Row("of these mapped once guests run", "mapped", 6000),
        Row("binary, bytes", "binary", 131072),
        Row("planner's stack at most, bytes", "stack", 8192),
    ]),
]
# Rows that nothing here can measure, and why.
NOT_MEASURED = {"doorbell": "this build has no channels"}


def derive(results):
    """Figures that need another system's."""
    bare = results.get("bare", {})
    for found in results.values():
        for key in BARE_RAW:
            if f"{key}_raw" in found and f"{key}_raw" in bare:
                found[key] = found[f"{key}_raw"] - bare[f"{key}_raw"]
