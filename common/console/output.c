/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/output.h"

#include "common/arch.h"
#include "common/console/mux.h"
#include "common/console/slot.h"
#include "common/plan/system.h"
#include "common/run/partition.h"

/* Without a UART nobody reads the rings: what would go there is dropped. */
static bool is_headless(void)
{
	return system_plan.board.uart_intid == 0;
}

bool console_output_put(uint8_t byte)
{
	struct console_slot *const slot = console_own_slot();
	const uint32_t at = atomic_load_explicit(&slot->out.output_written, memory_order_relaxed);

	if (is_headless())
		return false;
	slot->out.output[at % CONSOLE_OUTPUT_RING] = byte;
	/* Release: the byte is there before the index says so. */
	atomic_store_explicit(&slot->out.output_written, at + 1, memory_order_release);

	/* Others' partial lines are held back anyway, unless they grow too long. */
	return byte == '\n' ||
	       atomic_load_explicit(&slot->in.has_focus, memory_order_relaxed) != 0 ||
	       (at + 1 - atomic_load_explicit(&slot->in.output_read, memory_order_relaxed)) %
			       CONSOLE_LONG_LINE ==
		       0;
}

void console_output_want_room(void)
{
	atomic_store_explicit(&console_own_slot()->out.wants_room, 1, memory_order_relaxed);
}

bool console_output_wanted_room(void)
{
	return atomic_load_explicit(&console_own_slot()->out.wants_room, memory_order_relaxed) != 0;
}

void console_output_got_room(void)
{
	atomic_store_explicit(&console_own_slot()->out.wants_room, 0, memory_order_relaxed);
}

void console_want_interrupts(uint32_t interrupts)
{
	struct console_slot *const slot = console_own_slot();

	if (atomic_load_explicit(&slot->out.interrupts, memory_order_relaxed) == interrupts)
		return;
	atomic_store_explicit(&slot->out.interrupts, interrupts, memory_order_relaxed);
	/* Housekeeping sees it, or the caller sees what housekeeping has just left. */
	atomic_thread_fence(memory_order_seq_cst);
}

uint8_t console_input_take(void)
{
	struct console_slot *const slot = console_own_slot();
	const uint32_t at = atomic_load_explicit(&slot->out.input_read, memory_order_relaxed);

	if (console_input_waiting() == 0)
		return 0;

	const uint8_t byte = slot->in.input[at % CONSOLE_INPUT_SIZE];

	/* Release: the byte was read before its place is given back. */
	atomic_store_explicit(&slot->out.input_read, at + 1, memory_order_release);
	return byte;
}

void console_ask_board_reset(void)
{
	/* Release: what has been logged before is seen first. */
	atomic_store_explicit(&console_own_slot()->out.board_reset, 1, memory_order_release);
	arch_kick_cpu(system_plan.housekeeping_cpu);
}

void console_notify(void)
{
	/*
	 * Sequentially consistent against console_mux: either it sees what was just written, or we
	 * see that it has stopped draining.
	 */
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_load_explicit(&console_own_slot()->in.is_draining, memory_order_relaxed) != 0)
		return;
	/* Also on that CPU itself: this may be the exception of a drain that it was in. */
	arch_kick_cpu(system_plan.housekeeping_cpu);
}
