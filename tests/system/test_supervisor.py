# SPDX-License-Identifier: Apache-2.0
"""A partition that watches, stops, starts and restarts others: the device, and bulkctl."""
import json
import pathlib
import re

import pytest

from checks import passed
from systems import housekeeping, kernel, linux, partition, rt, system


def named(text):
    """A partition with a label by which others refer to it."""
    return f"{text.split(' ')[0]}: {text}"


@pytest.mark.parametrize("supervisor, subject", [("virtual", "virtual"), ("direct", "virtual"),
                                                 ("virtual", "direct"), ("direct", "direct")])
def test_registers_and_orders(boot, supervisor, subject):
    """From EL1, and from two vCPUs at once. In the middle of it the others go on."""
    guest = partition("supervisor", kernel("supervisor.bin", "partitions=2"), cpus="cpus = <2>;",
                      more="bulkhead,supervises = <&last &rt0>; "
                           f'bulkhead,irq-mode = "{supervisor}";')
    last = partition("last", kernel("rt0.bin", "interval=1"), memory_kib=0x1000,
                     more=f'bulkhead,irq-mode = "{subject}"; bulkhead,on-reset = "stop";')
    board = boot(system(named(rt()), named(last), guest), options=["-accel", "tcg,thread=multi"])
    passed(board, "supervisor", at_least=25)
    board.expect(r"rt0 *\| \d+ ticks")
    board.expect(r"last *\| \d+ ticks")


LINE = r"linux0\| ([^\r]*)\r+\n"


def bulkctl(board, arguments, status=0):
    """The lines that it prints."""
    match = board.run(f"bulkctl {arguments}; echo status $?", r"linux0\| status (\d+)\r+\n")
    lines = re.findall(LINE, board.console.before)
    assert match.group(1) == str(status), lines
    return [line for line in lines if f"bulkctl {arguments}" not in line]


def json_of(board, arguments):
    return json.loads("\n".join(bulkctl(board, arguments + " --json")))


def rows_of(lines):
    """A table's rows by their names; the columns stand below each other."""
    heads = lines[0].split()
    found = {}
    for line in lines[1:]:
        words = re.sub(r"(\d) s\b", r"\1", line).split()
        assert len(words) == len(heads) and len(line) == len(lines[0]), lines
        found[words[0]] = dict(zip(heads[1:], words[1:]))
    return found


def states(board):
    return {row["name"]: row["state"] for row in json_of(board, "list")["partitions"]}


QUIET = kernel("rt0.bin", "interval=5")
NO_RESET = 'bulkhead,on-reset = "stop"; '
DIRECT = 'bulkhead,irq-mode = "direct"; '


def supervisor(names, more=""):
    return linux(ramdisk="tests.cpio.gz", memory_kib=0x18000,
                 more=f"bulkhead,supervises = <{names}>; {more}")


def test_bulkctl(boot):
    """Debian's Linux supervises guests of each kind; another one is none of its business."""
    board = boot(system(
        supervisor("&rt0 &fast &crash &linux1"), named(partition("rt0", QUIET, more=NO_RESET)),
        named(partition("fast", QUIET, more=NO_RESET + DIRECT)),
        named(partition("crash", kernel("wild.bin", "wild=panic"), more="bulkhead,panic-device;")),
        named(linux("linux1", memory_kib=0x18000, ramdisk="tests.cpio.gz")),
        partition("secret", kernel("wild.bin", "wild=reset"), more=NO_RESET),
        chosen=housekeeping(6)),
        options=["-accel", "tcg,thread=multi"], cpus=7)
    board.expect("linux0# ")
    watches(board)
    controls(board)
    says_what_is_wrong(board)
    board.expect(r"rt0 *\| \d+ ticks")


def test_bulkctl_in_direct_mode(boot):
    board = boot(system(supervisor("&fast &rt0", DIRECT), named(partition("rt0", QUIET)),
                        named(partition("fast", QUIET, more=DIRECT))),
                 options=["-accel", "tcg,thread=multi"])
    board.expect("linux0# ")
    for name in ("rt0", "fast"):
        for order, state in (("restart", "running"), ("stop", "stopped"), ("start", "running")):
            assert re.fullmatch(rf"{name}: {state}, after \d+ ms",
                                *bulkctl(board, f"{order} {name}"))
    assert states(board) == {"rt0": "running", "fast": "running"}


def watches(board):
    rows = rows_of(bulkctl(board, "list"))
    assert list(rows) == ["rt0", "fast", "crash", "linux1"]
    assert rows["fast"]["MODE"] == "direct" and rows["rt0"]["MODE"] == "virtual"
    assert rows["crash"]["STATE"] == "stopped" and rows["crash"]["UP"] == "-"
    assert rows["linux1"]["STATE"] == "running" and float(rows["linux1"]["UP"]) > 0

    listed = json_of(board, "list")
    assert listed["supervisor"] == "linux0"
    assert [row["name"] for row in listed["partitions"]] == list(rows)
    assert listed["partitions"][0].keys() == {"name", "state", "mode", "vcpus", "restarts",
                                              "uptime_ms"}

    rows = rows_of(bulkctl(board, "stats"))
    assert int(rows["rt0"]["INTERRUPTS"]) > 1000 > int(rows["fast"]["INTERRUPTS"]) == 0
    counted = json_of(board, "stats")["partitions"]
    assert counted[0]["exits"]["interrupts"] >= int(rows["rt0"]["INTERRUPTS"])
    assert counted[2]["events"] == int(rows["crash"]["EVENTS"]) > 0

    lines = bulkctl(board, "log crash")
    assert re.fullmatch(r" *\d+\.\d{3} s  crash   its kernel has panicked: stopped", lines[-1]), lines
    events = {row["name"]: row["events"] for row in json_of(board, "log")["partitions"]}
    assert events["rt0"] == [] and events["crash"][-1]["kind"] == "panic"
    assert any("access outside its memory" in event["text"] and int(event["esr"], 16) and
               "data abort: translation fault" in event["syndrome"] for event in events["crash"])


def controls(board):
    assert re.fullmatch(r"rt0: stopped, after \d+ ms", *bulkctl(board, "stop rt0"))
    assert states(board) == {"rt0": "stopped", "fast": "running", "crash": "stopped",
                             "linux1": "running"}
    assert bulkctl(board, "stop rt0", 1) == ["bulkctl: rt0: no stop: it does not run"]
    answer = re.sub(r"\d+", "N", " ".join(bulkctl(board, "start rt0 --json")))
    assert '"done": true, "state": "running", "waited_ms": N' in re.sub(" +", " ", answer)
    for name in ("rt0", "fast", "linux1"):
        assert re.fullmatch(rf"{name}: running, after \d+ ms", *bulkctl(board, f"restart {name}"))
    assert bulkctl(board, "start fast", 1) == ["bulkctl: fast: no start: it is not stopped"]
    bulkctl(board, "stop fast")
    bulkctl(board, "restart fast")
    # It panics again.
    bulkctl(board, "start crash --no-wait")
    board.expect("bulkhead: crash: its kernel has panicked")

    # One that restarts is stopped when it has.
    assert bulkctl(board, "--no-wait restart linux1") == ["linux1: restart is ordered"]
    assert re.fullmatch(r"linux1: stopped, after \d+ ms", *bulkctl(board, "stop linux1"))
    assert states(board) == {"rt0": "running", "fast": "running", "crash": "stopped",
                             "linux1": "stopped"}
    log = [event["kind"] for event in json_of(board, "log linux1")["partitions"][0]["events"]]
    assert log == ["restart-order", "started"] * 2 + ["stop-order"]
    assert bulkctl(board, "log linux1")[-1].endswith("linux1  stopped by order of linux0: stopped")

    # Several at once take turns: each finds the events that it has selected.
    board.run("for i in 1 2 3 4; do bulkctl log | md5sum & done | sort -u | wc -l; wait",
              r"linux0\| 1\r+\n")
    bulkctl(board, "start linux1")


def says_what_is_wrong(board):
    wrong = {"stop secret": "1 bulkctl: this partition supervises no 'secret'",
             "stop linux0": "1 bulkctl: this partition supervises no 'linux0'",
             "stop": "2 bulkctl: there is no NAME for 'stop'",
             "wait": "2 bulkctl: unknown command 'wait'",
             "stop rt0 --now": "2 bulkctl: unknown option '--now'",
             "stop rt0 fast": "2 bulkctl: one argument too many: 'fast'",
             "list --no-wait": "2 bulkctl: this command has no option '--no-wait'",
             "--version": "0 bulkctl 0.1, for supervisor devices of version 1"}
    board.run('for o in "%s"; do t=$(bulkctl $o 2>&1); echo $? $t; done; rm /dev/mem; echo th""en'
              % '" "'.join(wrong), r"linux0\| then\r")
    said = re.findall(LINE, board.console.before)[-len(wrong):]
    assert all(map(str.startswith, said, wrong.values())), said
    assert bulkctl(board, "list", 3) == ["bulkctl: /dev/mem: No such file or directory"]
    usage = "\n".join(bulkctl(board, "--help"))
    manual = pathlib.Path("imagebuilder/bulkctl/bulkctl.1").read_text(encoding="utf-8")
    for word in ("list", "stats", "log", "stop", "start", "restart", "--json", "--no-wait",
                 "--help", "--version"):
        assert word in usage and word.replace("-", r"\-") in manual
    # A partition that supervises none.
    board.shell(4, "linux1", "linux0")
    board.run("bulkctl list; echo status $?",
              r"linux1\| bulkctl: no supervisor device: [^\r]*\r+\nlinux1\| status 3\r+\n")
