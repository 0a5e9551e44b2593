# SPDX-License-Identifier: Apache-2.0
"""QEMU's debugger stub: stops one CPU at an instruction while the others go on."""
import pathlib
import re
import socket
import subprocess
import time

from conftest import BUILD


def address_of(function, instruction):
    """Where Bulkhead has an instruction, by a regular expression."""
    listing = subprocess.check_output(["aarch64-linux-gnu-objdump", "-d", f"--disassemble={function}",
                                       BUILD / "bulkhead.elf"], text=True)
    return re.search(rf"^ *([0-9a-f]+):\t.*\t{instruction}", listing, re.MULTILINE).group(1)


class Debugger:
    """Threads are p01.N, two hexadecimal digits; CPUs count from 1."""

    def __init__(self, path):
        self.options = ["-S", "-gdb", f"unix:{path},server=on,wait=off"]
        self.path = pathlib.Path(path)
        self.file = None

    def connect(self):
        for _ in range(100):
            if self.path.exists():
                break
            time.sleep(0.1)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(60)
        connection.connect(str(self.path))
        self.file = connection.makefile("rwb", buffering=0)
        self.ask("qSupported:multiprocess+;vContSupported+")

    def send(self, text):
        self.file.write(b"$%s#%02x" % (text.encode(), sum(text.encode()) % 256))

    def answer(self):
        while self.file.read(1) != b"$":
            pass
        text = b""
        while not text.endswith(b"#"):
            text += self.file.read(1)
        self.file.read(2)
        self.file.write(b"+")
        return text[:-1].decode()

    def ask(self, text):
        self.send(text)
        return self.answer()

    def run_to(self, address):
        """All run until a CPU is at an instruction: that one's thread."""
        assert self.ask(f"Z1,{address},4") == "OK"
        thread = re.search(r"thread:(.*?);", self.ask("vCont;c")).group(1)
        assert self.ask(f"z1,{address},4") == "OK"
        return thread

    def step(self, thread):
        self.ask(f"vCont;s:{thread}")

    def run_but(self, thread, cpus):
        """All others run from now on."""
        names = [f"p01.{n + 1:02x}" for n in range(cpus)]
        self.send("vCont" + "".join(f";c:{name}" for name in names if name != thread))

    def run_all(self):
        self.file.write(b"\x03")
        self.answer()
        assert self.ask("D;1") == "OK"
