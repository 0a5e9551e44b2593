/* SPDX-License-Identifier: Apache-2.0 */
/* A refused description for each rule of the binding, and an accepted one for each property. */
#include "tests/unit/planning.h"

static const struct row refused[] = {
	{"", "/chosen: no partition"},
	{PARTITION("a", "cpus = <1>;"), "/chosen/a: memory: missing"},
	{PARTITION("a", "cpus = <1>; memory = <0 0>;"), "/chosen/a: memory: 0 KiB"},
	{PARTITION("a", "cpus = <1>; memory = <0 3>;"), "/chosen/a: memory: 3 KiB"},
	{PARTITION("a", "cpus = <1>; memory = <0 0 1>;"), "/chosen/a: memory: 12 bytes"},
	{PARTITION("a", "memory = <0 0x10000>;"), "/chosen/a: cpus: missing"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <0>;"), "/chosen/a: cpus: 0"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <65>;"), "/chosen/a: cpus: 65"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <1 2>;"), "/chosen/a: cpus: 8 bytes"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <5>;"),
	 "/chosen/a: cpus: 5 vCPUs, but only 4"},
	{PARTITION("a", "memory = <0 0x10000>; cpus = <2>; bulkhead,cpus = <&{/cpus/cpu@0}>;"),
	 "/chosen/a: cpus: 2, but 1 are named by bulkhead,cpus"},
	{PARTITION("a", "memory = <0 0x10000>; bulkhead,cpus = <99>;"),
	 "/chosen/a: bulkhead,cpus: entry 0 names no CPU"},
	{PARTITION("a", "memory = <0 0x10000>; bulkhead,cpus;"),
	 "/chosen/a: bulkhead,cpus: 0 bytes"},
	{PARTITION("a", "memory = <0 0x10000>; bulkhead,cpus = <&{/cpus/cpu@0} &{/cpus/cpu@0}>;"),
	 "/chosen/a: bulkhead,cpus: entry 1: CPU 0 (MPIDR 0x0) already belongs to a"},
	{PARTITION("a", GOOD) PARTITION("b", GOOD "label = \"a\";"),
	 "/chosen/b: label: \"a\" is taken"},
	{PARTITION("a", GOOD "label = \"x y\";"), "/chosen/a: label: \"x y\""},
	{PARTITION("a", GOOD "label = \"12345678901234567890123456789012\";"),
	 "/chosen/a: label: \"12345678901234567890123456789012\" has 32"},
	{PARTITION("a", "memory = <0 0x200000>; cpus = <1>;"),
	 "/chosen/a: memory: 2097152 KiB do not fit"},
	{PARTITION("a", "memory = <0 0x1000>; cpus = <1>;"), "/chosen/a: memory: 4096 KiB, but"},
	{PARTITION("a", "cpus = <1>; memory = <0 0x10000>; vpl011 = <0>;"),
	 "/chosen/a: vpl011: has a value of 4 bytes"},
	{PARTITION("a", GOOD "direct-map;"), "/chosen/a: direct-map: no xen,static-mem"},
	{PARTITION("a", GOOD "xen,static-mem = <0 0x60000000 0 0x2000000>;"),
	 "/chosen/a: memory: 65536 KiB, but xen,static-mem has 32768 KiB"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000100 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: 0x2000000 bytes at 0x60000100"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000000>;"),
	 "/chosen/a: xen,static-mem: 8 bytes are not entries of 2 + 2 cells"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x90000000 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: 0x2000000 bytes at 0x90000000"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x40000000 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: RAM 0x40000000-0x41ffffff overlaps the hypervisor "
	 "0x40200000-0x4027ffff"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x48000000 0 0x2000000>;"),
	 "/chosen/a: xen,static-mem: RAM 0x48000000-0x49ffffff overlaps the host device tree"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x70000000 0 0x2000000>;"),
	 "/chosen/a/k: reg: 0x70000000, but the guest expects it at 0x70080000"},
	{PARTITION("a", GOOD "nr_spis = <961>;"), "/chosen/a: nr_spis: 961"},
	{PARTITION("a", GOOD "trap-unmapped-accesses = <2>;"),
	 "/chosen/a: trap-unmapped-accesses: <2>"},
	{PARTITION("a", GOOD "xen,enhanced = \"enabled\";"),
	 "/chosen/a: xen,enhanced: not supported"},
	{PARTITION("a", GOOD "memroy = <1>;"),
	 "/chosen/a: memroy: unknown property; did you mean 'memory'?"},
	{PARTITION("a", GOOD "something-else;"), "/chosen/a: something-else: unknown property"},
	{"bulkhead,housekeeping-cpu = <77>; " PARTITION("a", GOOD),
	 "/chosen: bulkhead,housekeeping-cpu: names no CPU"},
	{"bulkhead,console-escape = \"O\"; " PARTITION("a", GOOD),
	 "/chosen: bulkhead,console-escape: \"O\""},
	{"bulkhead,console-escap = \"^A\"; " PARTITION("a", GOOD),
	 "/chosen: bulkhead,console-escap: unknown property; did you mean "
	 "'bulkhead,console-escape'?"},
	{"d { compatible = \"multiboot,kernel\"; }; " PARTITION("a", GOOD),
	 "/chosen/d: compatible: a kernel directly below /chosen; Bulkhead has no dom0"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD "};", "/chosen/a: no kernel"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "x { compatible = \"multiboot,kernel\"; }; };",
	 "/chosen/a/x: compatible: a second one"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x10000000") "};",
	 "/chosen/a/k: reg: 0x8000 bytes at 0x10000000"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x7ffff000") "};",
	 "/chosen/a/k: reg: 0x8000 bytes at 0x7ffff000"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x40200000") "};",
	 "/chosen/a/k: reg: 0x40200000-0x40207fff overlaps the hypervisor"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE("0x77000000") "};",
	 "/chosen/a/k: reg: no kernel at 0x77000000: it begins 00 00 00 00"},
	{"a { compatible = \"xen,domain\"; " GOOD "k { compatible = \"multiboot,kernel\"; }; };",
	 "/chosen/a/k: reg: missing"},
	{"a { compatible = \"xen,domain\"; #address-cells = <0>; " GOOD
	 "k { compatible = \"multiboot,kernel\"; reg = <1>; }; };",
	 "/chosen/a/k: reg: missing"},
	{"a { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; " GOOD
	 "k { compatible = \"multiboot,kernel\"; reg = <0 0x70000000 0xffffffff 0xffffffff>; }; };",
	 "/chosen/a/k: reg: 0xffffffffffffffff bytes at 0x70000000"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "r { compatible = \"multiboot,ramdisk\"; reg = <0 0x70004000 0 "
			       "0x8000>; }; };",
	 "/chosen/a/r: reg: 0x70004000-0x7000bfff overlaps module of a (/chosen/a/k) "
	 "0x70000000-0x70007fff"},
	{PARTITION("a", GOOD "passthrough = \"maybe\";"), "/chosen/a: passthrough: \"maybe\""},
	{PARTITION("a",
		   GOOD "passthrough = \"disabled\"; bulkhead,passthrough = \"/pl031@9010000\";"),
	 "/chosen/a: passthrough: \"disabled\", but 1 devices are"},
	{PARTITION("a", GOOD "direct-map = <1>;"), "/chosen/a: direct-map: has a value of 4 bytes"},
	{PARTITION("a", GOOD "trap-unmapped-accesses;"),
	 "/chosen/a: trap-unmapped-accesses: 0 bytes"},
	{PARTITION("a", GOOD "nr_spis;"), "/chosen/a: nr_spis: 0 bytes"},
	{PARTITION("a", GOOD "nr_spis = <1>; bulkhead,passthrough = \"/pl031@9010000\";"),
	 "/chosen/a: nr_spis: 1, but SPI 2 is in use"},
	{PARTITION("a", GOOD "sve = <100>;"), "/chosen/a: sve: 100"},
	{PARTITION("a", GOOD "sve = <4096>;"), "/chosen/a: sve: 4096"},
	{PARTITION("a", GOOD "sve;"), "/chosen/a: sve: 0 bytes"},
	{PARTITION("a", GOOD "llc-colors = \"\";"), "/chosen/a: llc-colors: \"\""},
	{PARTITION("a", GOOD "llc-colors = \"5-3\";"), "/chosen/a: llc-colors: \"5-3\""},
	{PARTITION("a", GOOD "llc-colors = \"0-64\";"), "/chosen/a: llc-colors: \"0-64\""},
	{PARTITION("a", GOOD "llc-colors = \"0;1\";"), "/chosen/a: llc-colors: \"0;1\""},
	{PARTITION("a", GOOD "llc-colors = \"1,\";"), "/chosen/a: llc-colors: \"1,\""},
	{PARTITION("a", GOOD "llc-colors = \"100\";"), "/chosen/a: llc-colors: \"100\""},
	{PARTITION("a", GOOD "llc-colors = <1>;"), "/chosen/a: llc-colors: \"\""},
	{PARTITION("a", GOOD "xen,sci_type = \"smmu\";"),
	 "/chosen/a: xen,sci_type: \"smmu\" is not \"none\" or \"scmi_smc\""},
	{PARTITION("a", GOOD "bulkhead,irq-mode = \"fast\";"),
	 "/chosen/a: bulkhead,irq-mode: \"fast\" is not \"virtual\" or \"direct\""},
	{PARTITION("a", GOOD "bulkhead,irq-mode = <1>;"), "/chosen/a: bulkhead,irq-mode: \"\""},
	{PARTITION("a", GOOD "bulkhead,direct-sgi = \"closed\";"),
	 "/chosen/a: bulkhead,direct-sgi: \"closed\" is not"},
	{PARTITION("a", GOOD "bulkhead,direct-sgi = \"open\";"),
	 "/chosen/a: bulkhead,direct-sgi: without direct mode"},
	{PARTITION("a", GOOD "bulkhead,on-shutdown = \"halt\";"),
	 "/chosen/a: bulkhead,on-shutdown: \"halt\" is not \"stop\", \"restart\" or "
	 "\"reset-board\""},
	{PARTITION("a", GOOD "bulkhead,on-reset = \"x\";"),
	 "/chosen/a: bulkhead,on-reset: \"x\" is not"},
	{PARTITION("a", GOOD "bulkhead,on-crash = \"x\";"),
	 "/chosen/a: bulkhead,on-crash: \"x\" is not"},
	{PARTITION("a", GOOD "bulkhead,on-watchdog = \"x\";"),
	 "/chosen/a: bulkhead,on-watchdog: \"x\" is not"},
	{PARTITION("a", GOOD "bulkhead,restart-limit = <3>;"),
	 "/chosen/a: bulkhead,restart-limit: 4 bytes"},
	{PARTITION("a", GOOD "bulkhead,restart-limit = <0 1000>;"),
	 "/chosen/a: bulkhead,restart-limit: a zero"},
	{PARTITION("a", GOOD "bulkhead,restart-limit = <3 0>;"),
	 "/chosen/a: bulkhead,restart-limit: a zero"},
	{PARTITION("a", GOOD "bulkhead,restart-limit = <17 1000>;"),
	 "/chosen/a: bulkhead,restart-limit: 17 restarts; at most 16 restarts count"},
	{PARTITION("a", GOOD "bulkhead,smc-allow;"), "/chosen/a: bulkhead,smc-allow: 0 bytes"},
	{PARTITION("a", GOOD "bulkhead,smc-allow = <0x02000000>;"),
	 "/chosen/a: bulkhead,smc-allow: 0x2000000 to 0x2000000"},
	{PARTITION("a", GOOD "bulkhead,smc-allow = <0x84000009>;"),
	 "/chosen/a: bulkhead,smc-allow: 0x84000009 to 0x84000009; PSCI belongs"},
	{PARTITION("a", GOOD "bulkhead,smc-allow-ranges = <0xc2000000>;"),
	 "/chosen/a: bulkhead,smc-allow-ranges: 4 bytes"},
	{PARTITION("a", GOOD "bulkhead,smc-allow-ranges = <0xc2000002 0xc2000001>;"),
	 "/chosen/a: bulkhead,smc-allow-ranges: 0xc2000002 to 0xc2000001"},
	{PARTITION("a", GOOD "bulkhead,smc-allow-ranges = <0x82000000 0x86000000>;"),
	 "/chosen/a: bulkhead,smc-allow-ranges: 0x82000000 to 0x86000000; PSCI belongs"},
	{PARTITION("a", GOOD "bulkhead,smc-allow-ranges = <0xc2000000 0xc6000000>;"),
	 "/chosen/a: bulkhead,smc-allow-ranges: 0xc2000000 to 0xc6000000; PSCI belongs"},
	{PARTITION("a", GOOD
		   "bulkhead,smc-allow = <0xc2000000 0xc2000001 0xc2000002 0xc2000003 0xc2000004 "
		   "0xc2000005 0xc2000006 0xc2000007 0xc2000008 0xc2000009 0xc200000a 0xc200000b "
		   "0xc200000c 0xc200000d 0xc200000e 0xc200000f 0xc2000010>;"),
	 "/chosen/a: bulkhead,smc-allow: one too many"},
	{PARTITION("a", GOOD "bulkhead,watchdog = <1>;"),
	 "/chosen/a: bulkhead,watchdog: has a value of 4 bytes"},
	{PARTITION("a", GOOD "bulkhead,panic-device = \"yes\";"),
	 "/chosen/a: bulkhead,panic-device: has a value of 4 bytes"},
	{PARTITION("a", GOOD "bulkhead,supervises;"), "/chosen/a: bulkhead,supervises: 0 bytes"},
	{PARTITION("a", GOOD "bulkhead,supervises = <&{/chosen/a}>;"),
	 "/chosen/a: bulkhead,supervises: entry 0 names no other partition"},
	{PARTITION("a", GOOD "bulkhead,supervises = <77>;"),
	 "/chosen/a: bulkhead,supervises: entry 0 names no other partition"},
	{PARTITION("a", GOOD "max_grant_version = <1>;"),
	 "/chosen/a: max_grant_version: not supported"},
	{PARTITION("a", GOOD "max_grant_frames = <1>;"),
	 "/chosen/a: max_grant_frames: not supported"},
	{PARTITION("a", GOOD "max_maptrack_frames = <1>;"),
	 "/chosen/a: max_maptrack_frames: not supported"},
	{PARTITION("a", GOOD "xen,domain-p2m-mem-mb = <8>;"),
	 "/chosen/a: xen,domain-p2m-mem-mb: not supported"},
	{PARTITION("a", GOOD "domain-cpupool = <&{/cpus}>;"),
	 "/chosen/a: domain-cpupool: not supported; Bulkhead has no Xen hypercalls, grants, CPU "
	 "pools or capabilities; name the CPUs with bulkhead,cpus"},
	{PARTITION("a", GOOD "capabilities = <1>;"), "/chosen/a: capabilities: not supported"},
	{PARTITION("a", GOOD "v8r_el1_msa = \"pmsa\";"), "/chosen/a: v8r_el1_msa: not supported"},
	{PARTITION("a", GOOD "label = <1>;"), "/chosen/a: label: \"\" has 0"},
	{PARTITION("a", GOOD "label = \"b\", \"c\";"), "/chosen/a: label: \"\" has 0"},
	{PARTITION("a", GOOD "label = \"\";"), "/chosen/a: label: \"\" has 0"},
	{PARTITION("a", GOOD "bulkhead,passthrough = <1>;"),
	 "/chosen/a: bulkhead,passthrough: not strings"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"\";"),
	 "/chosen/a: bulkhead,passthrough: there is no \"\""},
	{PARTITION("a", GOOD "bulkhead,passthrough;"),
	 "/chosen/a: bulkhead,passthrough: not strings"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/nowhere\";"),
	 "/chosen/a: bulkhead,passthrough: there is no \"/nowhere\""},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"rtc0\";"),
	 "/chosen/a: bulkhead,passthrough: there is no \"rtc0\""},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/\";"),
	 "/chosen/a: bulkhead,passthrough: there is no \"/\""},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/cpus\";"),
	 "/chosen/a: bulkhead,passthrough: /cpus is the board's own"},
	{"}; nothing { }; chosen { " PARTITION("a", GOOD "bulkhead,passthrough = \"/nothing\";"),
	 "/chosen/a: bulkhead,passthrough: /nothing is no device"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/platform-bus@c000000\";"),
	 "/chosen/a: bulkhead,passthrough: \"/platform-bus@c000000\" is a bus"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/virtio_mmio@a000000\";"),
	 "/chosen/a: bulkhead,passthrough: virtio_mmio@a000000 is not known to do without DMA"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/pl011@9000000\";"),
	 "/chosen/a: bulkhead,passthrough: /pl011@9000000 is the board's own"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/timer\";"),
	 "/chosen/a: bulkhead,passthrough: /timer is the board's own"},
	{PARTITION("a", GOOD "bulkhead,passthrough = \"/pl031@9010000\";")
		 PARTITION("b", GOOD "bulkhead,passthrough = \"/pl031@9010000\";"),
	 "/chosen/b: bulkhead,passthrough: /pl031@9010000 already belongs to a"},
	{PARTITION("a", GOOD "bulkhead,irq-mode = \"direct\"; bulkhead,direct-sgi = \"open\";")
		 PARTITION("b", GOOD "bulkhead,irq-mode = \"direct\";"),
	 "/chosen/a: bulkhead,direct-sgi: 2 partitions are in direct mode"},
	{PARTITION("a", "cpus = <4>; memory = <0 0x10000>; bulkhead,irq-mode = \"direct\";"),
	 "/chosen: bulkhead,housekeeping-cpu: all CPUs are in direct mode"},
	{"bulkhead,housekeeping-cpu = <&{/cpus/cpu@0}>; " PARTITION(
		 "a", GOOD "bulkhead,irq-mode = \"direct\";"),
	 "/chosen: bulkhead,housekeeping-cpu: CPU 0 belongs to a"},
	{PARTITION("a", "cpus = <1>; llc-colors = \"0\"; "
			"xen,static-mem = <0 0x60000000 0 0x4000000>;"),
	 "/chosen/a: llc-colors: both are there"},
	{PARTITION("a", GOOD "xen,static-mem = <0 0x60000000 0 0x1000 0 0x60001000 0 0x1000 0 "
			     "0x60002000 0 0x1000 0 0x60003000 0 0x1000 0 0x60004000 0 0x1000 0 "
			     "0x60005000 0 0x1000 0 0x60006000 0 0x1000 0 0x60007000 0 0x1000 0 "
			     "0x60008000 0 0x1000 0 0x60009000 0 0x1000 0 0x6000a000 0 0x1000 0 "
			     "0x6000b000 0 0x1000 0 0x6000c000 0 0x1000 0 0x6000d000 0 0x1000 0 "
			     "0x6000e000 0 0x1000 0 0x6000f000 0 0x1000 0 0x60010000 0 0x1000>;"),
	 "/chosen/a: xen,static-mem: one range too many"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000000 0 0x4000000>;")
		 PARTITION("b", "cpus = <1>; xen,static-mem = <0 0x62000000 0 0x4000000>;"),
	 "/chosen/b: xen,static-mem: RAM 0x62000000-0x65ffffff overlaps RAM of a "
	 "0x60000000-0x63ffffff"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0xffffffff 0xfffff000 0 0x1000>;"),
	 "/chosen/a: xen,static-mem: 0x1000 bytes at 0xfffffffffffff000"},
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000000 0xffffffff 0xfffff000>;"),
	 "/chosen/a: xen,static-mem: 0xfffffffffffff000 bytes at 0x60000000"},
	{PARTITION("a", "cpus = <1>; direct-map; xen,static-mem = <0 0x60000000 0 0x4000000>; "
			"vpl011; bulkhead,passthrough = \"/pl031@9010000\";")
		 PARTITION("b", "cpus = <2>; direct-map; bulkhead,cpus = <&{/cpus/cpu@1}>; "
				"xen,static-mem = <0 0x50000000 0 0x4000000>;"),
	 "/chosen/b: cpus: 2, but 1 are named by bulkhead,cpus"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <64>; hard-affinity = \"1\"; "
			       "}; };",
	 "/chosen/a/v: id: missing, or too large"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"1-3\"; "
			       "}; };",
	 "/chosen/a/v: hard-affinity: \"1-3\""},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"9\"; "
			       "}; };",
	 "/chosen/a/v: hard-affinity: 9, but there are 4"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <1>; hard-affinity = \"1\"; "
			       "}; };",
	 "/chosen/a: 1 of 2 vCPUs have a xen,vcpu node"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"1\"; }; "
			       "w { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"2\"; "
			       "soft-affinity = \"2\"; }; };",
	 "/chosen/a/w: id: vCPU 0 stands twice"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"1\"; "
			       "hard-affinit = \"2\"; }; };",
	 "/chosen/a/v: hard-affinit: unknown property; did you mean 'hard-affinity'?"},
	{"a { compatible = \"bulkhead,partition\"; memory = <0 0x10000>; bulkhead,cpus = "
	 "<&{/cpus/cpu@0}>; " MODULE("0x70000000") "v { compatible = \"xen,vcpu\"; id = <0>; "
						   "hard-affinity = \"1\"; }; };",
	 "/chosen/a: bulkhead,cpus: both are there"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE(
		 "0x70000000") "e { compatible = \"xen,evtchn-v1\"; }; };",
	 "/chosen/a/e: compatible: \"xen,evtchn-v1\"; Bulkhead has no Xen event channels"},
	{"a { compatible = \"bulkhead,partition\"; " GOOD MODULE("0x70000000") "e { }; };",
	 "/chosen/a/e: compatible: \"\""},
	{"c { compatible = \"bulkhead,chanel\"; }; " PARTITION("a", GOOD),
	 "/chosen/c: compatible: \"bulkhead,chanel\" is unknown"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "r { compatible = \"multiboot,ramdisk\"; reg = <0 0x71000000 0 "
			       "0x8000>; bootargs = \"quiet\"; }; };",
	 "/chosen/a/r: bootargs: on another module"},
	{"a { compatible = \"xen,domain\"; " GOOD
	 "k { compatible = \"multiboot,kernel\"; bulkhead,file = \"x\"; }; };",
	 "/chosen/a/k: bulkhead,file: names a file"},
	{"a { compatible = \"xen,domain\"; " GOOD MODULE(
		 "0x70000000") "r { compatible = \"multiboot,ramdisk\"; regs = <1>; }; };",
	 "/chosen/a/r: regs: unknown property; did you mean 'reg'?"},
	{"a { compatible = \"xen,domain\"; #address-cells = <2>; #size-cells = <2>; " GOOD
	 "k { compatible = \"multiboot,kernel\"; reg = <0 0x70000000 0 0x8000>; bootargs = <1>; };"
	 " };",
	 "/chosen/a/k: bootargs: not a string"},
};

/* Accepted; the line, when there is one, must be in the report all the same. */
static const struct row accepted[] = {
	{PARTITION("a", "cpus = <1>; xen,static-mem = <0 0x60000000 0 0x4000000>; direct-map;"),
	 NULL},
	{PARTITION("a", "cpus = <1>; memory = <0x10000>;"), NULL},
	{PARTITION("a", GOOD "nr_spis = <960>;"), NULL},
	{PARTITION("a", GOOD "nr_spis = <0>;"), NULL},
	{PARTITION("a", GOOD "passthrough = \"enabled\";"), NULL},
	{PARTITION("a", GOOD "sve = <0>;"), NULL},
	{PARTITION("a", GOOD "sve = <256>;"), NULL},
	{PARTITION("a", GOOD "llc-colors = \"0-3,5,63\";"),
	 "/chosen/a: llc-colors: cache colouring is planned but not supported"},
	{PARTITION("a", GOOD "xen,sci_type = \"none\";"), NULL},
	{PARTITION("a", GOOD "xen,sci_type = \"scmi_smc\";"),
	 "/chosen/a: xen,sci_type: scmi_smc is planned but not supported"},
	{PARTITION("a", GOOD "bulkhead,irq-mode = \"virtual\"; bulkhead,direct-sgi = \"trap\";"),
	 NULL},
	{PARTITION("a", GOOD "bulkhead,irq-mode = \"direct\"; bulkhead,direct-sgi = \"open\";"),
	 NULL},
	{PARTITION("a", GOOD "bulkhead,on-shutdown = \"stop\"; bulkhead,on-reset = \"stop\"; "
			     "bulkhead,on-crash = \"stop\";"),
	 NULL},
	{PARTITION("a", GOOD "bulkhead,on-shutdown = \"restart\"; "
			     "bulkhead,on-reset = \"reset-board\"; "
			     "bulkhead,on-crash = \"restart\";"),
	 NULL},
	{PARTITION("a", GOOD "bulkhead,on-watchdog = \"restart\";"),
	 "/chosen/a: bulkhead,on-watchdog: without a watchdog"},
	{PARTITION("a", GOOD "bulkhead,watchdog; bulkhead,on-watchdog = \"restart\";"), NULL},
	{PARTITION("a", GOOD "bulkhead,panic-device;"), NULL},
	{PARTITION("a", GOOD "bulkhead,restart-limit = <16 60000>;"), NULL},
	{PARTITION("a", GOOD "bulkhead,smc-allow = <0xc2000001 0x82000002>; "
			     "bulkhead,smc-allow-ranges = <0xc2000010 0xc200001f>;"),
	 "/chosen/a: bulkhead,smc-allow: passing SMCs to firmware is planned but not supported"},
	{PARTITION("a", GOOD) PARTITION("b", GOOD "bulkhead,supervises = <&{/chosen/a}>;"), NULL},
	{PARTITION("a", GOOD "xen,enhanced = \"disabled\"; max_grant_version = <0>; "
			     "max_grant_frames = <0>; max_maptrack_frames = <0>; "
			     "xen,domain-p2m-mem-mb = <0>; domain-cpupool = <0>; "
			     "capabilities = <0>; v8r_el1_msa = \"disabled\";"),
	 NULL},
	{PARTITION("a", GOOD "domid = <1>; colors = <1>;"),
	 "/chosen/a: colors: has no effect; neither Xen nor Bulkhead reads it; write llc-colors"},
	{"a { compatible = \"bulkhead,partition\"; memory = <0 0x10000>; " MODULE(
		 "0x70000000") "v { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"3\"; }; "
			       "w { compatible = \"xen,vcpu\"; id = <1>; hard-affinity = \"1\"; }; "
			       "};",
	 NULL},
	{PARTITION("a", GOOD) "b { compatible = \"bulkhead,partition\"; status = \"disabled\"; };",
	 "/chosen/b: status: switched off: it is left out"},
	{PARTITION("a", GOOD) "opaque { };", "/chosen/opaque: not part of the binding"},
	{"xen,xen-bootargs = \"console=dtuart\"; xen,dom0-bootargs = \"x\"; bootargs = "
	 "\"y\"; " PARTITION("a", GOOD),
	 "/chosen: xen,xen-bootargs: Xen's options are ignored"},
	{"bulkhead,housekeeping-cpu = <&{/cpus/cpu@3}>; bulkhead,console-escape = "
	 "\"^A\"; " PARTITION("a", GOOD),
	 NULL},
};

static void refused_systems(void **state)
{
	(void)state;
	check_refused(ROWS(refused));
}

static void accepted_systems(void **state)
{
	(void)state;
	check_accepted(ROWS(accepted));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(refused_systems, planning_set_up),
		cmocka_unit_test_setup(accepted_systems, planning_set_up),
	};

	return cmocka_run_group_tests_name("rules", tests, NULL, NULL);
}
