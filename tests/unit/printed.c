/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/printed.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

char *printed;
size_t printed_size;

void capture(void (*print)(FILE *))
{
	FILE *out;

	free(printed);
	out = open_memstream(&printed, &printed_size);
	assert_non_null(out);
	print(out);
	assert_int_equal(fclose(out), 0);
}

void contains(const char *part)
{
	if (strstr(printed, part) == NULL)
		fail_msg("'%s' is missing in:\n%s", part, printed);
}

int printed_tear_down(void **state)
{
	(void)state;
	free(printed);
	printed = NULL;
	return 0;
}
