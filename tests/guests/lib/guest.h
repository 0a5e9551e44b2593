/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small bare-metal runtime for our guests. It runs at EL1 on plain QEMU and on any hypervisor
 * that passes a device tree: everything is found there, no address is known beforehand. MMU off.
 */
#ifndef BULKHEAD_TESTS_GUEST_H
#define BULKHEAD_TESTS_GUEST_H

#include <stdbool.h>
#include <stdint.h>

#define GUEST_MAX_CPUS 8

#define PSCI_VERSION	   0x84000000
#define PSCI_CPU_SUSPEND   0xc4000001
#define PSCI_CPU_OFF	   0x84000002
#define PSCI_CPU_ON	   0xc4000003
#define PSCI_AFFINITY_INFO 0xc4000004
#define PSCI_SYSTEM_OFF	   0x84000008
#define PSCI_SYSTEM_RESET  0x84000009
#define PSCI_FEATURES	   0x8400000a

#define read_register(name)                                                                        \
	({                                                                                         \
		uint64_t value_;                                                                   \
		__asm__ volatile("mrs %0, " #name : "=r"(value_));                                 \
		value_;                                                                            \
	})
#define write_register(name, value)                                                                \
	__asm__ volatile("msr " #name ", %x0\n\tisb" : : "rZ"((uint64_t)(value)) : "memory")

/* What the device tree says. */
struct platform {
	const void *tree;
	uint64_t ram_base;
	uint64_t ram_size; /* of the first memory node */
	uint64_t uart;
	uint64_t panic_device; /* 0: none */
	uint64_t supervisor;   /* the same */
	uint64_t distributor;
	uint64_t redistributors;
	uint64_t redistributors_size;
	uint32_t virtual_timer; /* INTID */
	uint32_t physical_timer;
	uint32_t cpu_count;
	uint64_t cpus[GUEST_MAX_CPUS]; /* MPIDR affinity */
	bool psci_by_smc;
	bool is_bare; /* QEMU's virt machine with no hypervisor below us */
	const char *bootargs;
};

extern struct platform platform;

/* The index-th (address, size) of a node's reg, with no regard to ranges of the buses above it. */
bool platform_reg(int node, int index, uint64_t *base, uint64_t *size);

/* Registers at an exception, as start.S saves them. */
struct frame {
	uint64_t x[31];
	uint64_t elr;
	uint64_t spsr;
};

/* Each guest has these. first_instruction: CNTPCT_EL0 at the entry. */
void guest_main(uint64_t first_instruction);
void guest_secondary(unsigned cpu);
/*
 * An interrupt was taken, with GROUP_0 added if it is one of group 0; time: CNTVCT_EL0 in the
 * vector. The library acknowledges and ends it.
 */
#define GROUP_0 0x10000
void guest_handle_interrupt(uint32_t intid, uint64_t time);

/* Synchronous exceptions: expected ones are counted and the instruction is skipped. */
struct fault {
	volatile uint32_t count;
	volatile uint64_t esr;
	volatile uint64_t far;
	volatile bool is_expected;
};
extern struct fault fault;

void print(const char *template, ...) __attribute__((format(printf, 1, 2)));

/* The number behind NAME= in the boot arguments, or the value otherwise; the text, or NULL. */
uint64_t bootarg_number(const char *name, uint64_t otherwise);
bool bootarg_is(const char *name, const char *value);

int64_t psci(uint64_t function, uint64_t a, uint64_t b, uint64_t c);
/* Any call; x0 - x3 are arguments and results. */
void smccc(bool by_smc, uint64_t x[4]);
/* Starts a CPU in guest_secondary(), at this address with its number in x0. */
extern const char secondary_entry[];
int64_t guest_cpu_on(unsigned cpu);

/* GICv3. Each CPU calls gic_init_cpu() once; the first also gic_init(). */
void gic_init(void);
void gic_init_cpu(void);
void gic_enable(uint32_t intid); /* PPIs and SGIs of this CPU, or an SPI */
void gic_disable(uint32_t intid);
void gic_send_sgi(uint32_t intid, uint64_t mpidr);
uint64_t gic_redistributor(void); /* frame of this CPU */
uint64_t gic_redistributor_of(uint64_t mpidr);
/*
 * One security state, so that group 0 is there. With two, the lowest priority that an interrupt may
 * have and still come is another: it must be above what the PMR can be.
 */
bool gic_has_group0(void);
uint8_t gic_lowest_priority(void);

static inline unsigned this_cpu_number(void)
{
	return (unsigned)read_register(tpidr_el1);
}

static inline uint64_t virtual_time(void)
{
	__asm__ volatile("isb");
	return read_register(cntvct_el0);
}

static inline uint32_t read32(uint64_t address)
{
	uint32_t value;

	__asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
	return value;
}

static inline void write32(uint64_t address, uint32_t value)
{
	__asm__ volatile("str %w0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static inline void write8(uint64_t address, uint8_t value)
{
	__asm__ volatile("strb %w0, [%1]" : : "rZ"((uint32_t)value), "r"(address) : "memory");
}

static inline void write64(uint64_t address, uint64_t value)
{
	__asm__ volatile("str %0, [%1]" : : "rZ"(value), "r"(address) : "memory");
}

static inline void enable_interrupts(void)
{
	__asm__ volatile("msr daifclr, #3" : : : "memory");
}

static inline void disable_interrupts(void)
{
	__asm__ volatile("msr daifset, #3" : : : "memory");
}

static inline void wait_for_interrupt(void)
{
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

#endif
