/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/guests/lib/calls.h"

bool calls_by_smc;

int64_t call(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t x[4] = {function, a, b, c};

	smccc(calls_by_smc, x);
	return (int64_t)x[0];
}
