# SPDX-License-Identifier: Apache-2.0
"""Descriptions that are wrong: each gets its error, nothing runs, the board says so and stays."""
import re

import pexpect
import pytest

from conftest import BOARD_TREE
from systems import CELLS, by_reg, kernel, partition, reg, rt, system

LAST_LINE = "bulkhead: nothing was launched; the board stays here until it is reset"


def refused(board, *patterns):
    """All errors are said, in any order; then the last line, and silence: a guest speaks at once."""
    board.expect("nothing was launched; the board stays here")
    said = board.console.before
    for pattern in patterns:
        assert re.search(pattern, said), f"{pattern!r} is not in {said!r}"
    assert "launched 1 partitions" not in said
    with pytest.raises(pexpect.TIMEOUT):
        board.expect(r"\w+ *\| ", timeout=0.2)


def test_missing_module(boot):
    refused(boot(system(by_reg(reg(0x60000000, 0)))),
            r"error: /chosen/rt0/kernel: reg: size 0 at 0x60000000; .*; was the file loaded\?")


def test_module_outside_memory(boot):
    refused(boot(system(by_reg(reg(0x10000000, 0x1000)))),
            r"/chosen/rt0/kernel: reg: 0x1000 bytes at 0x10000000; a module lies in the board's RAM")


def test_no_kernel_node(boot):
    refused(boot(system(partition("rt0", ""))), r"error: /chosen/rt0: no kernel; ")


def test_kernel_that_is_no_kernel(boot, prepared):
    refused(boot(system(partition("rt0", kernel(str((BOARD_TREE / "board.dtb").resolve()))))),
            r"/chosen/rt0/kernel: reg: no kernel at 0x50000000: it begins d0 0d fe ed; "
            r"a kernel is an arm64 Image.*it is a FIT image or a device tree")


def test_memory_that_was_not_loaded(boot):
    refused(boot(system(by_reg(reg(0x60000000, 0x10000)))),
            r"no kernel at 0x60000000: it begins 00 00 00 00; .*only zeros")


def test_memory_that_does_not_fit(boot):
    refused(boot(system(rt(memory_kib=0x200000))),
            r"/chosen/rt0: memory: 2097152 KiB do not fit; the largest free piece has \d+ KiB")


def test_memory_too_small_for_the_kernel(boot):
    refused(boot(system(rt(memory_kib=1024))),
            r"/chosen/rt0: memory: 1024 KiB, but \d+ KiB are needed at least")


def test_two_partitions_on_one_cpu(boot):
    pin = "bulkhead,cpus = <&{/cpus/cpu@1}>;"
    refused(boot(system(rt("a", cpus=pin), rt("b", cpus=pin))),
            r"/chosen/b: bulkhead,cpus: entry 0: CPU 1 \(MPIDR 0x1\) already belongs to a")


def test_overlapping_static_memory(boot):
    def static(name, base):
        return rt(name, memory_kib=0, more=f"xen,static-mem = <0 {base:#x} 0 0x1000000>;")

    text = system(static("a", 0x60000000), static("b", 0x60800000), chosen=CELLS)
    refused(boot(text), r"/chosen/b: xen,static-mem: RAM 0x60800000-0x617fffff overlaps RAM of a "
                        r"0x60000000-0x60ffffff")


def test_static_memory_over_the_hypervisor(boot):
    text = system(rt(memory_kib=0, more="xen,static-mem = <0 0x40200000 0 0x1000000>;"),
                  chosen=CELLS)
    refused(boot(text), r"/chosen/rt0: xen,static-mem: .* overlaps the hypervisor 0x40200000")


def test_misspelled_property(boot):
    refused(boot(system(rt(more="memroy = <0 1>;"))),
            r"/chosen/rt0: memroy: unknown property; did you mean 'memory'\?")


def test_more_vcpus_than_cpus(boot):
    refused(boot(system(rt(cpus="cpus = <5>;"))),
            r"/chosen/rt0: cpus: 5 vCPUs, but only 4 of the board's 4 CPUs are free")


def test_boolean_with_a_value(boot):
    refused(boot(system(rt(more="direct-map = <0>;"))),
            r"/chosen/rt0: direct-map: has a value of 4 bytes; a boolean property has no value")


def test_part_of_the_binding_that_is_not_built(boot):
    refused(boot(system(rt(more='llc-colors = "0-3";'))),
            r"unsupported: /chosen/rt0: llc-colors: "
            r"cache colouring is planned but not supported by this build")


def test_dom0_kernel(boot):
    dom0 = ('dom0 { compatible = "multiboot,kernel", "multiboot,module"; '
            'reg = <0x0 0x60000000>; };')
    refused(boot(system(rt(), dom0)), r"/chosen/dom0: compatible: .*Bulkhead has no dom0")


def test_no_partition(boot):
    refused(boot(system()), r"error: /chosen: no partition")


def test_all_errors_in_one_run(boot):
    text = system(rt("a", more="vpl01 = <1>;", cpus="cpus = <9>;"), rt("b", memory_kib=0))
    refused(boot(text), r"/chosen/a: vpl01: ", r"/chosen/a: cpus: 9 vCPUs", r"/chosen/b: memory: ",
            r"\d+ errors?, \d+ warnings?")


def test_truncated_device_tree(boot):
    """The end of a tree is its table of names: without them its properties mean nothing."""
    refused(boot(system(rt()), damage=lambda tree: tree[:-48]), r"error: /", r"[1-9]\d* errors")


def test_damaged_device_tree(boot):
    """A tag that does not exist, behind the console's part of the tree."""
    def damage(tree):
        at = tree.index(b"bulkhead,partition") + 32
        return tree[:at - at % 4] + b"\xff" * 16 + tree[at - at % 4 + 16:]

    refused(boot(system(rt()), damage=damage),
            r"error: /: the device tree is truncated or damaged; .*; was the whole file loaded\?")


def test_device_tree_without_console_runs_nothing(boot):
    """Half a tree does not even name the console: silence, and no guest."""
    board = boot(system(rt()), damage=lambda tree: tree[:len(tree) // 2])
    with pytest.raises(pexpect.TIMEOUT):
        board.expect(r"\w", timeout=3)


def test_last_line_is_the_last(boot):
    board = boot(system(partition("rt0", "")))
    board.expect(LAST_LINE + r"\r+\n")
