# SPDX-License-Identifier: Apache-2.0
"""Devices of the board in partitions: registers, interrupts, nodes; by property and the Xen way."""
import re
import subprocess

import pytest

from checks import all_passed
from systems import kernel, linux, partition, rt, system
from test_bad_input import refused

RTC = 'bulkhead,passthrough = "/pl031@9010000";'
GPIO = 'bulkhead,passthrough = "/pl061@9030000";'
BOTH = 'bulkhead,passthrough = "/pl031@9010000", "/pl061@9030000", "/edge@9050000";'

# An SPI that no device drives, as an edge.
EDGE = ('/ { edge@9050000 { compatible = "arm,pl061"; reg = <0 0x9050000 0 0x1000>; '
        'interrupts = <0 10 1>; }; };\n')

PARTIAL = """/dts-v1/;
/ {
    #address-cells = <2>;
    #size-cells = <2>;

    gic: gic {
        #interrupt-cells = <3>;
        interrupt-controller;
    };

    aliases { rtc0 = &rtc; };

    passthrough {
        compatible = "simple-bus";
        ranges;
        #address-cells = <2>;
        #size-cells = <2>;

        clock: clock {
            compatible = "fixed-clock";
            #clock-cells = <0>;
            clock-frequency = <24000000>;
        };

        rtc: rtc@41000000 {
            compatible = "arm,pl031", "arm,primecell";
            reg = <0 0x41000000 0 0x1000>;
            interrupt-parent = <&gic>;
            interrupts = <0 2 4>;
            clocks = <&clock>;
            clock-names = "apb_pclk";
            xen,path = "/pl031@9010000";
            xen,reg = <0 0x9010000 0 0x1000 0 0x41000000>;
        };
    };
};
"""


@pytest.mark.parametrize("name, cpus", [("device", 1), ("route", 2)])
def test_interrupts_at_el1(boot, name, cpus):
    board = boot(system(partition(name, kernel(f"{name}.bin"), cpus=f"cpus = <{cpus}>;",
                                  more=BOTH), rt()) + EDGE)
    all_passed(board, {name: 20}, skipped=0, then_off=True)


def alarm(board, name):
    """Linux's own driver sets the clock's alarm, and its interrupt arrives, once."""
    board.run("cat /sys/class/rtc/rtc0/name", rf"{name}\| (rtc-)?pl031")
    board.run("echo +2 >/sys/class/rtc/rtc0/wakealarm; "
              "until grep -q ':.*[1-9].* GICv3 .*rtc-pl031' /proc/interrupts; do sleep 0.1; done; "
              "sleep 0.3; echo it came $((40 + 2))", rf"{name}\| it came 42\r+\n")
    counts = board.run("grep rtc-pl031 /proc/interrupts",
                       r":((?: +\d+)+) +GICv3 +34 Level +rtc-pl031\r+\n").group(1)
    assert sum(map(int, counts.split())) == 1


def no_warning_about_the_tree(board):
    # All that is a warning or worse and may come from the tree. QEMU's own tree names no caches, on
    # which newer kernels remark without a hypervisor too, and a busy host makes hrtimer complain.
    match = board.run("dmesg -r | grep '^<[0-4]>' | grep -vE 'cacheinfo:|hrtimer:' | grep -iE "
                      "'OF:|fdt|device.tree|dtb|reserved mem|GIC|psci|timer|pl031|cache|cpu' | "
                      "grep -c .; echo end", r"linux0\| (\d+)\r+\n")
    assert match.group(1) == "0", board.console.before


def test_linux_drives_its_devices(boot):
    """The clock in one partition, with two CPUs, the pins in another; each tree has but its own."""
    board = boot(system(linux(cpus="cpus = <2>;", more=RTC), linux("linux1", more=GPIO)))
    board.expect(r"bulkhead: +/pl031@9010000, SPI 2\r+\n")
    board.expect(r"bulkhead: +/pl061@9030000, SPI 7\r+\n")
    board.expect("launched 2 partitions")
    board.expect("linux0# ")
    alarm(board, "linux0")
    board.run("ls /proc/device-tree | grep -c -e pl031@9010000 -e apb-pclk", r"linux0\| 2\r+\n")
    board.run("ls /proc/device-tree | grep -c pl061; echo", r"linux0\| 0\r+\n")
    no_warning_about_the_tree(board)
    board.shell(1, "linux1", "linux0")
    board.run("cat /sys/class/gpio/gpiochip*/label /sys/bus/gpio/devices/*/uevent; "
              "ls /sys/bus/amba/drivers/pl061_gpio", r"linux1\| .*9030000\.pl061")


def test_clock_by_a_partial_device_tree(boot, tmp_path):
    """At another address, as boards have registers: Linux's RAM is elsewhere then."""
    source, compiled = tmp_path / "partial.dts", tmp_path / "partial.dtb"
    source.write_text(PARTIAL)
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", compiled, source], check=True)
    module = ('tree { compatible = "multiboot,device-tree", "multiboot,module"; '
              f'bulkhead,file = "{compiled}"; }};')
    text = system(linux().rsplit("}", 1)[0] + module + " };", rt())
    board = boot(text)
    board.expect("linux0# ")
    board.run("ls /proc/device-tree/passthrough", "rtc@41000000")
    board.run("ls /proc/device-tree/passthrough/rtc@41000000 | grep -c xen; echo", r"linux0\| 0\r+\n")
    board.run("grep 'System RAM' /proc/iomem", r"linux0\| 200000000-20bffffff : System RAM\r+\n")
    alarm(board, "linux0")


def test_the_other_partition_is_refused(boot):
    refused(boot(system(linux(more=RTC), rt(more=RTC))),
            r"error: /chosen/rt0: bulkhead,passthrough: /pl031@9010000 already belongs to linux0")


def test_the_others_have_no_access(boot):
    board = boot(system(rt("rt", more=RTC),
                        partition("wild", kernel("wild.bin", "wild=read at=0x9010000"))))
    board.expect("wild: access outside its memory at 0x9010000")


@pytest.mark.parametrize("more, words", [
    ('bulkhead,passthrough = "/pl011@9000000";', "/pl011@9000000 is the board's own"),
    ('bulkhead,passthrough = "/virtio_mmio@a000000";', "is not known to do without DMA"),
    ('bulkhead,passthrough = "/intc@8000000";', "/intc@8000000 is the board's own"),
    ('bulkhead,passthrough = "/nowhere";', 'there is no "/nowhere"'),
])
def test_what_no_partition_gets(boot, more, words):
    refused(boot(system(rt(more=more))), "error: .*" + re.escape(words))
