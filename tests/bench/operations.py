# SPDX-License-Identifier: Apache-2.0
"""One exit of each kind: its instructions by part and by function, the cache lines it touches."""
from exits import Symbols, by_function, by_part, watch_exits
from guests import bench_guest
from qemu import Unavailable

# What, the measurement of tests/guests/bench.c that repeats it, whether it is an interrupt exit,
# and how often it must have been seen.
OPERATIONS = [
    ("PSCI_VERSION call", "psci_version", False, 2000),
    ("SMCCC_ARCH_WORKAROUND_1 call", "workaround", False, 2000),
    ("GICD_TYPER read", "gicd_read", False, 2000),
    ("GICR_TYPER read", "gicr_read", False, 2000),
    ("UART FR read", "uart_read", False, 2000),
    ("timer interrupt, busy guest", "timer_busy", True, 380),
    ("timer interrupt, guest in WFI", "timer_wfi", True, 380),
    ("SGI to itself", "self_sgi", False, 380),
    ("SGI to another vCPU, sent", "other_sgi", False, 380),
    ("SGI from another vCPU, received", "other_sgi", True, 380),
]
# Figures of the table: the lines of these.
LINES = {"timer_busy": "lines_timer", "psci_version": "lines_psci"}


def describe(what, path, symbols):
    """Text about one kind of exit, and its numbers of lines."""
    code, data = path.code_lines(), path.data_lines(*symbols.devices())
    together = len(code | data)
    parts = ", ".join(f"{count} {part}" for part, count in by_part(path, symbols).items())
    text = [f"{what}: {len(path.pcs)} instructions ({parts})",
            f"  {together} lines of 64 bytes ({len(code)} of code, {len(data)} of data)"]
    text += [f"  {count:6} {function}"
             for function, count in by_function(path, symbols).most_common()]
    return "\n".join(text) + "\n", together


def measure_operations(system):
    """The lines' figures; "text" explains all of them."""
    symbols = Symbols()
    traces = {}
    found = {"text": ""}
    for what, only, is_interrupt, at_least in OPERATIONS:
        name = f"{system.name}-only-{only}"
        if only not in traces:
            traces[only] = watch_exits(name, system.arguments(name, bench_guest(only)),
                                       "bench: done", symbols.address["vectors"])[1]
        key = "lines_sgi" if only == "other_sgi" and is_interrupt else LINES.get(only)
        path = traces[only].usual(is_interrupt, at_least)
        # The guest's output makes exits in any case: without any, the plugin saw nothing.
        if path is None and traces[only].exits() == 0:
            raise Unavailable(f"the plugin saw no exit of {name}")
        text, lines = describe(what, path, symbols) if path else (f"{what}: no exit\n", 0)
        found["text"] += text
        if key:
            found[key] = lines
    return found
