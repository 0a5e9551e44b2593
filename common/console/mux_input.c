/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/mux_input.h"

#include "common/arch.h"
#include "common/console/mux.h"
#include "common/console/slot.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"

static struct console_mux *const mux = &housekeeping.mux;

/* Whether the guest of a direct partition is to be interrupted. */
static bool wants_interrupt(const struct console_slot *slot)
{
	/* Pairs with console_want_interrupts(): who comes second sees what the other has written.
	 */
	atomic_thread_fence(memory_order_seq_cst);

	const uint32_t wants = atomic_load_explicit(&slot->out.interrupts, memory_order_relaxed);
	const uint32_t level = wants & CONSOLE_INTERRUPT_INPUT;
	const uint32_t input = atomic_load_explicit(&slot->in.input_written, memory_order_relaxed) -
			       atomic_load_explicit(&slot->out.input_read, memory_order_relaxed);
	const uint32_t output =
		atomic_load_explicit(&slot->out.output_written, memory_order_relaxed) -
		atomic_load_explicit(&slot->in.output_read, memory_order_relaxed);

	return (level != 0 && input >= level) ||
	       ((wants & CONSOLE_INTERRUPT_ROOM) != 0 && output < CONSOLE_OUTPUT_SIZE &&
		atomic_load_explicit(&slot->out.wants_room, memory_order_relaxed) != 0);
}

void mux_poke_partition(uint32_t partition)
{
	const struct plan_partition *const plan = &system_plan.partitions[partition];

	/* A kick even when it is this CPU's own partition: it is served when EL2 returns. */
	if (plan->direct_interrupts == 0)
		arch_kick_cpu(plan->cpus[0]);
	else if (wants_interrupt(&console_slots[partition]))
		arch_pend_interrupt(plan->uart_intid);
}

void mux_give_input(uint8_t byte)
{
	struct console_slot *const slot = &console_slots[mux->focus];
	const uint32_t at = atomic_load_explicit(&slot->in.input_written, memory_order_relaxed);

	if (at - atomic_load_explicit(&slot->out.input_read, memory_order_acquire) >=
	    CONSOLE_INPUT_SIZE)
		return;
	slot->in.input[at % CONSOLE_INPUT_SIZE] = byte;
	/* Release: the byte is there before the index says so. */
	atomic_store_explicit(&slot->in.input_written, at + 1, memory_order_release);
	mux_poke_partition(mux->focus);
}

void mux_receive(uint8_t byte)
{
	struct monitor *const monitor = &mux->monitor;
	const uint32_t waiting = monitor->typed - monitor->taken;

	/* What is typed behind the monitor's keys is meant for where they lead. */
	if (byte != mux->escape_key && !monitor->is_listening && waiting == 0) {
		mux_give_input(byte);
	} else if (waiting < MONITOR_KEYS) {
		monitor->keys[monitor->typed++ % MONITOR_KEYS] = byte;
		monitor->is_due = true;
	}
}
