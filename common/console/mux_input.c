/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/mux_input.h"

#include "common/arch.h"
#include "common/console/mux.h"
#include "common/console/slot.h"
#include "common/console/stage.h"
#include "common/lib/format.h"
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

/* Appends a byte to the focused partition's input; without room it is dropped, as by a full FIFO.
 */
static void give_input(uint8_t byte)
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

/* A line of our own, between the lines of the others. */
static void say(const char *text)
{
	stage_hide_unfinished();
	stage_text("bulkhead: ");
	stage_text(text);
	stage_text("\r\n");
	stage_show_unfinished();
}

static void move_focus(uint32_t partition)
{
	char line[80];

	/* The old partition's unfinished line stays where it is. */
	stage_end_sequence();
	if (mux->is_on_line)
		stage_text("\r\n");
	mux->is_on_line = false;
	mux->carriage_return = false;
	atomic_store_explicit(&console_slots[mux->focus].in.has_focus, 0, memory_order_relaxed);
	mux->focus = partition;
	atomic_store_explicit(&console_slots[partition].in.has_focus, 1, memory_order_relaxed);
	(void)format(line, sizeof(line), "input goes to %s",
		     system_plan.partitions[partition].name);
	say(line);
}

/* How a key looks in a help text: ^O for 0x0f. */
static char key_letter(void)
{
	return (char)(mux->escape_key + '@');
}

static void help(void)
{
	char line[80];

	stage_hide_unfinished();
	for (uint32_t i = 0; i < mux->partitions && i < 10; i++) {
		(void)format(line, sizeof(line), "bulkhead: ^%c %u  %s%s\r\n", key_letter(),
			     (unsigned)i, system_plan.partitions[i].name,
			     i == mux->focus ? "  (has the input)" : "");
		stage_text(line);
	}
	(void)format(line, sizeof(line), "bulkhead: ^%c ^%c  sends ^%c to it\r\n", key_letter(),
		     key_letter(), key_letter());
	stage_text(line);
	stage_show_unfinished();
}

/* The key after the escape key. */
static void command(uint8_t byte)
{
	if (byte == mux->escape_key)
		give_input(byte);
	else if (byte >= '0' && byte <= '9' && (uint32_t)(byte - '0') < mux->partitions)
		move_focus((uint32_t)(byte - '0'));
	else
		help();
}

void mux_receive(uint8_t byte)
{
	if (mux->escape_pressed) {
		mux->escape_pressed = false;
		command(byte);
	} else if (byte == mux->escape_key) {
		mux->escape_pressed = true;
	} else {
		give_input(byte);
	}
}
