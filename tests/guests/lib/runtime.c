/* SPDX-License-Identifier: Apache-2.0 */
/* Console, PSCI, and what the vectors call. */
#include <stdarg.h>

#include "common/lib/format.h"
#include "tests/guests/lib/guest.h"

#define UART_DR	     0x00
#define UART_FR	     0x18
#define UART_FR_TXFF 0x20

#define EC_INSTRUCTION_ABORT 0x21

struct fault fault;

static void put(char c)
{
	while ((read32(platform.uart + UART_FR) & UART_FR_TXFF) != 0)
		__asm__ volatile("yield");
	write32(platform.uart + UART_DR, (uint8_t)c);
}

void print(const char *template, ...)
{
	char line[256];
	va_list arguments;

	va_start(arguments, template);
	(void)format_list(line, sizeof(line), template, arguments);
	va_end(arguments);
	for (const char *at = line; *at != '\0'; at++) {
		if (*at == '\n')
			put('\r');
		put(*at);
	}
}

#define CALL(instruction)                                                                          \
	__asm__ volatile("ldp x0, x1, [%0]\n\tldp x2, x3, [%0, #16]\n\t" instruction               \
			 " #0\n\tstp x0, x1, [%0]\n\tstp x2, x3, [%0, #16]"                        \
			 :                                                                         \
			 : "r"(x)                                                                  \
			 : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10",      \
			   "x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory")

void smccc(bool by_smc, uint64_t x[4])
{
	if (by_smc)
		CALL("smc");
	else
		CALL("hvc");
}

int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	if (platform.psci_by_smc)
		__asm__ volatile("smc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3) : "memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3) : "memory");
	return (int32_t)x0;
}

int64_t guest_cpu_on(unsigned cpu)
{
	return psci(PSCI_CPU_ON, platform.cpus[cpu], (uintptr_t)secondary_entry, cpu);
}

/* Called by start.S. */
void guest_exception(struct frame *frame);
void guest_exception(struct frame *frame)
{
	const uint64_t esr = read_register(esr_el1);

	fault.esr = esr;
	fault.far = read_register(far_el1);
	fault.count++;
	if (!fault.is_expected) {
		print("unexpected exception: ESR 0x%lx FAR 0x%lx ELR 0x%lx\n", (unsigned long)esr,
		      (unsigned long)fault.far, (unsigned long)frame->elr);
		(void)psci(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
	/* After a jump into nothing, go on where the caller would have. */
	frame->elr = esr >> 26 == EC_INSTRUCTION_ABORT ? frame->x[30] : frame->elr + 4;
}

void guest_interrupt(struct frame *frame, uint64_t time);
void guest_interrupt(struct frame *frame, uint64_t time)
{
	uint32_t intid = (uint32_t)read_register(icc_iar1_el1);

	(void)frame;
	if (intid < 1020) {
		guest_handle_interrupt(intid, time);
		write_register(icc_eoir1_el1, intid);
		return;
	}
	/* An FIQ: group 0, which most guests do not enable. */
	intid = (uint32_t)read_register(icc_iar0_el1);
	if (intid >= 1020)
		return;
	guest_handle_interrupt(GROUP_0 | intid, time);
	write_register(icc_eoir0_el1, intid);
}
