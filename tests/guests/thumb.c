/* SPDX-License-Identifier: Apache-2.0 */
/*
 * thumb: loads from devices by AArch32 code at EL0, which has instructions of two and of four bytes
 * and, in T32, IF-THEN blocks. Whoever carries out the load has to go on behind it, one instruction
 * further in the block (DDI 0487, F1.2). Runs on plain QEMU too.
 */
#include "common/lib/format.h"
#include "tests/guests/lib/check.h"
#include "tests/guests/lib/guest.h"

#define PFR0_EL0_AARCH32 2
#define EC_SVC32	 0x11
#define UNTOUCHED	 0x55555555
#define PSTATE_USER	 0x1d0 /* A32, with A, I and F masked */
#define PSTATE_T32	 0x20
#define PSTATE_Z	 (1UL << 30)

#define UARTFR	   0x18
#define UARTFR_OWN 0x10 /* RXFE: nothing is typed here */
#define UARTCR	   0x30
#define GICD_TYPER 0x4
#define GICR_TYPER 0x8

void guest_handle_interrupt(uint32_t intid, uint64_t time)
{
	(void)intid;
	(void)time;
}

void guest_secondary(unsigned cpu)
{
	(void)cpu;
}

/*
 * run_at_el0(registers, code, pstate): until the next exception, of which it returns the syndrome.
 * The code has r0 - r3. Its SVC comes to the vector for AArch32 of this table.
 */
uint64_t run_at_el0(uint32_t registers[4], const void *code, uint64_t pstate);
__asm__(".text\n"
	"	.balign	0x800\n"
	"el0_vectors:\n"
	"	.fill	0x600 / 4, 4, 0x14000000\n" /* b . */
	"	b	from_el0\n"
	"	.balign	0x80\n"
	"run_at_el0:\n"
	"	mrs	x3, vbar_el1\n"
	"	stp	x0, x3, [sp, #-16]!\n"
	"	adr	x4, el0_vectors\n"
	"	msr	vbar_el1, x4\n"
	"	msr	elr_el1, x1\n"
	"	msr	spsr_el1, x2\n"
	"	isb\n"
	"	ldp	w2, w3, [x0, #8]\n"
	"	ldp	w0, w1, [x0]\n"
	"	eret\n"
	"from_el0:\n"
	"	ldp	x4, x5, [sp], #16\n"
	"	stp	w0, w1, [x4]\n"
	"	stp	w2, w3, [x4, #8]\n"
	"	msr	vbar_el1, x5\n"
	"	isb\n"
	"	mrs	x0, esr_el1\n"
	"	ret\n");

/* Each loads r1 from r0, then sets r2 to 1 and leaves r3 alone, then comes back. */
static const uint16_t narrow[] = {
	0x6801, /* ldr r1, [r0] */
	0x2201, /* movs r2, #1 */
	0xdf00, /* svc #0 */
	0xdf00,
};
static const uint16_t wide[] = {
	0xf8d0, 0x1000, /* ldr.w r1, [r0] */
	0x2201,		/* movs r2, #1 */
	0xdf00,		/* svc #0 */
	0xdf00,
};
static const uint16_t if_then[] = {
	0xbf06, /* itte eq */
	0x6801, /* ldreq r1, [r0] */
	0x2201, /* moveq r2, #1 */
	0x2301, /* movne r3, #1 */
	0xdf00, /* svc #0 */
	0xdf00,
};
static const uint16_t wide_if_then[] = {
	0xbf06,		/* itte eq */
	0xf8d0, 0x1000, /* ldreq.w r1, [r0] */
	0x2201,		/* moveq r2, #1 */
	0x2301,		/* movne r3, #1 */
	0xdf00,		/* svc #0 */
	0xdf00,
};
static const uint32_t a32[] = {
	0xe5901000, /* ldr r1, [r0] */
	0xe3a02001, /* mov r2, #1 */
	0xef000000, /* svc #0 */
};

/* A device's register, and what of it stays as it is. */
struct device_register {
	const char *name;
	uint64_t address;
	uint32_t mask;
};

static void check_load(const struct device_register *from, const char *form, const void *code,
		       uint64_t pstate)
{
	uint32_t registers[4] = {(uint32_t)from->address, UNTOUCHED, UNTOUCHED, UNTOUCHED};
	const uint64_t esr = run_at_el0(registers, code, PSTATE_USER | pstate);
	char name[80];

	(void)format(name, sizeof(name), "%s by %s", from->name, form);
	check(name, esr >> 26 == EC_SVC32 &&
			    (registers[1] & from->mask) == (read32(from->address) & from->mask) &&
			    registers[2] == 1 && registers[3] == UNTOUCHED);
}

/* Code without a map has no table of pointers. */
static void check_loads(const char *name, uint64_t address, uint32_t mask)
{
	const struct device_register from = {name, address, mask};

	check_load(&from, "two bytes", narrow, PSTATE_T32);
	check_load(&from, "four bytes", wide, PSTATE_T32);
	check_load(&from, "two bytes in an IF-THEN block", if_then, PSTATE_T32 | PSTATE_Z);
	check_load(&from, "four bytes in an IF-THEN block", wide_if_then, PSTATE_T32 | PSTATE_Z);
	check_load(&from, "A32", a32, 0);
}

void guest_main(uint64_t first_instruction)
{
	(void)first_instruction;
	check_begin("thumb");
	if ((read_register(id_aa64pfr0_el1) & 0xf) != PFR0_EL0_AARCH32) {
		check_skip("AArch32 at EL0", "this CPU has A64 alone");
		check_end();
	}
	check_loads("UARTFR", platform.uart + UARTFR, UARTFR_OWN);
	check_loads("UARTCR", platform.uart + UARTCR, UINT32_MAX);
	check_loads("GICD_TYPER", platform.distributor + GICD_TYPER, UINT32_MAX);
	check_loads("GICR_TYPER", platform.redistributors + GICR_TYPER, UINT32_MAX);
	check_end();
}
