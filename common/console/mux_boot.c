/* SPDX-License-Identifier: Apache-2.0 */
/* The multiplexer takes the UART over. Boot only. */
#include <string.h>

#include "common/arch.h"
#include "common/console/mux.h"
#include "common/console/slot.h"
#include "common/plan/system.h"
#include "common/run/housekeeping.h"

extern volatile uint8_t uart_registers[];

static struct console_mux *const mux = &housekeeping.mux;

void console_mux_start(void)
{
	const struct plan *const plan = &system_plan;
	uint8_t byte;

	memset(mux, 0, sizeof(*mux));
	mux->partitions = plan->partition_count;
	mux->escape_key = (uint8_t)plan->escape_key;
	for (uint32_t i = 0; i < plan->partition_count; i++) {
		const uint32_t length = (uint32_t)strlen(plan->partitions[i].name);

		mux->name_width = length > mux->name_width ? length : mux->name_width;
	}
	atomic_store_explicit(&console_slots[0].in.has_focus, 1, memory_order_relaxed);
	if (plan->board.uart_intid == 0)
		return;
	mux->period = arch_counter_frequency() / CONSOLE_PERIODS_PER_SECOND;
	/* Boot has started it. */
	mux->uart.type = &plan->board.uart_type;
	mux->uart.registers = uart_registers + plan->board.uart.base.value % PAGE_SIZE;
	/* What was typed at the boot loader is nobody's; some UARTs interrupt only an empty FIFO.
	 */
	for (unsigned i = 0; i < CONSOLE_READ_LIMIT && uart_read(&mux->uart, &byte); i++)
		;
	uart_set_interrupts(&mux->uart, false);
	arch_claim_interrupt(plan->board.uart_intid);
}
