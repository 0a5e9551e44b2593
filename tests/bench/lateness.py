# SPDX-License-Identifier: Apache-2.0
"""How late a 1 kHz timer is beside a busy neighbour: a picture of all systems."""
import math
import re

from board import Guest, guest_file
from qemu import OUT, Unavailable, run

PICTURE = OUT / "lateness.svg"
MILLISECONDS = 1000
RESTARTS = 20
COLORS = {"bare": "#777777", "Xen": "#d1495b", "virtual": "#00798c", "direct": "#edae49"}
NAMES = {"bare": "bare metal", "Xen": "Xen", "virtual": "Bulkhead, virtual",
         "direct": "Bulkhead, direct"}
WIDTH, HEIGHT = 860, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 830, 60, 360
FIRST, LAST = 4, 65536  # ns
ON_TIME = 8  # where those are that are late by less than a tick of the counter, 16 ns


def measure_lateness(system):
    """(ns, how often) of each class of the guest's histogram."""
    name = f"{system.name}-lateness"
    bootargs = f"ms={MILLISECONDS}"
    measured = Guest(guest_file("ticks"), bootargs)
    if system.image is None:
        # A neighbour on bare metal is the guest's own second CPU.
        measured = Guest(guest_file("ticks"), bootargs + " neighbour=1", cpus=2)
    neighbour = Guest(guest_file("ticks"), "role=busy", name="neighbour", is_neighbour=True)
    text = run(name, system.arguments(name, measured, neighbour), "ticks: done")
    classes = [(int(late), int(count)) for late, count in
               re.findall(r"ticks: late (\d+) (\d+)", text)]
    ticks = sum(count for _, count in classes)
    return {"lateness": classes,
            "late_average": sum(late * count for late, count in classes) / ticks,
            "late_most": max(late for late, _ in classes)}


def measure_beside_restarts(system):
    """As above, while the neighbour crashes and restarts all the time."""
    name = f"{system.name}-crashes"
    measured = Guest(guest_file("ticks"), f"ms={MILLISECONDS}")
    neighbour = Guest(guest_file("ticks"), "role=crash", name="neighbour", is_neighbour=True,
                      more='bulkhead,panic-device; bulkhead,on-crash = "restart";')
    text = run(name, system.arguments(name, measured, neighbour), "ticks: done")
    restarts = text.count("neighbour: restart ")
    if restarts < RESTARTS:
        raise Unavailable(f"the neighbour has restarted {restarts} times only")
    return {"late_restarts": max(int(late) for late in re.findall(r"ticks: late (\d+) ", text))}


def x_of(nanoseconds):
    share = math.log(max(nanoseconds, ON_TIME) / FIRST) / math.log(LAST / FIRST)
    return LEFT + (RIGHT - LEFT) * min(share, 1)


def y_of(count):
    """Counts on a logarithmic axis from a half to 2,000."""
    share = math.log(max(count, 0.5) / 0.5) / math.log(2000 / 0.5)
    return BOTTOM - (BOTTOM - TOP) * share


def text_at(x, y, text, more=""):
    return f'<text x="{x:.0f}" y="{y:.0f}" {more}>{text}</text>'


def axes():
    parts = [f'<rect x="{LEFT}" y="{TOP}" width="{RIGHT - LEFT}" height="{BOTTOM - TOP}" '
             'fill="none" stroke="#bbb"/>']
    for late in (16, 64, 256, 1024, 4096, 16384):
        x = x_of(late)
        label = f"{late} ns" if late < 1000 else f"{late // 1000} us"
        parts.append(f'<path d="M{x:.0f} {TOP}V{BOTTOM}" stroke="#eee"/>')
        parts.append(text_at(x, BOTTOM + 18, label, 'text-anchor="middle"'))
    parts.append(text_at(x_of(0), BOTTOM + 18, "on time", 'text-anchor="middle"'))
    for count in (1, 10, 100, 1000):
        y = y_of(count)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{RIGHT}" stroke="#eee"/>')
        parts.append(text_at(LEFT - 8, y + 4, count, 'text-anchor="end"'))
    parts.append(text_at((LEFT + RIGHT) / 2, BOTTOM + 42,
                         "late by (1 ns of virtual time is one instruction; the counter ticks every 16)",
                         'text-anchor="middle"'))
    parts.append(text_at(LEFT, TOP - 12, "ticks"))
    return parts


def bars(number, system, classes):
    """A bar for each class; those of systems that share a place stand side by side."""
    parts = []
    for late, count in classes:
        x, y = x_of(late) + 5 * number - 8, y_of(count)
        parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="4" height="{BOTTOM - y:.1f}" '
                     f'fill="{COLORS[system]}"><title>{NAMES[system]}: {late} ns, {count} ticks'
                     '</title></rect>')
    return parts


def draw(results):
    """Writes the picture of the systems that have figures."""
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="12" fill="#333">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
             text_at(LEFT, 24, f"Lateness of a 1 kHz timer, {MILLISECONDS} ticks, beside a busy "
                     "neighbour on another CPU", 'font-size="15"')]
    parts += axes()
    for number, system in enumerate(NAMES):
        found = results.get(system, {})
        if "lateness" not in found:
            continue
        parts += bars(number, system, found["lateness"])
        x = LEFT + 60 + 190 * number
        label = f'{NAMES[system]}: average {found["late_average"]:.0f} ns'
        parts.append(f'<rect x="{x}" y="{TOP - 22}" width="10" height="10" '
                     f'fill="{COLORS[system]}"/>')
        parts.append(text_at(x + 15, TOP - 13, label))
    parts.append("</svg>")
    PICTURE.write_text("\n".join(parts) + "\n")
