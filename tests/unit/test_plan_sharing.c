/* SPDX-License-Identifier: Apache-2.0 */
/* What partitions share on purpose: channels, links and Xen's shared memory. */
#include "tests/unit/planning.h"

/* Two partitions that share things, and what they share. */
#define TWO(in_a, in_b, beside)                                                                    \
	"a: a { compatible = \"bulkhead,partition\"; " GOOD MODULE("0x70000000") in_a              \
		" }; b: b { compatible = \"bulkhead,partition\"; " GOOD MODULE("0x70000000") in_b  \
		" }; " beside
#define CHANNEL(properties) "c { compatible = \"bulkhead,channel\"; " properties " };"
#define LINK(properties)    "c { compatible = \"bulkhead,net-link\"; " properties " };"
#define SHARED(properties)  "s { compatible = \"xen,domain-shared-memory-v1\"; " properties " };"
#define ENDS		    "bulkhead,partitions = <&{/chosen/a} &{/chosen/b}>; "

static const struct row refused[] = {
	{TWO("", "", CHANNEL("size = <0x1000>;")), "/chosen/c: bulkhead,partitions: missing"},
	{TWO("", "", CHANNEL("size = <0x1000>; bulkhead,partitions = <&{/chosen/a}>;")),
	 "/chosen/c: bulkhead,partitions: missing, or not two"},
	{TWO("", "",
	     CHANNEL("size = <0x1000>; bulkhead,partitions = <&{/chosen/a} &{/chosen/a}>;")),
	 "/chosen/c: bulkhead,partitions: missing, or not two"},
	{TWO("", "", CHANNEL("size = <0x1000>; bulkhead,partitions = <&{/chosen/a} 99>;")),
	 "/chosen/c: bulkhead,partitions: missing, or not two"},
	{TWO("", "", CHANNEL(ENDS)), "/chosen/c: size: missing, or 0x0"},
	{TWO("", "", CHANNEL(ENDS "size = <100>;")), "/chosen/c: size: missing, or 0x64"},
	{TWO("", "", CHANNEL(ENDS "size = <1 0x40000000>;")),
	 "/chosen/c: size: missing, or 0x140000000"},
	{TWO("", "", CHANNEL(ENDS "size = <0x40000000>;")),
	 "/chosen/a: no place is left for channel c"},
	{TWO("", "", CHANNEL(ENDS "size = <0x1000>; bulkhead,access = \"rw\";")),
	 "/chosen/c: bulkhead,access: other words, or not two"},
	{TWO("", "", CHANNEL(ENDS "size = <0x1000>; bulkhead,access = \"rw\", \"wo\";")),
	 "/chosen/c: bulkhead,access: other words, or not two"},
	{TWO("", "", CHANNEL(ENDS "size = <0x1000>; bulkhead,mac-addresses = [00];")),
	 "/chosen/c: bulkhead,mac-addresses: has no meaning here"},
	{TWO("", "", CHANNEL(ENDS "size = <0x1000>; sise = <1>;")),
	 "/chosen/c: sise: unknown property; did you mean 'size'?"},
	{TWO("", "", LINK(ENDS "size = <0x1000>;")), "/chosen/c: size: has no meaning here"},
	{TWO("", "", LINK(ENDS "bulkhead,mac-addresses = [00 11];")),
	 "/chosen/c: bulkhead,mac-addresses: 2 bytes"},
	{TWO("", "", LINK(ENDS "bulkhead,mac-addresses = [01 00 00 00 00 01 02 00 00 00 00 02];")),
	 "/chosen/c: bulkhead,mac-addresses: 12 bytes, or a multicast address"},
	{TWO(SHARED("xen,shared-mem = <0 0x50000000 0 0x30000000 0 0x1000>;"), "", ""),
	 "/chosen/a/s: xen,shm-id: \"\""},
	{TWO(SHARED("xen,shm-id = \"one\";"), "", ""), "/chosen/a/s: xen,shared-mem: missing"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <1 2 3>;"), "", ""),
	 "/chosen/a/s: xen,shared-mem: missing or of the wrong length"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x100>;"), "", ""),
	 "/chosen/a/s: xen,shared-mem: 0x100 bytes at guest address 0x30000000"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x90000000 0 0x30000000 0 0x1000>;"),
	     "", ""),
	 "/chosen/a/s: xen,shared-mem: 0x1000 bytes at 0x90000000"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x40200000 0 0x30000000 0 0x1000>;"),
	     "", ""),
	 "/chosen/a/s: xen,shared-mem: shared memory 0x40200000-0x40200fff overlaps the "
	 "hypervisor"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x40000000 0 0x1000>;"), "", ""),
	 "/chosen/a: shared memory of a 0x40000000-0x40000fff overlaps RAM of a"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>; role = "
		    "\"king\";"),
	     "", ""),
	 "/chosen/a/s: role: \"king\""},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>; "
		    "bulkhead,access = \"x\";"),
	     "", ""),
	 "/chosen/a/s: bulkhead,access: \"x\""},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>;"),
	     SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x2000>;"), ""),
	 "/chosen/b/s: xen,shared-mem: 0x2000 bytes, but a has 0x1000"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>;"),
	     SHARED("xen,shm-id = \"one\"; "
		    "xen,shared-mem = <0 0x50000000 0 0x30000000 0 0x1000>;"),
	     ""),
	 "/chosen/b/s: xen,shared-mem: 0x50000000, but a names 0x0"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>; role = "
		    "\"owner\";"),
	     SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>; role = "
		    "\"owner\";"),
	     ""),
	 "/chosen/b/s: role: a is the owner already"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>;") "t { "
										       "compatible "
										       "= "
										       "\"xen,"
										       "domain-"
										       "shared-"
										       "memory-"
										       "v1\"; "
										       "xen,shm-id "
										       "= \"one\"; "
										       "xen,shared-"
										       "mem = <0 "
										       "0x31000000 "
										       "0 0x1000>; "
										       "};",
	     "", ""),
	 "/chosen/a/t: xen,shm-id: \"one\" stands twice"},
};

static const struct row accepted[] = {
	{TWO("", "", CHANNEL(ENDS "size = <0x4000>; bulkhead,access = \"rw\", \"ro\";")),
	 "/chosen/c: compatible: bulkhead,channel is planned but not supported"},
	{TWO("", "", CHANNEL(ENDS "size = <0 0x4000>; label = \"pipe\";")), NULL},
	{TWO("", "", CHANNEL(ENDS "size = <1>; status = \"disabled\";")), NULL},
	{TWO("", "", LINK(ENDS "bulkhead,mac-addresses = [02 00 00 00 00 01 02 00 00 00 00 02];")),
	 "/chosen/c: compatible: bulkhead,net-link is planned but not supported"},
	{TWO("", "", LINK(ENDS)), NULL},
	{TWO("", "", "c { compatible = \"bulkhead,console-link\"; " ENDS "};"),
	 "/chosen/c: compatible: bulkhead,console-link is planned but not supported"},
	{TWO(SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x30000000 0 0x1000>; role = "
		    "\"owner\"; bulkhead,access = \"rw\";"),
	     SHARED("xen,shm-id = \"one\"; xen,shared-mem = <0 0x31000000 0 0x1000>; role = "
		    "\"borrower\"; bulkhead,access = \"ro\";"),
	     ""),
	 "/chosen/b/s: compatible: shared memory is planned but not supported"},
	{TWO(SHARED("xen,shm-id = \"one\"; "
		    "xen,shared-mem = <0 0x50000000 0 0x30000000 0 0x1000>;"),
	     SHARED("xen,shm-id = \"one\"; "
		    "xen,shared-mem = <0 0x50000000 0 0x30000000 0 0x1000>;"),
	     ""),
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

	return cmocka_run_group_tests_name("sharing", tests, NULL, NULL);
}
