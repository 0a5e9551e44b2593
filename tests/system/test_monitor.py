# SPDX-License-Identifier: Apache-2.0
"""The console's monitor, the focus by name, and what is shown again when it moves."""
import re

import pytest

from debugger import Debugger, address_of
from systems import housekeeping, kernel, partition, rt, system
from test_direct import DIRECT

PROMPT = "bulkhead> "
KEPT = 'bulkhead,on-reset = "restart";'


def siblings(name, mode, first):
    """Two vCPUs with their interrupts masked; each life begins with a line."""
    return partition(name, kernel("siblings.bin", f"sibling=spin first={first}"),
                     cpus="cpus = <2>;", more=f'bulkhead,irq-mode = "{mode}";')


def open_monitor(board):
    board.send("\x0f\r")
    board.expect(PROMPT + "\r+\n" + PROMPT)


def order(board, line, answer="ordered"):
    board.send(line + "\r")
    board.expect(rf"{line.split()[1]}: {answer}\r+\n")


def test_every_command(boot):
    board = boot(system(rt(), rt("direct", more=DIRECT),
                        partition("wild", kernel("wild.bin", "wild=read"))))
    board.expect("bulkhead: wild: further accesses")
    board.send("\x0f?")
    board.expect(r"\n  help +show this list\r+\n")
    board.expect(r"\n  quit ")
    for line, answers in (
            ("list", [r"partition +digit  state", r"rt0 +\*0 +running +0 +virtual +0 +0:00:\d\d",
                      r"direct +1 +running +1 +direct +0 ",
                      r"wild +2 +running +2 +virtual +0 .*further accesses outside its memory"]),
            ("plan", [r"rt0 +0 +16384 +1 +0  stop +restart +stop +-\r"]),
            ("stats", [r"rt0 +[1-9]\d* +\d+ +[1-9]\d* +\d+ +\d+ +0 +0:", r"direct +0 "]),
            ("log wild", [r"\d+\.\d{3} s  access outside its memory at 0x\w+, PC 0x",
                          r"ESR: data abort: translation fault, level \d, read of 4 bytes\r"]),
            ("log rt0", ["nothing has happened to it\r"]),
            ("map", [r"KiB  hypervisor\r", "console UART", r"16384 KiB  RAM of wild\r"]),
            ("version", [r"Bulkhead \d+\.\d+\r"]),
            ("stop", ["stop: which partition?"]), ("stop nobody", ["stop: which partition?"]),
            ("nothing", ["nothing: neither a command nor a partition; try help"]),
            ("x" * 10000, ["the line is too long"])):
        board.send(line + "\r")
        for answer in answers:
            board.expect(answer)
    # A line that ^C forgets, and keys that erase.
    board.send("stop rt0\x03lisst\x7f\bt\r")
    board.expect("partition +digit  state")
    board.send("stats live\r")
    for _ in range(3):
        board.expect(r"rt0 +\d+ ")
    # A key ends it. The focus moves by name; what is typed then is the partition's.
    board.send("qwild\r")
    board.expect("input goes to wild")
    board.expect(r"wild  \| wild: \d+ accesses")
    for way in ("quit\r", "\x04"):
        open_monitor(board)
        board.send(way)
        board.expect("input goes to wild")
    board.focus(0, "rt0")
    board.expect(r"rt0 +\| \d+ ticks")


@pytest.mark.parametrize("own", [True, False])
def test_orders(boot, own):
    """Of each kind of partition, also of the one that has the CPU of the monitor."""
    board = boot(system(rt(more=KEPT), siblings("spin", "direct", "spin"),
                        siblings("sleep", "direct", "sleep"), siblings("virtual", "virtual", "spin"),
                        rt("last", more='bulkhead,on-reset = "stop";'),
                        chosen="" if own else housekeeping(7)), cpus=8 if own else 9)
    for _ in range(3):
        board.expect(r"(spin|sleep|virtual) *\| siblings: sibling")
    open_monitor(board)
    board.console.delaybeforesend = 0
    for name, life in (("rt0", "rt0: 1000 Hz"), ("spin", "siblings: sibl"),
                       ("sleep", "siblings: sibl"), ("virtual", "siblings: sibl")):
        order(board, f"start {name}", "it is not stopped")
        order(board, f"stop {name}")
        board.expect(f"bulkhead: {name}: stopped by order of the console\r")
        board.expect(f"bulkhead: {name}: stopped\r")
        order(board, f"stop {name}", "it does not run")
        board.send("list\r")
        board.expect(rf"{name} .* stopped .* -  stopped by order of the console\r")
        order(board, f"start {name}")
        board.expect(f"bulkhead: {name}: restart 1, after")
        board.expect(rf"{name} *\| {life}")
        order(board, f"restart {name}")
        board.expect(f"bulkhead: {name}: restart 2, after")
        board.expect(rf"{name} *\| {life}")
        # The last of several holds, whatever the partition does at that time.
        board.send("".join(f"{word} {name}\r" for word in ("restart", "restart", "stop")))
        board.expect(f"bulkhead: {name}: stopped by order of the console\r")
        board.expect(f"bulkhead: {name}: stopped\r")
        order(board, f"restart {name}")
        board.expect(rf"{name} *\| {life}")
    order(board, "restart last", "no policy restarts it, nobody supervises it: no copy was kept")
    order(board, "stop last")
    board.expect("bulkhead: last: stopped\r")
    order(board, "start last", "no policy.*")
    board.send("rt0\r")
    board.expect("input goes to rt0")
    board.expect(r"rt0 +\| \d+ ticks")


@pytest.mark.parametrize("mode", ["virtual", "direct"])
def test_many_orders(boot, mode):
    """Each is answered; none is lost, and none comes twice."""
    board = boot(system(rt(), siblings("siblings", mode, "sleep")))
    board.expect(r"siblings *\| siblings: sibling")
    open_monitor(board)
    board.console.delaybeforesend = 0
    for life in range(1, 51):
        order(board, "restart siblings")
        board.expect(f"bulkhead: siblings: restart {life}, after")
    for _ in range(50):
        order(board, "restart siblings")
    order(board, "stop siblings")
    board.expect("bulkhead: siblings: stopped\r")
    order(board, "stop siblings", "it does not run")
    order(board, "start siblings")
    board.expect("bulkhead: siblings: started by order of the console")
    board.expect(r"bulkhead: siblings: restart \d+, after")
    board.expect(r"siblings *\| siblings: sibling")


def flood_numbers(text):
    """The numbers of wild's lines that were shown whole, while they came."""
    return [int(number) for number in re.findall(r"wild *\| wild: flood (\d+) \.{36}\r+\n", text)]


def test_monitor_under_a_flood(boot):
    """Each line is answered, and of the flood none is lost or comes twice."""
    board = boot(system(partition("wild", kernel("wild.bin", "wild=uartflood")), rt(),
                        chosen=housekeeping(1)))
    board.expect("wild: flood 500 ")
    open_monitor(board)
    for number in range(20):
        board.send(f"x{number}\r")
        board.expect(f"x{number}: neither a command")
    board.send("quit\r")
    board.expect("input goes to wild")
    for _ in range(10):
        board.focus(1, "rt0")
        board.focus(0, "wild")
        open_monitor(board)
        board.send("\x04")
        board.expect("input goes to wild")
    board.expect("wild: flood")
    numbers = flood_numbers(board.said())
    # One that was on its way when the focus moved away, or the monitor came, is in two pieces.
    assert numbers == sorted(set(numbers))
    assert len(numbers) >= numbers[-1] - 22


def test_focus_shows_what_was_written_last(boot):
    board = boot(system(rt(), siblings("siblings", "direct", "sleep"),
                        siblings("other", "virtual", "spin")), cpus=5)
    for _ in range(2):
        board.expect(r"(siblings|other) *\| siblings: sibling")
    board.focus(1, "siblings, which wrote last:\r+\nsiblings: sibling=spin first=sleep\r+\n")
    board.send("\x0fother\r")
    board.expect("input goes to other, which wrote last:\r+\nsiblings: sibling=spin first=spin\r+\n")


@pytest.mark.parametrize("where", ["monitor_line", "console_mux_alarm"])
@pytest.mark.parametrize("own", [True, False])
def test_exception_of_the_housekeeping(boot, tmp_path, own, where):
    """It costs the partition that its CPU serves; the console and all others go on."""
    debugger = Debugger(tmp_path / "debugger")
    board = boot(system(rt(), rt("other"), chosen="" if own else housekeeping(3)),
                 options=debugger.options)
    debugger.connect()
    debugger.send("vCont;c")
    board.expect("launched 2 partitions")
    open_monitor(board)
    debugger.file.write(b"\x03")
    debugger.answer()
    debugger.send("Z1," + address_of(where, "") + ",4")
    assert debugger.answer() == "OK"
    debugger.send("vCont;c")
    board.send("list\r")
    thread = re.search(r"thread:(.*?);", debugger.answer()).group(1)
    assert debugger.ask("z1," + address_of(where, "") + ",4") == "OK"
    assert debugger.ask(f"Hg{thread}") == "OK"
    assert debugger.ask("P20=" + "0" * 16) == "OK"
    assert debugger.ask("D;1") == "OK"
    if own:
        board.expect("bulkhead: rt0: exception in EL2, vector 4, PC 0x0, ESR 0x86000")
    board.expect(r"other *\| \d+ ticks")
    if where == "console_mux_alarm":  # the monitor is still open
        board.send("\x15quit\r")
        board.expect("input goes to")
    open_monitor(board)
    if own:
        board.send("list\r")
        board.expect("rt0 .* failed .* exception in EL2")
        for word in ("start", "stop", "restart"):
            order(board, f"{word} rt0", "EL2 has failed in it: reset the board")
    order(board, "restart other")
    board.expect("bulkhead: other: restart 1, after")
    board.send("other\r")
    board.expect("input goes to other")
    board.expect(r"other *\| \d+ ticks")


def test_stop_of_who_listens_to_nothing(boot):
    """All its vCPUs sleep, with their interrupt groups off, in direct mode."""
    board = boot(system(rt(), partition(
        "siblings", kernel("siblings.bin", "sibling=group first=group"), cpus="cpus = <2>;",
        more='bulkhead,irq-mode = "direct";')))
    board.expect(r"siblings *\| siblings: sibling")
    open_monitor(board)
    order(board, "stop siblings")
    board.expect("bulkhead: siblings: stopped by order of the console\r")
    order(board, "start siblings")
    board.expect(r"siblings *\| siblings: sibling")
