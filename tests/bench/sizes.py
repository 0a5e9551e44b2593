# SPDX-License-Identifier: Apache-2.0
"""How much Bulkhead is: lines of source, those still mapped once guests run, bytes, stack."""
import pathlib
import re
import subprocess

from exits import IMAGE, Symbols
from qemu import BUILD
from stack import planner


def count_lines(path):
    """Lines of C or assembly that are neither blank nor comment."""
    text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    text = re.sub(r"//.*", "", text)
    return sum(1 for line in text.splitlines() if line.strip())


def sources():
    return {path for folder in ("arch", "common") for path in pathlib.Path(folder).rglob("*")
            if path.suffix in (".c", ".h", ".S")}


def mapped_sources():
    """Files with a function in the running text, and the headers that they include.

    Whole files: the linker script divides boot from the rest by object.
    """
    symbols = Symbols()
    starts = symbols.starts_between("_text_start", "_text_end")
    lines = subprocess.run(["aarch64-linux-gnu-addr2line", "-e", IMAGE],
                           input="\n".join(map(hex, starts)), capture_output=True, text=True,
                           check=True).stdout
    every = sources()
    # Each line is PATH:LINE; of assembly the path is absolute.
    found = {pathlib.Path(path) for path in re.findall(r"\b((?:arch|common)/[^:\s]+):", lines)}
    for path in list(found):
        dependencies = BUILD / "obj" / path.with_suffix(".d")
        # A header has none of its own, unless a source of its name was there once.
        if path.suffix != ".h" and dependencies.exists():
            words = dependencies.read_text().replace("\\\n", " ").split()
            found |= {pathlib.Path(word) for word in words if word.endswith(".h")} & every
    return found & every


def measure_sizes():
    return {"source": sum(map(count_lines, sources())),
            "mapped": sum(map(count_lines, mapped_sources())),
            "binary": (BUILD / "bulkhead.bin").stat().st_size,
            "stack": planner(IMAGE)[0]}


def measure_xen():
    return {"binary": (BUILD / "assets/xen").stat().st_size}
