# SPDX-License-Identifier: Apache-2.0
"""The documents against the tool: their examples, the binding's messages and properties.

The word behind a block's language says what the block is:

    dts               a whole source
    dts chosen        what stands in /chosen
    dts partition     what stands in a partition rt0; what it must have and is not there, is added
    dts partial       a partial device tree: passthrough.dtb, a file for the examples behind it
    ... unsupported   planned, but not carried out by this build: exit status 3
    ... refused       an error: exit status 1
    text              what the tool prints about the dts block before, without file and line
    text messages     messages with placeholders, each on a line of its own

In text, an indented line goes on with the line before.
"""
import pathlib
import re
import subprocess

import pytest

from conftest import BOARD_TREE, BUILD

TOOL = BUILD / "imagebuilder/imagebuilder"
BINDING = pathlib.Path("docs/binding.md")
DOCUMENTS = [BINDING, pathlib.Path("docs/guide.md"), pathlib.Path("README.md")]
PLANNER = pathlib.Path("common/plan")
PLACER = pathlib.Path("imagebuilder/place.c")
KINDS = ("error", "warning", "unsupported", "note")
STATUS = {"refused": 1, "unsupported": 3}
KERNEL = 'kernel { compatible = "multiboot,kernel"; bulkhead,file = "rt0.bin"; };'
CELLS = "#address-cells = <2>; #size-cells = <2>;"


class Block:
    """A fenced block: its line, the words behind ```, and its text."""

    def __init__(self, line, words, text):
        self.line = line
        self.language = words[0] if words else ""
        self.marks = words[1:]
        self.text = text

    def status(self):
        return next((STATUS[mark] for mark in self.marks if mark in STATUS), 0)

    def entries(self):
        """The text's entries: indented lines belong to the one before."""
        joined = re.sub(r"\n[ \t]+", " ", self.text)
        return [line for line in joined.splitlines() if line]


def blocks(document=BINDING):
    found = []
    lines = document.read_text(encoding="utf-8").splitlines()
    start = None
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            continue
        if start is None:
            start = number
            continue
        words = lines[start - 1][3:].split()
        found.append(Block(start, words, "\n".join(lines[start:number - 1])))
        start = None
    assert start is None, f"{document}:{start}: the block has no end"
    return found


def examples():
    """Each dts block with what the text says about it, or None."""
    for document in DOCUMENTS:
        found = blocks(document)
        for block, following in zip(found, found[1:] + [None]):
            if block.language != "dts" or "partial" in block.marks:
                continue
            says = following and following.language == "text" and "messages" not in following.marks
            yield pytest.param(block, following.entries() if says else None,
                               id=f"{document.name}:{block.line}")


def complete(text):
    """A partition's properties and children with what every partition needs."""
    added = ['compatible = "bulkhead,partition";', "#address-cells = <2>;", "#size-cells = <2>;"]
    if not re.search(r"\bcpus =|xen,vcpu", text):
        added.append("cpus = <1>;")
    if not re.search(r"\bmemory =|xen,static-mem", text):
        added.append("memory = <0 0x4000>;")
    # Of a node, properties come before children.
    missing = [line for line in added if line.split(" ")[0] not in text.split("{")[0]]
    return "\n".join(missing) + text + ("" if "multiboot,kernel" in text else KERNEL)


def source_of(block):
    text = block.text
    if "partition" in block.marks:
        text = f"{CELLS} rt0 {{ {complete(text)} }};"
    elif "chosen" in block.marks:
        text = f"{'' if '#address-cells' in text.split('{')[0] else CELLS}\n{text}"
    else:
        return text
    return f'/dts-v1/;\n/include/ "board.dts"\n/ {{ chosen {{ {text} }}; }};\n'


def write_files(folder):
    """Files that the examples name: they are found beside the description."""
    branch_to_itself = bytes([0, 0, 0, 0x14])
    (folder / "firmware.bin").write_bytes(branch_to_itself * 1024)
    for block in blocks():
        if "partial" in block.marks:
            subprocess.run(["dtc", "-q", "-O", "dtb", "-o", folder / "passthrough.dtb", "-"],
                           input=block.text, text=True, check=True)


@pytest.mark.parametrize("block, says", examples())
def test_example(block, says, prepared, tmp_path):
    write_files(tmp_path)
    path = tmp_path / "system.dts"
    path.write_text(source_of(block))
    # A window of its own: what is documented does not move when the image grows.
    result = subprocess.run([TOOL, "check", path, "--board", BOARD_TREE, "--window",
                             "0x50000000-0x78000000"], capture_output=True, text=True, check=False)
    assert result.returncode == block.status(), result.stderr
    printed = [line for line in re.findall(rf"(?m)^\S+: ((?:{'|'.join(KINDS)}): .*)$",
                                           result.stderr) if not line.startswith("note: ")]
    if says is not None:
        assert says == printed, "the tool prints\n" + "\n".join(printed)
    else:
        assert not [line for line in printed if line.startswith(("error", "warning"))], printed


@pytest.mark.parametrize("path", sorted(pathlib.Path("dts").glob("*.dts")), ids=str)
def test_shipped_system(path, prepared):
    result = subprocess.run([TOOL, "check", path, "--board", BOARD_TREE], capture_output=True,
                            text=True, check=False)
    assert result.returncode == 0 and result.stderr == "", result.stderr


def arguments_of(text, start):
    """The arguments of a C call whose parenthesis opens before start."""
    found = [""]
    depth = 0
    for token in re.finditer(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|.', text[start:], re.DOTALL):
        token = token[0]
        if token == ")" and depth == 0:
            return [argument.strip() for argument in found]
        if token == "," and depth == 0:
            found.append("")
            continue
        depth += {"(": 1, ")": -1}.get(token, 0)
        found[-1] += token
    raise AssertionError("a call has no end")


STRING = r'"(?:\\.|[^"\\])*"'


def literals(argument):
    """The texts that an argument can be; None: it is a variable."""
    strings = []

    def keep(text):
        joined = "".join(part[1:-1] for part in re.findall(STRING, text[0]))
        strings.append(re.sub(r"\\(.)", r"\1", joined))
        return f"@{len(strings) - 1}"

    parts = re.split(r"[?:]", re.sub(rf"{STRING}(?:\s*{STRING})*", keep, argument))
    parts = [part.strip() for part in (parts[1:] if len(parts) > 1 else parts)]
    if not all(re.fullmatch(r"@\d+|NULL", part) for part in parts):
        return None
    return ["" if part == "NULL" else strings[int(part[1:])] for part in parts]


def one_of(texts, variable):
    """A regular expression for one of these formats."""
    if texts is None:
        return variable
    return "|".join(".*".join(re.escape(part) for part in re.split(r"%[0-9.*]*l*[a-z]", text))
                    for text in texts if text)


def pattern_of(prop, what, rule, hint):
    """A regular expression for a message, from what literals() found."""
    def behind(texts):
        if texts == [""]:
            return ""
        return f"(?:; (?:{one_of(texts, '.+')}))" + ("?" if texts is None or "" in texts else "")

    named = "" if prop == [""] else f"(?:(?:{one_of(prop, '[^ ]+')}): )"
    named += "?" if prop is None else ""
    return f"{named}(?:{one_of(what, '.+')}){behind(rule)}{behind(hint)}"


def messages():
    """(where, pattern) for each error and warning of the planner, and of placing files."""
    for path in sorted(PLANNER.glob("*.c")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for call in re.finditer(r"\n\t+(?:return )?(plan_error|plan_say|report_add)\(", text):
            words = arguments_of(text, call.end())
            if call[1] != "plan_error":
                if words[1] not in ("REPORT_ERROR", "REPORT_WARNING"):
                    continue
                words = words[1:]
            prop, rule, hint, what = (literals(word) for word in words[2:6])
            line = text[:call.start()].count("\n") + 2
            yield f"{path.name}:{line} {words[5]}", pattern_of(prop, what, rule, hint)
    text = PLACER.read_text(encoding="utf-8")
    for call in re.finditer(r"\tcomplain\(", text):
        what, value, rule = arguments_of(text, call.end())[3:6]
        yield f"{PLACER.name} {what}", pattern_of(
            ["bulkhead,file"], [f"{literals(what)[0]} (%s)"], literals(rule), [""])


def test_every_message_is_documented():
    listed = [entry for block in blocks() if block.language == "text" for entry in block.entries()]
    listed = [re.sub(r"^(?:error|warning): /\S*: ", "", entry) for entry in listed]
    missing = [where for where, pattern in messages()
               if not any(re.fullmatch(pattern, entry) for entry in listed)]
    assert not missing, "\n".join(missing)


def test_every_documented_message_exists():
    patterns = [pattern for _, pattern in messages()]
    wrong = [f"{block.line}: {entry}" for block in blocks() if "messages" in block.marks
             for entry in block.entries()
             if not any(re.fullmatch(pattern, entry) for pattern in patterns)]
    assert not wrong, "\n".join(wrong)


def names_of(path, table, row):
    """The names in the rows of a C table."""
    text = (PLANNER / path).read_text(encoding="utf-8")
    body = re.search(rf"\b{table}\[\] = \{{(.*?)\n\}};", text, re.DOTALL)
    assert body, f"{path} has no {table}"
    return re.findall(row, body[1])


@pytest.mark.parametrize("path, table, row", [
    ("plan_properties.c", "rows", r'\{"([^"]+)"'),
    ("plan_properties.c", "chosen_names", r'"([^"]+)"'),
    ("plan_modules.c", "module_properties", r'"([^"]+)"'),
    ("plan_channels.c", "channel_properties", r'"([^"]+)"'),
    ("plan_shared.c", "shared_properties", r'"([^"]+)"'),
])
def test_every_property_is_documented(path, table, row):
    text = BINDING.read_text(encoding="utf-8")
    names = names_of(path, table, row)
    assert names
    # In the first column of a table.
    missing = [name for name in names
               if not re.search(rf"(?m)^\|[^|]*`{re.escape(name)}`[^|]*\|", text)]
    assert not missing, missing


BOUNDS = {
    "NODES": "nodes of the board's tree",
    "DEPTH": "levels of it",
    "PARTITIONS": "partitions",
    "CPUS": "CPUs",
    "MEMORY_BANKS": "banks of RAM",
    "REGIONS": "pieces of RAM of a partition",
    "REDISTRIBUTOR_REGIONS": "redistributor regions",
    "SEGMENTS": "segments of a kernel",
    "DEVICES": "passed-through devices, of all partitions",
    "DEVICE_REGIONS": "their ranges of registers",
    "INTERRUPTS": "their interrupts",
    "VIRTUAL_DEVICES": "virtual devices of all partitions, UARTs apart",
    "CHANNELS": "channels",
    "SHARED": "views of shared memory",
    "SMC_RANGES": "`bulkhead,smc-allow` and ranges, of a partition",
    "COLORS": "cache colours",
    "RESTARTS": "restarts that a limit counts",
}


def test_every_uart_is_documented():
    """The console's UARTs, by the names that the planner knows them by."""
    section = BINDING.read_text(encoding="utf-8").split("### Consoles\n")[1].split("\n#")[0]
    rows = [line.split("|")[2] for line in section.splitlines() if line.startswith("|")]
    documented = re.findall(r"`([a-z0-9-]+,[a-z0-9-]+|ns16550a?)`", " ".join(rows))
    known = re.findall(r'^\t\{"([^"]+)", &\w+\},', (PLANNER / "plan_uart.c").read_text(), re.M)
    assert len(known) > 15
    assert sorted(documented) == sorted(known)


def test_every_bound_is_documented():
    header = (PLANNER / "plan.h").read_text(encoding="utf-8")
    bounds = dict(re.findall(r"#define PLAN_MAX_(\w+)\s+(\d+)", header))
    text = BINDING.read_text(encoding="utf-8")
    assert int(bounds.pop("GUEST_INTID")) - 32 == 960 and bounds.pop("INTID")
    assert bounds.keys() == BOUNDS.keys()
    for name, words in BOUNDS.items():
        assert f"\n| {words} | {bounds[name]} |" in text, f"PLAN_MAX_{name} is {bounds[name]}"


def test_other_words_are_noticed():
    """The checks above must be able to fail."""
    call = 'plan_error(planner, node, "cpus", "1 to %u vCPUs", hint, is ? "none" : "%u, \\"x\\"");'
    prop, rule, hint, what = (literals(word) for word in arguments_of(call, 11)[2:])
    pattern = pattern_of(prop, what, rule, hint)
    for good in ('cpus: none; 1 to 64 vCPUs', 'cpus: 7, "x"; 1 to 8 vCPUs; a hint'):
        assert re.fullmatch(pattern, good)
    for bad in ('cpu: none; 1 to 64 vCPUs', 'cpus: 7; 1 to 64 vCPUs', 'cpus: none', "none"):
        assert not re.fullmatch(pattern, bad)
    assert Block(1, ["text"], "error: a;\n  b\nerror: c").entries() == ["error: a; b", "error: c"]
