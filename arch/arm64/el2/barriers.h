/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Barriers by purpose (Arm ARM B2.3.12, D8.14). Each has a name that says what it waits for, so
 * that a reader can check the use and not the mnemonic.
 */
#ifndef BULKHEAD_ARM64_BARRIERS_H
#define BULKHEAD_ARM64_BARRIERS_H

/* Later instructions see the effect of the system-register writes and TLB operations before it. */
static inline void synchronize_context(void)
{
	__asm__ volatile("isb" : : : "memory");
}

/* Every access before it is complete for the whole system, devices included. */
static inline void complete_all_accesses(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

/* Table writes before it are visible to this CPU's table walker (D8.2.1: needs a DSB). */
static inline void complete_own_table_writes(void)
{
	__asm__ volatile("dsb nshst" : : : "memory");
}

/* TLB maintenance before it is complete on this CPU. */
static inline void complete_own_tlb_maintenance(void)
{
	__asm__ volatile("dsb nsh" : : : "memory");
}

/*
 * Table writes before it hold for all CPUs: none has a translation of the current VMID, of either
 * stage, in its TLB any more, and the accesses that used one are complete (D8.14.5).
 */
static inline void invalidate_translations_everywhere(void)
{
	__asm__ volatile("dsb ishst\n\ttlbi vmalls12e1is\n\tdsb ish\n\tisb" : : : "memory");
}

/*
 * Stores before it are visible to all CPUs before any interrupt that a later system-register write
 * sends: an SGI is not ordered by DMB (IHI 0069, 4.8.1 asks for a DSB).
 */
static inline void publish_before_interrupt(void)
{
	__asm__ volatile("dsb ishst" : : : "memory");
}

/* Sleeps until an interrupt is pending, masked or not. */
static inline void wait_for_interrupt(void)
{
	/* What was written before is out before the CPU may lose its clock (D1.6.2). */
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

static inline void wait_for_event(void)
{
	__asm__ volatile("wfe" : : : "memory");
}

/* Wakes the CPUs in wait_for_event() once the stores before it are visible. */
static inline void send_event(void)
{
	__asm__ volatile("dsb ishst\n\tsev" : : : "memory");
}

#endif
