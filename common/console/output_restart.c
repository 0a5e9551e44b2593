/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/output.h"
#include "common/console/slot.h"

void console_forget(void)
{
	struct console_out *const out = &console_own_slot()->out;
	const uint32_t written = atomic_load_explicit(&out->output_written, memory_order_relaxed);
	const uint32_t typed =
		atomic_load_explicit(&console_own_slot()->in.input_written, memory_order_acquire);

	if (written != 0 && out->output[(written - 1) % CONSOLE_OUTPUT_RING] != '\n' &&
	    console_output_room() > 0)
		(void)console_output_put('\n');
	atomic_store_explicit(&out->input_read, typed, memory_order_release);
	console_output_got_room();
	console_want_interrupts(0);
}
