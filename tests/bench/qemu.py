# SPDX-License-Identifier: Apache-2.0
"""Runs QEMU until its console says that all is measured.

QEMU counts: under -icount shift=0 an instruction takes a nanosecond of virtual time, and sleep=off
lets idle time pass at once. Figures are exact and repeat, whatever else the host does meanwhile.
"""
import os
import pathlib
import re
import shlex
import subprocess
import time

BUILD = pathlib.Path(os.environ.get("BUILD", "build"))
QEMU = os.environ.get("QEMU", "qemu-system-aarch64")
OUT = BUILD / "bench"
PLUGIN = OUT / "plugin.so"
TIMEOUT = 240
AFTERWARDS = 2  # seconds that a hypervisor has for what it says after a guest's last line
COUNTERS = re.compile(r"exits: (\d+) interrupts, (\d+) calls, (\d+) device accesses, "
                      r"(\d+) register accesses, (\d+) others")
# Nothing comes after these: a hypervisor does not launch a system, or all CPUs sleep for ever.
DEAD = "nothing was launched|Reboot in five seconds|no active timers"
# What Bulkhead says of a system that it does not launch.
FINDING = re.compile(r"(?m)^bulkhead: (?:error|unsupported): (.*?)\r?$")


class Unavailable(Exception):
    """A figure that cannot be had here; the text says why."""


def machine_options(cpus=4, memory="1G", virtualization=True):
    """The board's machine, in another size if need be."""
    command = ". boards/qemu-virt/machine && echo $machine_options"
    text = subprocess.check_output(["sh", "-c", command], text=True)
    if not virtualization:
        text = text.replace("virtualization=on,", "")
    text = re.sub(r"-smp \d+", f"-smp {cpus}", text)
    return shlex.split(re.sub(r"-m \w+", f"-m {memory}", text))


def loaders(files):
    """Options that put files where a description says they are."""
    return [word for path, address in files
            for word in ("-device", f"loader,file={path},addr={address:#x},force-raw=on")]


def wait(process, log, pattern, seconds):
    """Waits until the console has said it, or QEMU has ended. False: neither."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        has_ended = process.poll() is not None
        if re.search(pattern, log.read_text(errors="replace")) or has_ended:
            return True
        time.sleep(0.05)
    return False


def run(name, arguments, until, afterwards=None, options=()):
    """What the console said up to the pattern until, and a little longer for afterwards."""
    command = [QEMU, *arguments, "-nographic", "-icount", "shift=0,sleep=off", *options]
    log = OUT / f"{name}.log"
    with open(log, "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out,
                                   stderr=subprocess.STDOUT)
        try:
            is_finished = wait(process, log, f"{until}|{DEAD}", TIMEOUT)
            if is_finished and afterwards:
                wait(process, log, f"{afterwards}|{DEAD}", AFTERWARDS)
        finally:
            # Not killed at once: a plugin writes its file when QEMU ends.
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    text = log.read_text(errors="replace")
    if re.search(until, text):
        return text
    finding = FINDING.search(text)
    if finding:
        raise Unavailable(finding[1])
    raise Unavailable(f"no '{until}' {'before all was still' if is_finished else f'in {TIMEOUT} s'}, "
                      f"see {log}")
