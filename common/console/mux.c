/* SPDX-License-Identifier: Apache-2.0 */
#include "common/console/mux.h"

#include <stddef.h>
#include <string.h>

#include "common/arch.h"
#include "common/console/log.h"
#include "common/console/mux_input.h"
#include "common/console/slot.h"
#include "common/console/stage.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"
#include "common/run/view.h"

/* Part of a second in which the deepest FIFO has left the slowest usual UART (9600 baud). */
#define LAST_FIFO 10

static struct console_mux *const mux = &housekeeping.mux;

/* Bytes that wait in a ring whose reader we are. Acquire: they are there. */
static uint32_t waiting(const _Atomic uint32_t *written, const _Atomic uint32_t *read)
{
	return atomic_load_explicit(written, memory_order_acquire) -
	       atomic_load_explicit(read, memory_order_relaxed);
}

/* Gives count bytes of a ring back. Release: they were read before. */
static void consume(_Atomic uint32_t *read, uint32_t count)
{
	mux->work += count;
	atomic_store_explicit(read, atomic_load_explicit(read, memory_order_relaxed) + count,
			      memory_order_release);
}

/* Wakes a partition's guest if it waits for room and half of the ring is empty. */
static void wake_waiting(uint32_t partition)
{
	const struct console_slot *const slot = &console_slots[partition];

	/* Half of it at least, so that a fast writer costs few kicks. */
	if (atomic_load_explicit(&slot->out.wants_room, memory_order_relaxed) != 0 &&
	    waiting(&slot->out.output_written, &slot->in.output_read) < CONSOLE_OUTPUT_SIZE / 2)
		mux_poke_partition(partition);
}

/* A partition's output has been read. */
static void consume_output(uint32_t partition, uint32_t count)
{
	consume(&console_slots[partition].in.output_read, count);
	mux->searched[partition] = 0;
	wake_waiting(partition);
}

/*
 * Length of the line that a ring holds at its reading end, with its newline: 0 when it is not yet
 * finished, at most CONSOLE_LONG_LINE. What the writer claims to have written is bounded by that.
 * searched: bytes of it that are known to hold no newline, so that none is looked at twice.
 */
static uint32_t line_length(const uint8_t *ring, uint32_t ring_size, uint32_t read,
			    uint32_t available, uint16_t *searched)
{
	for (; *searched < available && *searched < CONSOLE_LONG_LINE; ++*searched)
		if (ring[(read + *searched) % ring_size] == '\n')
			return *searched + 1U;
	return available >= CONSOLE_LONG_LINE ? CONSOLE_LONG_LINE : 0;
}

/* Stages a line of a ring, less its line end. */
static void stage_line(const uint8_t *ring, uint32_t ring_size, uint32_t read, uint32_t length)
{
	struct filter filter = {0};

	for (uint32_t i = 0; i < length; i++) {
		const uint8_t byte = ring[(read + i) % ring_size];

		if (byte != '\n' && byte != '\r')
			stage_byte(filter_plain(&filter, byte));
	}
	stage_text("\r\n");
}

/* The next event of a partition, in words; false: there is none. */
static bool next_event(uint32_t partition)
{
	if (view_events(partition) == mux->events_shown[partition])
		return false;
	mux->log_partition = partition;
	arch_on_demand(log_gate);
	mux->work += CONSOLE_LONG_LINE;
	return true;
}

/* A whole line of a partition without the focus; false: there is none. */
static bool next_other_line(uint32_t partition)
{
	struct console_slot *const slot = &console_slots[partition];
	const uint32_t read = atomic_load_explicit(&slot->in.output_read, memory_order_relaxed);
	const uint32_t available = waiting(&slot->out.output_written, &slot->in.output_read);
	const uint32_t length = line_length(slot->out.output, CONSOLE_OUTPUT_RING, read, available,
					    &mux->searched[partition]);

	if (length == 0)
		return false;
	stage_hide_unfinished();
	stage_name(partition);
	stage_line(slot->out.output, CONSOLE_OUTPUT_RING, read, length);
	stage_show_unfinished();
	consume_output(partition, length);
	return true;
}

/*
 * What the partition with the focus has written, finished line or not. False: nothing to be shown,
 * for a carriage return alone shows nothing yet.
 */
static bool next_focused_text(void)
{
	struct console_slot *const slot = &console_slots[mux->focus];
	const uint32_t read = atomic_load_explicit(&slot->in.output_read, memory_order_relaxed);
	const uint32_t available = waiting(&slot->out.output_written, &slot->in.output_read);
	uint32_t taken = 0;

	/* Up to the end of the line, so that the others get their turn. */
	while (taken < available && taken < CONSOLE_LONG_LINE && stage_size() < CONSOLE_LONG_LINE) {
		const uint8_t byte = slot->out.output[(read + taken++) % CONSOLE_OUTPUT_RING];

		stage_focused_byte(byte);
		if (byte == '\n')
			break;
	}
	if (taken > 0)
		consume_output(mux->focus, taken);
	return !stage_is_empty();
}

/* What there is of a partition next: its output up to an event comes before that. */
static bool next_text_of(uint32_t partition)
{
	const struct console_slot *const slot = &console_slots[partition];
	const uint32_t next = mux->events_shown[partition] % HEALTH_EVENTS;
	const uint32_t after = partition_view(partition)->health.events[next].after;
	const uint32_t read = atomic_load_explicit(&slot->in.output_read, memory_order_relaxed);
	const bool is_event_due = (int32_t)(read - after) >= 0;

	if (is_event_due && next_event(partition))
		return true;
	if (partition == mux->focus && !mux->monitor.is_open ? next_focused_text()
							     : next_other_line(partition))
		return true;
	return !is_event_due && next_event(partition);
}

/* What the monitor has to say, when it has something to do. */
static bool next_monitor_text(void)
{
	if (mux->monitor.is_due)
		arch_on_demand(monitor_gate);
	return !stage_is_empty();
}

/* Fills the empty stage with the next text, round robin. False: nothing is to be shown. */
static bool next_text(void)
{
	const uint32_t sources = mux->partitions + 1;

	for (uint32_t i = 0; i < sources; i++) {
		const uint32_t source = (mux->next + i) % sources;

		if (source < mux->partitions ? next_text_of(source) : next_monitor_text()) {
			mux->next = (source + 1) % sources;
			mux->work += CONSOLE_TEXT_WORK;
			return true;
		}
	}
	return false;
}

/* Tells all partitions whether a kick is needed to be heard. */
static void set_draining(bool is_draining)
{
	for (uint32_t i = 0; i < mux->partitions; i++)
		atomic_store_explicit(&console_slots[i].in.is_draining, is_draining,
				      memory_order_relaxed);
}

/* Whether something may go to the UART now: it is in the stage, or the allowance reaches for it. */
static bool has_text(void)
{
	return mux->work < CONSOLE_PERIOD_WORK && (!stage_is_empty() || next_text());
}

/* Writes what there is, as far as FIFO and allowance reach. */
static void write_text(void)
{
	for (uint32_t i = 0, room = 0; i < CONSOLE_DRAIN_LIMIT && has_text(); i++, room--) {
		room = room != 0 ? room : uart_room(&mux->uart);
		if (room == 0)
			break;
		uart_write(&mux->uart, stage_take());
		mux->work++;
	}
	/*
	 * The transmit interrupt says when the FIFO has room for the rest; when the allowance is
	 * used up, the alarm does.
	 */
	uart_set_interrupts(&mux->uart, has_text());
}

/* The next period begins. */
static void set_alarm(void)
{
	housekeeping_set_timer(TIMER_CONSOLE, arch_counter() + mux->period);
}

static bool is_reset_asked(void)
{
	for (uint32_t i = 0; i < mux->partitions; i++)
		if (atomic_load_explicit(&console_slots[i].out.board_reset, memory_order_acquire))
			return true;
	return false;
}

/*
 * Resets the board, when a partition's policy has asked for it and all has been said: a FIFO's time
 * after the last text, but a second after the request at most.
 */
static void reset_if_asked(bool is_quiet)
{
	const uint64_t now = arch_counter();
	const uint64_t second = arch_counter_frequency();

	if (!is_reset_asked())
		return;
	if (mux->reset_at == 0)
		mux->reset_at = now + second - second / LAST_FIFO;
	if (is_quiet && !mux->is_all_said) {
		mux->is_all_said = true;
		mux->reset_at = now + second / LAST_FIFO;
	}
	if (now >= mux->reset_at || mux->uart.type == NULL)
		arch_reset_board();
	set_alarm();
}

/* Without a UART the events are only recorded. */
static void record_events(void)
{
	for (uint32_t i = 0; i < mux->partitions; i++)
		for (uint32_t n = 0; n < HEALTH_EVENTS && next_event(i); n++)
			stage_clear();
}

void console_mux_drain(void)
{
	if (mux->uart.type == NULL) {
		record_events();
		reset_if_asked(true);
	}
	if (mux->uart.type == NULL || mux->is_draining)
		return;
	mux->work = 0;
	write_text();
	if (mux->work == 0 && stage_is_empty()) {
		/* One that filled its ring just before it was emptied asked too late. */
		for (uint32_t i = 0; i < mux->partitions; i++)
			wake_waiting(i);
		reset_if_asked(true);
		return;
	}
	mux->is_draining = true;
	set_draining(true);
	set_alarm();
}

void console_mux_alarm(void)
{
	mux->work = 0;
	write_text();
	if (mux->work != 0 || !stage_is_empty()) {
		set_alarm();
		reset_if_asked(false);
		return;
	}
	mux->is_draining = false;
	set_draining(false);
	/* Pairs with console_notify(): a writer that still saw "draining" is seen here. */
	atomic_thread_fence(memory_order_seq_cst);
	console_mux_drain();
}

void console_mux_refresh(void)
{
	mux->monitor.is_due = true;
	console_mux_drain();
}

void console_mux_interrupt(void)
{
	uint8_t byte;

	for (unsigned i = 0; i < CONSOLE_READ_LIMIT && uart_read(&mux->uart, &byte); i++)
		mux_receive(byte);
	if (mux->is_draining)
		write_text();
	else
		console_mux_drain();
}
