# SPDX-License-Identifier: Apache-2.0
"""imagebuilder import: configurations of Xen's ImageBuilder.

tests/golden/import has configurations as their users write them, and the descriptions that become of
them. IMPORT_GOLDEN=write in the environment writes these anew: look at the difference.
"""
import os
import pathlib
import re
import resource
import stat
import subprocess

import pytest

from conftest import BOARD_TREE, BUILD, machine_options
from test_documentation import STRING, arguments_of, one_of, write_files

TOOL = BUILD / "imagebuilder/imagebuilder"
GOLDEN = pathlib.Path("tests/golden/import")
SOURCES = sorted(pathlib.Path("imagebuilder").glob("import*.c"))
# What imagebuilder check says: 0 good, 3 not carried out by this build, None: of another board.
STATUS = {
    "affinity": 0, "colours": 3, "devices": 0, "least": 0, "partial-tree": 0, "shared-memory": 3,
    "shared-memory-anywhere": 3, "shell": 0, "smoke": 0, "static-memory": 0, "switches": 0,
    "windows": 0, "zcu102": None,
}
GOOD = 'NUM_DOMUS=2\nDOMU_KERNEL[0]="a"\nDOMU_KERNEL[1]="b"\n'


def call(*arguments):
    return subprocess.run([TOOL, "import", *arguments], capture_output=True, check=False)


@pytest.fixture
def run(tmp_path):
    """Imports a text; the output is (status, description, what is said, without the path)."""
    def start(text):
        path = tmp_path / "config"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        result = call(path)
        said = result.stderr.decode().replace(f"{path}:", "")
        return result.returncode, result.stdout.decode(), said.splitlines()
    return start


def compile_alone(text, folder):
    """Compiles a description on top of an empty board."""
    (folder / "board.dts").write_text("/dts-v1/;\n/ { };\n")
    (folder / "system.dts").write_text(text)
    subprocess.run(["dtc", "-q", "-i", folder, "-I", "dts", "-O", "dtb", "-o", "/dev/null",
                    folder / "system.dts"], check=True)


# --- Configurations as their users write them ---

@pytest.mark.parametrize("name", sorted(path.stem for path in GOLDEN.glob("*.config")))
def test_golden(name, prepared, tmp_path):
    golden = GOLDEN / f"{name}.dts"
    result = call(GOLDEN / f"{name}.config")
    assert result.returncode == 0, result.stderr
    if os.environ.get("IMPORT_GOLDEN") == "write":
        golden.write_bytes(result.stdout)
    assert result.stdout.decode() == golden.read_text(encoding="utf-8")
    compile_alone(result.stdout.decode(), tmp_path)
    if STATUS[name] is None:
        return
    write_files(tmp_path)
    check = subprocess.run([TOOL, "check", golden, "--board", BOARD_TREE, "--files", tmp_path,
                            "--files", "."], capture_output=True, text=True, check=False)
    assert check.returncode == STATUS[name], check.stderr
    assert not re.search("error:|warning:", check.stderr), check.stderr


def test_what_is_imported_boots(run_board, prepared, tmp_path):
    """As packed."""
    source, out = tmp_path / "system.dts", tmp_path / "out"
    assert call(GOLDEN / "smoke.config", "-o", source).returncode == 0
    subprocess.run([TOOL, "pack", source, "--board", BOARD_TREE, "-o", out], check=True,
                   stdout=subprocess.DEVNULL)
    board = run_board(machine_options() +
                      ["-nographic", "-kernel", str(out / "bulkhead-all.img")])
    board.expect("launched 2 partitions")
    board.expect(r"domU1\| .*tick")
    board.expect("linux0# ")
    board.run("cat /proc/cmdline", r"domU0\| console=ttyAMA0 quiet\r+\n")


# --- Errors ---

ARITHMETIC = "$((...)) and $[...] are arithmetic; nothing is run: write the number"
INDEX = "an index is a number from 0 to 9999, without zeros before it"
ERRORS = [
    # What is no assignment.
    ("source other.config", "1: error: source: a command; nothing is run, only assignments "
     "NAME=value are read: put that file's lines here"),
    (". other.config", "1: error: .: a command; nothing is run, only assignments NAME=value are "
     "read: put that file's lines here"),
    ("export A=b", "1: error: export: a command; nothing is run, only assignments NAME=value are "
     "read: leave the word out"),
    ("declare -A A", "1: error: declare: a command; nothing is run, only assignments NAME=value "
     "are read: leave the word and its options out"),
    ("touch /tmp/x", "1: error: touch: a command; nothing is run, only assignments NAME=value are "
     "read"),
    ("XEN=x touch /tmp/x", "1: error: touch: a command; nothing is run, only assignments NAME=value "
     "are read"),
    ("\nif true; then\nDOMU_MEM[0]=1\nelse\nDOMU_MEM[0]=2\nfi", "2: error: if: a command; nothing "
     "is run, only assignments NAME=value are read: write the lines that hold"),
    ("for i in 0 1\ndo\nDOMU_MEM[0]=1\ndone", "1: error: for: a command; nothing is run, only "
     "assignments NAME=value are read: write its lines out"),
    ("f() {\nDOMU_MEM[0]=1\n}", "1: error: f(): a command; nothing is run, only assignments "
     "NAME=value are read: write its lines out"),
    ("[ -f x ] && DOMU_MEM[0]=1", "1: error: [: a command; nothing is run, only assignments "
     "NAME=value are read"),
    ("XEN=a;;", "1: error: ;: a command; nothing is run, only assignments NAME=value are read"),
    ("fi", "1: error: fi: a command; nothing is run, only assignments NAME=value are read"),
    ("DOMU_MEM[0] = 512", "1: error: DOMU_MEM[0]: blanks before the '='; bash takes that for a "
     "command; write NAME=value"),
    ("DOMU_MEM[0]= 512", "1: error: DOMU_MEM[0]: blanks behind the '='; bash takes what follows for "
     "a command; write NAME=value"),
    ("DOMU_MEM[0]=512 &", "1: error: &: a command; nothing is run, only assignments NAME=value are "
     "read"),
    # Values that would have to be computed.
    ("DOMU_MEM[0]=$(nproc)", "1: error: DOMU_MEM[0]: $(...) is a command; nothing is run: write "
     "what it says"),
    ('DOMU_CMD[0]="a $(b) c"', "1: error: DOMU_CMD[0]: $(...) is a command; nothing is run: write "
     "what it says"),
    ("DOMU_MEM[0]=$((2 * 256))", f"1: error: DOMU_MEM[0]: {ARITHMETIC}"),
    ("DOMU_MEM[0]=$[2 * 256]", f"1: error: DOMU_MEM[0]: {ARITHMETIC}"),
    ('DOMU_CMD[0]="a$[1]"', f"1: error: DOMU_CMD[0]: {ARITHMETIC}"),
    ("DOMU_MEM[$[0]]=1", f"1: error: DOMU_MEM: {ARITHMETIC}"),
    ("XEN=a\nXEN_CMD=$XEN\\\nXEN=b", "2: error: XEN_CMD: the name goes on in the next line; write "
     "${NAME}"),
    ("XEN=a\nXEN_CMD=$\\\nXEN=b", "2: error: XEN_CMD: the name goes on in the next line; write ${NAME}"),
    ("XEN=\\\n~/x", "2: error: XEN: '~' is somebody's home; write the path"),
    ("XEN=a\nXEN+=~/x", "2: error: XEN: '~' is somebody's home; write the path"),
    ("IFS=,", "1: error: IFS: a variable of bash's own; take another name"),
    ("RANDOM=1", "1: error: RANDOM: a variable of bash's own; take another name"),
    ("BASHPID+=1", "1: error: BASHPID: a variable of bash's own; take another name"),
    ("DOMU_MEM[0]=`nproc`", "1: error: DOMU_MEM[0]: `...` is a command; nothing is run: write what "
     "it says"),
    ('DOMU_CMD[0]="`b`"', "1: error: DOMU_CMD[0]: `...` is a command; nothing is run: write what it "
     "says"),
    ("DOMU_MEM[0]=${MEM:-512}", "1: error: DOMU_MEM[0]: of bash's ${...}, only ${NAME} and "
     "${NAME[0]} are read"),
    ("DOMU_MEM[0]=$1", "1: error: DOMU_MEM[0]: a parameter of the shell; nothing is run: write the "
     "value"),
    ("DOMU_CMD[0]=$'a'", "1: error: DOMU_CMD[0]: $'...' and $\"...\" are not read; leave the '$' "
     "out"),
    ("DOMU_RAMDISK[0]=~/x", "1: error: DOMU_RAMDISK[0]: '~' is somebody's home; write the path"),
    ("DOMU_RAMDISK[0]=$HOME/x", "1: error: DOMU_RAMDISK[0]: HOME has no value here; a reference is "
     "to what is assigned above, not to the environment"),
    ("DOMU_RAMDISK[0]=${A[1]}", "1: error: DOMU_RAMDISK[0]: A[1] has no value here; a reference is "
     "to what is assigned above, not to the environment"),
    ("DOMU_CMD[0]=a|b", "1: error: DOMU_CMD[0]: '|' means something to the shell, and nothing is "
     "run; if it belongs to the value, put quotes around it"),
    ("DOMU_CMD[0]=a>b", "1: error: DOMU_CMD[0]: '>' means something to the shell, and nothing is "
     "run; if it belongs to the value, put quotes around it"),
    ("XEN=a:~/x", "1: error: XEN: '~' is somebody's home; write the path"),
    ('XEN="a b"\nDOMU_RAMDISK=($XEN)', "2: error: DOMU_RAMDISK[0]: in a list bash takes apart what XEN "
     "stands for; put quotes around it"),
    ("XEN=\nDOMU_RAMDISK=(${XEN})", "2: error: DOMU_RAMDISK[0]: in a list bash takes apart what XEN "
     "stands for; put quotes around it"),
    ("DOMU_RAMDISK=(*.cpio)", "1: error: DOMU_RAMDISK[0]: '*' means something to the shell, and nothing "
     "is run; if it belongs to the value, put quotes around it"),
    # What does not end, and what is too much.
    ("\nDOMU_CMD[0]='a\nb", "2: error: DOMU_CMD[0]: the quotation has no end"),
    ('DOMU_CMD[0]="a', "1: error: DOMU_CMD[0]: the quotation has no end"),
    ("DOMU_MEM=(1 2", "1: error: DOMU_MEM: the list has no end"),
    ("DOMU_MEM=([0] 2)", "1: error: DOMU_MEM: an index in a list is followed by '=': [0]=value"),
    ("DOMU_MEM[0]=(1 2)", "1: error: DOMU_MEM: a list belongs to the whole: NAME=(...)"),
    ("DOMU_MEM[0=1", "1: error: DOMU_MEM: the index has no end"),
    ("DOMU_MEM[]=1", "1: error: DOMU_MEM: an index is a number from 0 to 9999, without zeros before it"),
    ("DOMU_MEM[010]=1", f"1: error: DOMU_MEM: {INDEX}"),
    ("DOMU_MEM=([01]=1)", f"1: error: DOMU_MEM: {INDEX}"),
    ("DOMU_MEM[0x1]=1", f"1: error: DOMU_MEM: {INDEX}"),
    ("XEN=01\nDOMU_MEM[XEN]=1", f"2: error: DOMU_MEM: {INDEX}"),
    ("DOMU_RAMDISK=([DOMU_RAMDISK]=1)", f"1: error: DOMU_RAMDISK: {INDEX}"),
    ("XEN=0\nDOMU_VCPU_HARD_AFFINITY[XEN,0]=1", f"2: error: DOMU_VCPU_HARD_AFFINITY: {INDEX}"),
    ("XEN=0\nDOMU_VCPU_HARD_AFFINITY[XEN]=1", f"2: error: DOMU_VCPU_HARD_AFFINITY: {INDEX}"),
    ("DOMU_VCPU_HARD_AFFINITY[00,0]=1", f"1: error: DOMU_VCPU_HARD_AFFINITY: {INDEX}"),
    ("DOMU_VCPU_HARD_AFFINITY[0,00]=1", f"1: error: DOMU_VCPU_HARD_AFFINITY: {INDEX}"),
    ("DOMU_VCPU_HARD_AFFINITY[0, 0]=1", f"1: error: DOMU_VCPU_HARD_AFFINITY: {INDEX}"),
    (f"{'X' * 63}=0\nXEN=${'X' * 63}\nDOMU_MEM[{'X' * 64}]=1", f"3: error: DOMU_MEM: {INDEX}"),
    ("DOMU_MEM=(1)2", "1: error: DOMU_MEM: no blank behind the list; bash takes all of it for text"),
    ("DOMU_MEM=(1)# 2", "1: error: DOMU_MEM: no blank behind the list; bash takes all of it for text"),
    ("DOMU_MEM=(1;2)", "1: error: DOMU_MEM[0]: ';' means something to the shell, and nothing is run; "
     "if it belongs to the value, put quotes around it"),
    ("DOMU_MEM[-1]=1", "1: error: DOMU_MEM: an index is a number from 0 to 9999, without zeros before it"),
    ("DOMU_MEM[10000]=1", "1: error: DOMU_MEM: an index is a number from 0 to 9999, without zeros before it"),
    ("DOMU_MEM[i]=1", "1: error: DOMU_MEM: an index is a number from 0 to 9999, without zeros before it"),
    ("DOMU_MEM[0]=${A[-1]}", "1: error: DOMU_MEM[0]: an index is a number from 0 to 9999, without zeros before it"),
    (f"DOMU_CMD[0]={'x' * 4097}", "1: error: DOMU_CMD[0]: too long; a value has at most 4096 "
     "characters"),
    (f"XEN={'x' * 3000}\nXEN+=$XEN", "2: error: XEN: too long; a value has at most 4096 characters"),
    (f"{'X' * 64}=1", "1: error: a name: 64 characters; a name has at most 63"),
    ("BOOT_AUX_FILE=(" + "a " * 4200 + ")", "1: error: BOOT_AUX_FILE: one variable too many; at most 4096 elements of "
     "variables"),
    # Variables.
    ("A=(1 2)\nDOMU_MEM[0]=${A[1]}\nB=$B", "3: error: B: B has no value here; a reference is to what "
     "is assigned above, not to the environment"),
    ("DOMU_MEMORY[0]=512", "1: error: DOMU_MEMORY[0]: unknown variable; did you mean 'DOMU_MEM'?; "
     "it is none of ImageBuilder's, and no value refers to it"),
    ("SOMETHING_ELSE=512", "1: error: SOMETHING_ELSE: unknown variable; it is none of "
     "ImageBuilder's, and no value refers to it"),
    ("DOMU_MEM[2]=512", "1: error: DOMU_MEM[2]: NUM_DOMUS is 2, so that domUs are 0 to 1; "
     "ImageBuilder overlooks this line; change NUM_DOMUS, or take it out"),
    ("XEN[1]=xen", "1: error: XEN[1]: wrong indices; it has no index: NAME=value"),
    ("DOMU_MEM[0,1]=512", "1: error: DOMU_MEM: an index is one number; bash drops what stands before a "
     "comma"),
    ("DOMU_VCPU_HARD_AFFINITY[0]=1", "1: error: DOMU_VCPU_HARD_AFFINITY[0]: wrong indices; it has "
     "two, domU and vCPU: NAME[0,0]=value"),
    ("DOMU_VCPU_HARD_AFFINITY[0,64]=1", "1: error: DOMU_VCPU_HARD_AFFINITY[0,64]: vCPU 64; a domU "
     "has at most 64 vCPUs"),
    ("DOMU_VCPU_HARD_AFFINITY[0,0]=1\nDOMU_VCPU_HARD_AFFINITY[0,1]=2", "2: error: "
     "DOMU_VCPU_HARD_AFFINITY[0,1]: domU0 has 1 vCPU; change DOMU_VCPUS[0], or take it out"),
    ("DOMU_VCPUS[0]=3\nDOMU_VCPU_HARD_AFFINITY[0,1]=2", "2: error: DOMU_VCPU_HARD_AFFINITY[0,1]: "
     "1 of 3 vCPUs have one; all vCPUs of a domU are pinned or none"),
    ("DOMU_KERNEL[1]=", "1: error: NUM_DOMUS: there is no DOMU_KERNEL[1]; each domU has a kernel"),
]

# Values that the rows refuse: each variable that says something about a domU has some.
BAD = {
    "NUM_DOMUS": ["0", "17", "two", "02", "0x", "18446744073709551617"],
    "DOMU_KERNEL": ["'a\nb'"], "DOMU_RAMDISK": ["'a\nb'"], "DOMU_CMD": ["'a\nb'", "'\x7f'"],
    "DOMU_MEM": ["512M", "0", "67108865", "0512", "-1", "'5 12'"],
    "DOMU_VCPUS": ["0", "65", "1.5"],
    "DOMU_VCPU_HARD_AFFINITY": ["0-2", "1,2", "4294967296"],
    "DOMU_STATIC_MEM": ["0x60000000", "'0x60000000 1M'", "'0x60000000,0x1000'", '" "',
                        "'" + "0 4096 " * 17 + "'"],
    "DOMU_DIRECT_MAP": ["2", "yes"], "DOMU_VPL011": ["2", "on"], "DOMU_NR_SPIS": ["961", "many"],
    "DOMU_TRAP_UNMAP": ["2", "no"], "DOMU_PASSTHROUGH_DTB": ["'a\nb'"],
    "DOMU_PASSTHROUGH_PATHS": ["' '", "'/a\x01'", "'" + "/a " * 65 + "'"],
    "DOMU_COLORS": ["red", "'1 2'"],
    "DOMU_SHARED_MEM": ["id", "'id 0x1000'", "'id a b c'", "'id 1 2 3 4'"],
}


@pytest.mark.parametrize("text, message", ERRORS, ids=[error[1][10:50] for error in ERRORS])
def test_error(run, text, message):
    """One error, with its line; and nothing is written."""
    line, rest = message.split(":", 1)
    line = 1 if "NUM_DOMUS:" in rest else int(line) + GOOD.count("\n")
    status, description, said = run(GOOD + text + "\n")
    assert said == [f"{line}:{rest}", "1 error; nothing is written"]
    assert (status, description) == (1, "")


def rows():
    """(name, indices, what takes it, its words) for each row of the table."""
    text = pathlib.Path("imagebuilder/import_variables.c").read_text(encoding="utf-8")
    defined = {name: "".join(part[1:-1] for part in re.findall(STRING, body)) for name, body in
               re.findall(r"#define (\w+)\s((?:[^\n]*\\\n)*[^\n]*)", text)}
    body = text.split(" rows[] = {")[1].split("\n};")[0]
    found = []
    for start in re.finditer(r'\n\t(\w*)[({](?=")', body):
        words = arguments_of(body.replace("}", ")"), start.end())
        kind = start[1]
        indices = {"DOMU": "1"}.get(kind, words[1])
        take = words[{"DOMU": 1, "LEFT_OUT": 2, "": 2}[kind]] if kind != "REFUSED" else "refused"
        said = words[{"DOMU": 5, "LEFT_OUT": 3, "REFUSED": 3, "": 3}[kind]]
        said = defined.get(said) or "".join(
            re.sub(r"\\(.)", r"\1", part[1:-1]) for part in re.findall(STRING, said))
        found.append((words[0].strip('"'), int(indices), take, said))
    return found


def example(name, indices, value):
    return f"{name}{['', '[0]', '[0,0]'][indices]}={value}\n"


def test_the_table_is_read():
    assert len(rows()) > 60 and {row[1] for row in rows()} == {0, 1, 2}
    assert {row[0] for row in rows() if row[2] not in ("refused", "take_comment", "take_note")} == \
        set(BAD)


@pytest.mark.parametrize("name, indices, take, words", [row for row in rows() if row[0] in BAD])
def test_bad_values(run, name, indices, take, words):
    for value in BAD[name]:
        good = GOOD if name != "NUM_DOMUS" else GOOD.split("\n", 1)[1]
        status, description, said = run(good + example(name, indices, value))
        assert (status, description) == (1, "")
        label = example(name, indices, "")[:-2]
        expected = f"error: {label}: "
        if take == "take_text":
            expected += f"a line break or another control character; {words} is one line"
        assert any(line.split(": ", 1)[1].startswith(expected) and words in line
                   for line in said), said


@pytest.mark.parametrize("name, indices, take, words", [row for row in rows() if row[0] not in BAD])
def test_what_has_no_place(run, name, indices, take, words):
    """Refused, left out with a note, or left out with a comment; nothing of it when it is empty."""
    label = example(name, indices, "")[:-2]
    status, description, said = run(GOOD + example(name, indices, '"1"'))
    if take == "refused":
        assert (status, description) == (1, "")
        assert said == [f"4: error: {label}: {words}", "1 error; nothing is written"]
    else:
        assert status == 0
        assert f"\n * {label}, line 4: {words}\n" in description
        assert said == ([f"4: note: {label}: left out: {words}"] if take == "take_note" else [])
    assert run(GOOD + example(name, indices, '""')) == (0, run(GOOD)[1], [])


NOTES = [
    ('DOMU_STATIC_MEM[0]="0x60000000 0x1000000"\nDOMU_MEM[0]=512', "5: note: DOMU_MEM[0]: left out, "
     "as ImageBuilder does: DOMU_STATIC_MEM says how much"),
    ('DOMU_STATIC_MEM[0]="0x60000000 0x1000000"\nDOMU_MEM[0]=16', None),
    ("DOMU_DIRECT_MAP[0]=1", "4: note: DOMU_DIRECT_MAP[0]: left out, as ImageBuilder does: it needs "
     "DOMU_STATIC_MEM"),
    ("DOMU_DIRECT_MAP[0]=0", None),
    ('DOMU_PASSTHROUGH_DTB[0]="d"\nDOMU_PASSTHROUGH_PATHS[0]="/p"', "5: note: "
     "DOMU_PASSTHROUGH_PATHS[0]: left out: xen,path in DOMU_PASSTHROUGH_DTB names the devices"),
    ('LOPPER_PATH="l"\nDOMU_PASSTHROUGH_DTB[0]="d"\nDOMU_PASSTHROUGH_PATHS[0]="/p"', "5: note: "
     "DOMU_PASSTHROUGH_DTB[0]: left out, as ImageBuilder does: it makes one of "
     "DOMU_PASSTHROUGH_PATHS"),
    ('DOMU_PASSTHROUGH_PATHS[0]="/p"', "4: note: DOMU_PASSTHROUGH_PATHS[0]: the domU gets these devices, "
     "where ImageBuilder passes none: it needs PASSTHROUGH_DTS_REPO or LOPPER_PATH for that"),
    ('PASSTHROUGH_DTS_REPO="r"\nDOMU_PASSTHROUGH_PATHS[0]="/p"', None),
    ("DOMU_COLORS[0]=1-2", "4: note: DOMU_COLORS[0]: llc-colors is planned, but this build does not "
     "carry it out"),
    ("DOMU_SHARED_MEM[0]='a 0x50000000 4096'", "4: note: DOMU_SHARED_MEM[0]: shared memory is "
     "planned, but this build does not carry it out"),
]


@pytest.mark.parametrize("text, note", NOTES)
def test_note(run, text, note):
    status, description, said = run(GOOD + text + "\n")
    assert status == 0 and "domU1" in description
    assert said == ([note] if note else [])


def test_all_errors_in_one_run(run):
    status, description, said = run("DOMU_MEM[0]=x\nif\nNUM_DOMUS=2\nDOM0_MEM=1\nDOMU_NOTHING=1\n"
                                    "DEVICE_TREE=x\nDOMU_KERNEL[0]=$(x)\n")
    assert (status, description) == (1, "")
    assert [line.split(": ")[:3] for line in said[:-1]] == [
        ["1", "error", "DOMU_MEM[0]"], ["2", "error", "if"], ["3", "error", "NUM_DOMUS"],
        ["4", "error", "DOM0_MEM"], ["5", "error", "DOMU_NOTHING"], ["7", "error", "DOMU_KERNEL[0]"],
        ["6", "note", "DEVICE_TREE"]]
    assert said[2].endswith("there is no DOMU_KERNEL[1]; each domU has a kernel")
    assert said[-1] == "6 errors; nothing is written"


def test_without_num_domus(run):
    """What is wrong besides is said all the same."""
    words = "NUM_DOMUS: missing; write how many domUs there are: NUM_DOMUS=2"
    for text in ("DOMU_MEM[3]=x\n", "DOMU_MEM[3]=x\nNUM_DOMUS=\n"):
        status, _, said = run(text)
        assert status == 1 and said[0].endswith(f" error: {words}") and said[1].startswith(
            '1: error: DOMU_MEM[3]: "x"; MB')
    assert run("NUM_DOMUS=$(x)\nDOMU_MEM[20]=1\n")[2][1:] == ["1 error; nothing is written"]


def test_more_errors_than_are_kept(run):
    """Errors before notes; all are counted."""
    notes = "".join(f"DT_OVERLAY[{i}]=x\n" for i in range(400))
    status, _, said = run(GOOD + notes + "DOMU_NONE=1\n")
    assert status == 1 and said[0].startswith("404: error: DOMU_NONE: unknown")
    assert said[-1] == "1 error; nothing is written"
    status, _, said = run("x\n" * 1000)
    assert status == 1 and said[-1] == "1001 errors; nothing is written"


@pytest.mark.parametrize("contents", [b"NUM_DOMUS=1\0", b"#" * ((1 << 20) + 1), b"\x7fELF\0\0"],
                         ids=["NUL", "large", "ELF"])
def test_other_files(run, contents):
    status, description, said = run(contents)
    assert (status, description) == (1, "")
    assert said[0].endswith("error: not a configuration: a text of at most 1 MiB")


def test_nothing_is_run(run, tmp_path):
    """Whatever stands in the file."""
    witness = tmp_path / "witness"
    command = f"touch {witness}"
    for text in (command, f"A=$({command})", f"A=`{command}`", f'A="$({command})"', f"A=1; {command}",
                 f"A=1 {command}", f"f() {{ {command}; }}; f", f"A=${{B:-$({command})}}",
                 f"A[$({command})]=1", f"A=(1 $({command}))", f"A=1 && {command}", f"A=<({command})"):
        assert run(GOOD + text + "\n")[0] == 1, text
    assert not witness.exists()


# --- The output ---

def test_output_file(tmp_path):
    config = tmp_path / "config"
    config.write_text(GOOD)
    out = tmp_path / "system.dts"
    assert call(config, "-o", out).returncode == 0
    assert out.read_bytes() == call(config).stdout
    config.write_text("NUM_DOMUS=1\n")
    before = out.read_bytes()
    assert call(config, "-o", out).returncode == 1
    assert out.read_bytes() == before
    assert call(config, "-o", tmp_path / "new.dts").returncode == 1
    assert not (tmp_path / "new.dts").exists()


def test_what_was_there_stays(tmp_path):
    """Under a full disk; and nothing is left beside it."""
    config = tmp_path / "config"
    config.write_text(GOOD)
    for out in (tmp_path / "system.dts", tmp_path / "new.dts"):
        (tmp_path / "system.dts").write_text("edited by hand")
        result = subprocess.run([TOOL, "import", config, "-o", out], capture_output=True, check=False,
                                restore_signals=False, preexec_fn=lambda: resource.setrlimit(
                                    resource.RLIMIT_FSIZE, (100, 100)))
        assert (result.returncode, result.stderr.decode()) == (
            1, f"imagebuilder: error: {out}: cannot be written\n")
        assert (tmp_path / "system.dts").read_text() == "edited by hand"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["config", "system.dts"]


def test_what_is_replaced(tmp_path):
    """Its mode stays, and so does a link to it; a device is written as it is."""
    (tmp_path / "config").write_text(GOOD)
    out = tmp_path / "folder/system.dts"
    out.parent.mkdir()
    out.write_text("x" * 10000)
    out.chmod(0o640)
    (tmp_path / "link").symlink_to(out)
    assert call(tmp_path / "config", "-o", tmp_path / "link").returncode == 0
    description = call(tmp_path / "config").stdout
    assert (tmp_path / "link").is_symlink() and out.read_bytes() == description
    assert stat.S_IMODE(out.stat().st_mode) == 0o640
    assert [path.name for path in out.parent.iterdir()] == ["system.dts"]
    assert call(tmp_path / "config", "-o", "/dev/stdout").stdout == description


@pytest.mark.parametrize("out", ["/dev/full", "/nowhere/system.dts"])
def test_output_that_cannot_be_written(tmp_path, out):
    config = tmp_path / "config"
    config.write_text(GOOD)
    result = call(config, "-o", out)
    assert result.returncode == 1
    assert f"{out}: cannot be written" in result.stderr.decode()
    assert stat.S_ISCHR(os.stat("/dev/full").st_mode)


def test_the_input_is_no_output(tmp_path):
    config = tmp_path / "config"
    config.write_text(GOOD)
    (tmp_path / "link").symlink_to(config)
    result = call(config, "-o", tmp_path / "link")
    assert result.returncode == 1
    assert "link: it is read, and cannot be the output" in result.stderr.decode()
    assert config.read_text() == GOOD


def test_wrong_usage():
    for words, answer in ((["a", "--board", "b"], "this command has no option '--board'"),
                          (["a", "--files", "b"], "this command has no option '--files or --load'"),
                          ([], "there is no SYSTEM for 'import'"), (["a", "b"], "a second SYSTEM")):
        result = call(*words)
        assert result.returncode == 2 and answer in result.stderr.decode()


@pytest.mark.parametrize("path, words", [("/nowhere", "/nowhere: No such file"),
                                         ("docs", "docs: Is a directory")])
def test_input_that_cannot_be_read(path, words):
    result = call(path)
    assert result.returncode == 1 and words in result.stderr.decode()


# --- Nothing without a test, nothing without a line in the binding ---

def formats():
    """(where, pattern) for each message of the importer but those of its table."""
    calls = {"config_error": 3, "setting_error": 2, "setting_note": 2, "complain": 1}
    for path in SOURCES:
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r'"\s*PRI\w+\s*"', "u", text)
        for found in re.finditer(rf"\b({'|'.join(calls)})\(", text):
            words = arguments_of(text, found.end())
            strings = re.findall(STRING, words[calls[found[1]]] if len(words) > calls[found[1]]
                                 else "")
            what = re.sub(r"\\(.)", r"\1", "".join(part[1:-1] for part in strings))
            if strings and what not in ("%s", "left out: %s", "\"%.*s\"; %s"):
                yield path.name, one_of([re.sub(r"%(?:\.\*|z)?([a-z])", r"%\1", what)], None)


def test_every_message_has_a_test(run):
    assert len(list(formats())) >= 40
    said = [message for _, message in ERRORS] + [note for _, note in NOTES if note]
    said += ["NUM_DOMUS: missing; write how many domUs there are: NUM_DOMUS=2"]
    said += run(GOOD + example("DOMU_CMD", 1, BAD["DOMU_CMD"][0]))[2]
    missing = [where for where in formats()
               if not any(re.search(f": (?:{where[1]})$", line) for line in said)]
    assert not missing, missing


def test_every_variable_is_documented():
    section = pathlib.Path("docs/binding.md").read_text(encoding="utf-8")
    section = section.split("### From Xen's ImageBuilder\n")[1].split("\n## ")[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    documented = [name for cell in cells for name in re.findall(r"`([A-Z0-9_]+)[\[`]", cell)]
    assert sorted(documented) == sorted(row[0] for row in rows())
