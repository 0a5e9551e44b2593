/* SPDX-License-Identifier: Apache-2.0 */
/* No device tree makes the planner crash, hang, accept in error or refuse in silence. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)fuzz_plan(data, size);
	return 0;
}
