/* SPDX-License-Identifier: Apache-2.0 */
/* What all unit tests of the virtual GIC begin with. */
#ifndef BULKHEAD_TESTS_VGIC_UNIT_H
#define BULKHEAD_TESTS_VGIC_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/vgic/setup.h"

/* A broken invariant fails the test that broke it. */
static void fail_test(const char *reason)
{
	machine_hooks.failed = NULL;
	fail_msg("%s", reason);
}

static int begin_test(void **state)
{
	(void)state;
	machine_hooks = (struct machine_hooks){.failed = fail_test};
	return 0;
}

/* All tests of a file, which start from a machine of their own each. */
#define run_vgic_tests(tests)                                                                      \
	({                                                                                         \
		for (size_t i_ = 0; i_ < sizeof(tests) / sizeof((tests)[0]); i_++)                 \
			(tests)[i_].setup_func = begin_test;                                       \
		cmocka_run_group_tests(tests, NULL, NULL);                                         \
	})

#endif
