/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated machine for the virtual GIC: CPUs with list registers, a GICv3, devices. EL2's own
 * sources (arch/arm64/vgic, gic, el2) are compiled for the host against it, by replaced headers
 * (tests/vgic/include); a test plays the guest.
 *
 *   guest.c      the guest's side: instructions that trap, interrupts, CPUs that go on and off
 *   interface.c  the virtual CPU interface: list registers, acknowledge, end (IHI 0069, 12.4)
 *   physical.c   the distributor, redistributors, physical CPU interfaces (chapter 4, 12.2)
 *   machine.c    registers and device accesses on their way there; locks
 *   model.c      what a GIC with no hypervisor would do: what must come, what may
 *   check.c      invariants
 *
 * Whatever the architecture leaves open is as bad as it may be: ICH_ELRSR_EL2 and ICH_EISR_EL2 are
 * those of the last context synchronization; an acknowledge has effect when the next DSB completes.
 * If config.late is set, the distributor carries out what it is told only when
 * machine_settle_wires() is called: what is disabled or routed elsewhere still comes (12.9.4).
 *
 * One CPU runs at a time: `machine.current`, whose struct cpu is this_cpu. A test that wants
 * another CPU to come between two steps has itself called at each (machine_hooks).
 *
 * All state is in `machine`, `model`, `this_guest`, `this_partition`, so that it can be saved.
 */
#ifndef BULKHEAD_TESTS_VGIC_MACHINE_H
#define BULKHEAD_TESTS_VGIC_MACHINE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#include "arch/arm64/el2/cpu.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "tests/vgic/hooks.h"

#define MACHINE_CPUS	4
#define MACHINE_LISTS	16
#define MACHINE_WORDS	3 /* INTIDs 0 - 95, 32 to a word; word 0 is a CPU's own */
#define MACHINE_INTIDS	(32 * MACHINE_WORDS)
#define MACHINE_NOWHERE 0xff
#define MACHINE_NONE	1023
#define MACHINE_DEPTH	40 /* acknowledged and not ended, at most: more than priorities */

#define MACHINE_MAINTENANCE    25
#define MACHINE_EL2_TIMER      26
#define MACHINE_VIRTUAL_TIMER  27
#define MACHINE_PHYSICAL_TIMER 30

struct machine_config {
	unsigned cpus;
	unsigned lists;
	uint64_t passed; /* bit n: INTID 32 + n is a hardware SPI ... */
	uint64_t levels; /* ... and level-triggered */
	bool late;	 /* the distributor takes its time */
	bool traps_all;	 /* ICH_VTR_EL2.TDS = 0: ICC_DIR_EL1 alone cannot trap */
};

/* 32 interrupts of the physical GIC. */
struct machine_word {
	uint32_t enabled;
	uint32_t latch; /* an edge, or ISPENDR */
	uint32_t level; /* of the input */
	uint32_t edge;	/* configured so */
	uint32_t active;
	uint8_t priority[32];
	uint8_t route[32];   /* CPU, of SPIs */
	uint8_t offered[32]; /* CPU that has been told, when config.late */
};

struct machine_cpu {
	/* Physical. */
	struct machine_word own;
	uint64_t registers[REGISTER_COUNT];
	uint32_t activating; /* acknowledged, before the DSB; or MACHINE_NONE */
	uint32_t depth;	     /* acknowledged by EL2, priority not yet dropped */
	uint16_t taken[MACHINE_DEPTH];
	/* Virtual. */
	uint64_t lists[MACHINE_LISTS];
	uint32_t shown_free; /* ICH_ELRSR_EL2, ICH_EISR_EL2 */
	uint32_t shown_ended;
	/* The guest. */
	struct guest_registers guest;
	bool is_on;
	bool is_masked; /* PSTATE.I and F */
	bool is_in_el2;
	bool has_changed_end; /* EOImode, with interrupts on their way */
	bool has_aborted;     /* the last access */
	uint32_t locks;	      /* held */
	uint32_t guest_depth;
	uint16_t guest_taken[MACHINE_DEPTH]; /* acknowledged by the guest, priority not dropped */
	jmp_buf stop;			     /* where vcpu_stop() goes */
};

struct machine {
	struct machine_config config;
	unsigned current;
	struct machine_word spis[MACHINE_WORDS]; /* [0] is unused */
	struct machine_cpu cpus[MACHINE_CPUS];
};

extern struct machine machine;

/* Since the machine has booted; no part of its state. */
extern uint64_t machine_maintenance_exits[MACHINE_CPUS];

/* What a test wants to be asked; each may be NULL. */
struct machine_hooks {
	void (*point)(const char *what, const char *where, unsigned line);
	/*
	 * EL2 waits for another CPU: for a lock, of which it has the ticket, or (NULL) for an
	 * answer. Comes back when there may be a change.
	 */
	void (*wait)(const struct lock *lock, uint32_t ticket);
	/* The guest has acknowledged an interrupt in guest_handle(): the device may fall silent. */
	void (*handle)(uint32_t intid);
	/* Before each instruction of the guest that a test calls for. */
	void (*instruction)(void);
	/* EL2 sleeps, and nothing is pending. */
	void (*sleep)(void);
	void (*failed)(const char *reason);
};
extern struct machine_hooks machine_hooks;

_Noreturn void machine_fail(const char *template, ...) __attribute__((format(printf, 1, 2)));

/* What happens, if VGIC_TRACE=1 is in the environment; 2: each point as well. */
extern int machine_trace_level;
void machine_trace(const char *template, ...) __attribute__((format(printf, 1, 2)));

/* Everything as it is when the partition's first vCPU has started; the others are off. */
void machine_boot(const struct machine_config *config);

/* Goes on with another CPU. */
void machine_run_on(unsigned cpu);

static inline struct machine_cpu *machine_self(void)
{
	return &machine.cpus[machine.current];
}

/* --- physical.c --- */

void physical_reset(void);
bool physical_is_hardware(uint32_t intid);
/* The interrupt that the current CPU would acknowledge, or MACHINE_NONE. */
uint32_t physical_highest(unsigned cpu);
uint32_t physical_acknowledge(void);
void physical_complete_acknowledge(void);
void physical_drop_priority(uint32_t intid);
void physical_deactivate(unsigned cpu, uint32_t intid);
void physical_send_sgi(uint64_t value);
uint64_t physical_load(bool is_distributor, uint32_t offset, unsigned size);
void physical_store(bool is_distributor, uint32_t offset, unsigned size, uint64_t value);
struct machine_word *physical_word(unsigned cpu, uint32_t intid);
/* The distributor catches up. False: nothing had changed. */
bool physical_settle_wires(void);
bool physical_has_settled(void);

/* --- interface.c --- */

void interface_show_status(void); /* a context synchronization */
uint32_t interface_maintenance(unsigned cpu);
uint64_t interface_read(enum machine_register name);
void interface_write(enum machine_register name, uint64_t value);
/* The interrupt that the guest would take, or MACHINE_NONE; group 1 is the IRQ, 0 the FIQ. */
uint32_t interface_highest(unsigned cpu, unsigned *group);
uint32_t interface_acknowledge(unsigned group);
void interface_end(uint32_t intid, unsigned group);
bool interface_deactivate(uint32_t intid);

/* --- guest.c: on the current CPU, as its guest. --- */

uint64_t guest_load(uint64_t address, unsigned size);
void guest_store(uint64_t address, unsigned size, uint64_t value);

#define GUEST_GICD	UINT64_C(0x8000000)
#define GUEST_GICR	UINT64_C(0x80a0000)
#define GUEST_SGIS(cpu) (GUEST_GICR + (cpu)*UINT64_C(0x20000) + 0x10000)

/* A word of the distributor's registers, or of a vCPU's SGI_base frame. */
void guest_write(uint32_t offset, uint32_t value);
uint32_t guest_read(uint32_t offset);
void guest_write_own(unsigned cpu, uint32_t offset, uint32_t value);
uint32_t guest_read_own(unsigned cpu, uint32_t offset);
void guest_route(uint32_t intid, uint64_t affinity);
void guest_set_priority(uint32_t intid, uint8_t priority); /* of this CPU, or an SPI */

enum guest_sgi { GUEST_SGI1, GUEST_SGI0, GUEST_ASGI1 };
void guest_send(enum guest_sgi kind, uint64_t value);
/* ICC_SGI1R_EL1 by a list of vCPUs. */
void guest_send_to(uint32_t targets, uint32_t intid);

int64_t guest_cpu_on(unsigned cpu);
void guest_cpu_off(void); /* returns; the vCPU is off */
void guest_system_off(void);

/* An exception to EL2 of a class (ESR_EL2.EC) that is none of the above. */
void guest_exception(unsigned class);
void guest_cpu_suspend(void); /* in standby */

/* The virtual CPU interface open: both groups enabled, no priority masked; EOImode. */
void guest_open_interface(bool split_end);

/* Acknowledges, serves and ends the most urgent interrupt. False: there was none. */
bool guest_handle(void);
uint32_t guest_acknowledge(unsigned group);
void guest_end(uint32_t intid, unsigned group);
void guest_deactivate(uint32_t intid);
bool guest_splits_end(unsigned cpu);

/* The input of a physical SPI or PPI (of one CPU) and of a virtual device's SPI (an EL2 call). */
void device_line(unsigned cpu, uint32_t intid, bool level);
void virtual_line(uint32_t intid, bool level);

/*
 * One physical interrupt or, on a CPU whose vCPU is off, what its loop does. False: nothing.
 * is_wanted: whether there is something.
 */
bool machine_take_interrupt(void);
bool machine_wants_interrupt(unsigned cpu);

/* --- rest.c --- */

/* EL2 polls what another CPU is to do. */
void machine_wait_for_others(void);

/* All CPUs take their physical interrupts until there is none. Fails if that does not end. */
void machine_settle(void);
/* The same, and running guests take theirs, lowest-numbered CPU first. */
void machine_drain(void);

/* --- check.c --- */

void check_entry(unsigned cpu); /* at the end of each exit */
void check_quiet(void);		/* after machine_settle() */
void check_registers(void);	/* what a guest reads of pending and active interrupts */

#endif
