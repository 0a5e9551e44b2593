# SPDX-License-Identifier: Apache-2.0
"""What import reads in a configuration is what bash would: bash is the reference of what a value is."""
import random
import re
import subprocess

import pytest

from test_documentation import STRING
from test_import import GOLDEN, call, compile_alone, run  # noqa: F401 - run is a fixture

SHOW = r"""
declare -A DOMU_VCPU_HARD_AFFINITY
source "$0"
for ((i = 0; i < NUM_DOMUS; i++)); do
    printf '%s\0' "${DOMU_KERNEL[$i]}" "${DOMU_CMD[$i]-console=ttyAMA0}" \
        ${DOMU_RAMDISK[$i]+"${DOMU_RAMDISK[$i]}"}
done
"""


def values_of(description):
    """Kernel, bootargs and ramdisk of each domU."""
    found = re.findall(rf"\t(?:bulkhead,file|bootargs) = ({STRING});", description)
    return [re.sub(r"\\(.)", r"\1", text[1:-1]) for text in found]


def bash_values(path):
    """Our own configurations run nothing."""
    shown = subprocess.run(["bash", "-c", SHOW, path], capture_output=True, check=True)
    return shown.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("name", ["affinity", "least", "shell", "smoke", "static-memory", "zcu102"])
def test_values_are_bash_s(name):
    path = GOLDEN / f"{name}.config"
    assert values_of(call(path).stdout.decode()) == bash_values(path)


PIECES = ["a", "b=c", "/d.e", "-", "#", "é", "*", "[x]", "!", "%", "{", "}", "@", "'single $X `'",
          "'\"'", '"double"', '"$A b"', '"${A}"', '"\\$A"', '"\\`"', '"\\\\"', '"\\q"', '"\'"',
          '"a; # b"', '"&|<>()"', "\\ ", "\\;", "\\#", "\\$A", "\\\"", "\\'", "\\\\", "\\n",
          "\\\n", '"go\\\non"', "$A''", "${A}", "${B[1]}", "$B\"\"", "$A$B''", '"$"', '"5$ x"', "\\~",
          "a~", '"~"', "\\&"]
# What bash takes apart in a list unless it is quoted.
SPLIT = ["*", "[x]", "{", "$A''", "${A}", "${B[1]}", '$B""', "$A$B''"]


def test_random_values_are_bash_s(run, tmp_path):
    generator = random.Random(1)
    for _ in range(40):
        lines = ["A='value of A'", "B=(first 'sec ond')", "I=1", "XEN=$A$B$I", "NUM_DOMUS=16"]
        for i in range(16):
            for name in ("DOMU_KERNEL", "DOMU_CMD"):
                pieces = generator.choices(PIECES, k=generator.randint(1, 5))
                lines.append(f"{name}[{i}]=x{''.join(pieces)}")
        pieces = [piece for piece in PIECES if piece not in SPLIT]
        elements = [f"x{''.join(generator.choices(pieces, k=3))}" for _ in range(3)]
        lines.append(f"C=({' '.join(elements)})")
        lines += [f'DOMU_RAMDISK[{i}]="${{C[{i}]}}"' for i in range(3)]
        for name in generator.choices(("DOMU_RAMDISK", "DOMU_KERNEL", "C"), k=4):
            quoted = ['"${%s[%d]}"' % (name, generator.randrange(3)) for _ in range(3)]
            places = generator.choices(["", "", "[2]=", "[I]=", "[$I]=", "[0]="], k=3)
            listed = " ".join(map("".join, zip(places, quoted)))
            lines.append(f"{name}{generator.choice(['=', '+='])}([0]={quoted[2]} y z {listed})")
        lines += [f"DOMU_KERNEL[{i}]+=." for i in range(16)]
        status, description, said = run("\n".join(lines) + "\n")
        assert status == 0, (lines, said)
        assert values_of(description) == bash_values(tmp_path / "config"), lines
        compile_alone(description, tmp_path)


# bash is right about each: what is not one of its values is an error.
SAME_OR_ERROR = [
    "A[0]=old\nA=(new \"${A[0]}\")", "A=(a b)\nA+=(\"${A[1]}\" [0]=c $A)", "A=(a)\nA=(b [2]=$A $A)",
    "A[010]=a\nA[8]=b\nA[1]=${A[8]}", "A[08]=a", "A[1,0]=a", "A=$[1+1]", "A=\"$[1]\"", "A='$[1]'\\$[2]",
    "V=1\nVB=2\nXEN=$VB\nA=$V\\\nB", "V=1\nVB=2\nXEN=$VB\nA=\"$V\\\nB\"", "V=1\nA=$V\\\n-", "V=1\nA=$\\\nV",
    "V=1\nVB=2\nXEN=$VB\nA=$V\\\n\\\nB", "V=1\nA=$\\\n{V}", "A=\\\n~/x", "A=a:\\\n~", "A=a\nA+=~", "A=a:\nA+=~",
    "A=(a)#b", "A=(a)B=c", "A=(a b)c", "A+=(a)b", "A=(a;b)", "A=(a\n;b)", ";\nA=b", "A=b;;", "A=b # c\n;A=c", "A=b \\\n;A=c;",
    "A=5\nA=([A]=x [A]=y)",
    "A=(0 1)\nA+=([A]=2 [A]=3)", "_=x\nA=$_", "SECONDS=x\nA=$SECONDS", "IFS=,\nV=a,b\nA=($V)",
    "I=1\nA=(a b)\nA=([I]=${A[0]} [0]=${A[I]})", "A=(a=~ ~)", "A=(b)\nA=()\nA+=(c)", "I=0x1\nA[I]=x",
    "DOMU_VCPU_HARD_AFFINITY[0,0]=3\nDOMU_VCPU_HARD_AFFINITY+=([0,0]=5 [0,1]="
    "${DOMU_VCPU_HARD_AFFINITY[0,0]})\nA=${DOMU_VCPU_HARD_AFFINITY[0,1]}\nDOMU_VCPUS[0]=2",
    "DOMU_VCPU_HARD_AFFINITY[0,0]=3\nDOMU_VCPU_HARD_AFFINITY=([0,0]=5 [0,1]="
    "${DOMU_VCPU_HARD_AFFINITY[0,0]})\nA=${DOMU_VCPU_HARD_AFFINITY[0,1]}\nDOMU_VCPUS[0]=2",
]


def test_what_is_accepted_is_bash_s(run, tmp_path):
    accepted = 0
    for text in SAME_OR_ERROR:
        for index in (0, 1, 2):
            lines = f'{text}\nNUM_DOMUS=1\nDOMU_KERNEL[0]="x${{A[{index}]}}"\n'
            status, description, _ = run(lines)
            accepted += 1 - status
            assert status == 1 or values_of(description)[0] == bash_values(tmp_path / "config")[0], lines
    assert accepted == 15


AFFINITY = "DOMU_VCPU_HARD_AFFINITY"
# Without what would start a program, should one of these be taken for a value.
TOKENS = ["a", "b", "é", " ", "\t", "\n", "\\", "\\\n", "'", '"', "$", "`", "#", ";", "[", "]", "{", "}", "(", ")",
          "*", "?", "~", ":", "=", "+", "-", ",", "!", "0", "1", "01"]
TOKENS += ["$A", "${A}", "${A[1]}", '"${B[0]}"', "${B[I]}", "''", '"a b"', "'c d'"] * 3


def random_statement(generator):
    def value(most):
        return "".join(generator.choices(TOKENS, k=generator.randint(0, most)))

    name, equals = generator.choice("AB"), generator.choice(["=", "=", "+="])
    places = ["[1]=", "[I]=", "[$I]=", '["0"]=']
    if generator.random() < 0.2:
        places, name = ["[0,0]=", "[0,$I]=", "['0,1']=", "[00,0]=", "[I,0]="], AFFINITY
    if generator.random() < 0.5:
        listed = [generator.choice(["", *places]) + value(2) for _ in range(generator.randint(0, 3))]
        return f"{name}{equals}({generator.choice([' ', chr(10), ' # c' + chr(10)]).join(listed)})"
    return f"{name}{generator.choice(['', *places])[:-1]}{equals}{value(3)}"


def test_what_is_accepted_of_any_text_is_bash_s(run, tmp_path):
    """Kernels show what became of A and B; the CPUs of each vCPU must be numbers."""
    generator = random.Random(1)
    accepted = 0
    for _ in range(1500):
        lines = ["I=1", "A=(p q)", "B=('r s' t)", f"{AFFINITY}=([0,0]=2 [0,1]=3)"]
        lines += [random_statement(generator) + generator.choice(["", ";", " # c"])
                  for _ in range(generator.randint(1, 2))]
        shown = generator.choice(["A[0]", "A[1]", "B[0]", "B[1]", "B[2]", f"{AFFINITY}[0,1]"])
        lines += ['XEN="$I${A[0]}${B[0]}"', "NUM_DOMUS=1", "DOMU_VCPUS[0]=2",
                  f'DOMU_KERNEL[0]="x${{{shown}}}"']
        status, description, _ = run("\n".join(lines) + "\n")
        if status == 0:
            accepted += 1
            assert values_of(description) == bash_values(tmp_path / "config"), lines
    assert accepted > 200, accepted
