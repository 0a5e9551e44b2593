/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/el2/exits.h"

#include "arch/arm64/el2/syndrome.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"
#include "common/run/order.h"
#include "common/run/partition.h"
#include "common/vdev/pl011.h"
#include "common/vdev/pvpanic.h"
#include "common/vdev/supervisor_registers.h"

#define PSTATE_IT	(UINT64_C(3) << 25 | UINT64_C(0x3f) << 10)
#define GIC_FRAME_SIZE	0x10000
#define UART_FRAME_SIZE 0x1000
#define VECTORS_SIZE	0x800
#define VECTOR_SIZE	0x80

/*
 * Exception classes of what we trap, or a CPU may trap for features that we do not know, and the
 * guest was told it does not have: WFET, AArch32 coprocessors, FP and SVE, PAuth, LD64B, MRRS, TME,
 * SME, ERET (D17.2.37).
 */
#define HIDDEN_FEATURES                                                                            \
	(BIT(0x01) | BIT(0x03) | BIT(0x04) | BIT(0x05) | BIT(0x06) | BIT(0x07) | BIT(0x08) |       \
	 BIT(0x09) | BIT(0x0a) | BIT(0x0c) | BIT(0x14) | BIT(0x19) | BIT(0x1a) | BIT(0x1b) |       \
	 BIT(0x1d))

/* skip_a64_instruction() at AArch32 EL0: in T32 it may have 16 bits, and an IF-THEN block advances
 * (F1.2.1). */
static void skip_aarch32_instruction(uint64_t pstate, uint64_t esr)
{
	const uint64_t it = (pstate >> 10 & 0x3f) << 2 | (pstate >> 25 & 3);
	const uint64_t next = (it & 7) == 0 ? 0 : (it & 0xe0) | (it << 1 & 0x1f);

	write_register(spsr_el2,
		       (pstate & ~PSTATE_SS & ~PSTATE_IT) | next >> 2 << 10 | (next & 3) << 25);
	write_register(elr_el2, read_register(elr_el2) + ((esr & ESR_IL) != 0 ? 4 : 2));
}

/* False: not an access of a byte. */
static bool panic_access(struct vgic_access *access)
{
	uint8_t value = (uint8_t)access->value;

	if (access->size != 1)
		return false;
	if (pvpanic_access(access->is_write, &value))
		vcpu_stop();
	access->value = value;
	return true;
}

/* Finds the frame that an access means and carries it out. False: nothing is there, or not so. */
static bool device_access(uint64_t address, struct vgic_access *access)
{
	const uint64_t in_distributor = address - this_guest.distributor;
	const uint64_t in_redistributors = address - this_guest.redistributors;
	const uint64_t in_uart = address - this_guest.uart;
	const uint64_t in_supervisor = address - this_guest.supervisor;
	const uint64_t in_watchdog = address - this_guest.watchdog;
	uint32_t value = (uint32_t)access->value;
	bool is_legal = false;

	if (in_distributor < GIC_FRAME_SIZE) {
		access->offset = (uint32_t)in_distributor;
		return this_cpu.is_direct ? direct_distributor_access(access)
					  : vgic_distributor_access(access);
	}
	if (in_redistributors < this_guest.vcpu_count * (uint64_t)GICR_FRAME_PAIR) {
		struct vcpu *const vcpu = &this_guest.vcpus[in_redistributors / GICR_FRAME_PAIR];

		access->offset = (uint32_t)in_redistributors % GIC_FRAME_SIZE;
		if (in_redistributors % GICR_FRAME_PAIR < GIC_FRAME_SIZE)
			return vgic_redistributor_access(vcpu, access);
		/* In direct mode it is mapped, until the partition stops. */
		return !this_cpu.is_direct && vgic_private_access(vcpu, access);
	}
	if (this_guest.supervisor != 0 && in_supervisor < SUPERVISOR_SIZE)
		return supervisor_access((uint32_t)in_supervisor, access->size, access->is_write,
					 &access->value);
	if (this_guest.uart != 0 && in_uart < UART_FRAME_SIZE)
		is_legal = pl011_access((uint32_t)in_uart, access->size, access->is_write, &value);
	else if (this_guest.watchdog != 0 && in_watchdog < 2 * PAGE_SIZE)
		is_legal = watchdog_access((uint32_t)in_watchdog, access->size, access->is_write,
					   &value);
	else
		return address == this_guest.panic_device && address != 0 && panic_access(access);
	access->value = value;
	return is_legal;
}

/* A load's result, as wide as the register and sign-extended where the instruction says so. */
static uint64_t load_result(uint64_t value, uint32_t size, uint64_t esr)
{
	const unsigned unused_bits = 64 - 8 * size;

	value = value << unused_bits >> unused_bits;
	if ((esr & ISS_SIGN_EXTEND) != 0)
		value = (uint64_t)((int64_t)(value << unused_bits) >> unused_bits);
	return (esr & ISS_64_BIT) != 0 ? value : (uint32_t)value;
}

static _Noreturn void crash(enum health_kind kind, struct health_event event)
{
	event.kind = kind;
	(void)partition_end(event);
	vcpu_stop();
}

/* Whether the guest has just taken an exception: it cannot take the next one either. */
static bool is_at_vector(uint64_t pc)
{
	const uint64_t offset = pc - read_register(vbar_el1);

	return offset < VECTORS_SIZE && offset % VECTOR_SIZE == 0;
}

/* An address outside the partition's map, by its trap-unmapped-accesses. */
static void unmapped_access(bool is_instruction, uint64_t address)
{
	struct health_event event = exit_event(is_instruction ? HEALTH_EXECUTION : HEALTH_ACCESS);

	/* The map of a direct partition that has stopped, or is ordered to, is empty (direct.h). */
	order_take();
	if (!partition_is_running())
		vcpu_stop();
	event.ipa = address;
	if (is_instruction && is_at_vector(event.pc))
		crash(HEALTH_VECTORS, event);
	partition_report_access(event);
	vcpu_inject_abort(is_instruction, read_register(far_el2));
}

static void data_abort(struct guest_registers *guest, uint64_t esr)
{
	const uint64_t address = fault_address();

	/*
	 * Without a valid syndrome (pairs, writeback, cache maintenance) the access is not ours to
	 * guess at, and a table walk is not an access of the guest's: both fail as on a bus.
	 */
	if (!is_translation_fault(esr) || (esr & ISS_VALID) == 0 || (esr & ISS_TABLE_WALK) != 0) {
		unmapped_access(false, address);
		return;
	}

	const unsigned number = ISS_REGISTER(esr);
	struct vgic_access access = {
		.size = ISS_SIZE(esr),
		.is_write = (esr & ISS_WRITE) != 0,
	};

	if (access.is_write && number != ZERO_REGISTER)
		access.value = guest->x[number];
	if (!device_access(address, &access)) {
		if (this_guest.plan->trap_unmapped != 0 || !partition_is_running()) {
			unmapped_access(false, address);
			return;
		}
		access.value = UINT64_MAX;
	}
	if (!access.is_write && number != ZERO_REGISTER)
		guest->x[number] = load_result(access.value, access.size, esr);

	const uint64_t pstate = read_register(spsr_el2);

	if ((pstate & PSTATE_AARCH32) != 0)
		skip_aarch32_instruction(pstate, esr);
	else
		skip_a64_instruction(pstate);
}

void exit_synchronous(struct guest_registers *guest)
{
	const uint64_t esr = read_register(esr_el2);

	switch (ESR_EC(esr)) {
	case EC_HVC64:
		vcpu_count_exit(this_cpu.vcpu, EXIT_CALL);
		smccc_call(guest);
		return;
	case EC_SMC64:
		vcpu_count_exit(this_cpu.vcpu, EXIT_CALL);
		/* A trapped SMC has not moved the program counter, unlike an HVC. */
		skip_a64_instruction(read_register(spsr_el2));
		smccc_call(guest);
		return;
	case EC_DATA_ABORT_LOW:
		vcpu_count_exit(this_cpu.vcpu, EXIT_DEVICE);
		data_abort(guest, esr);
		return;
	case EC_SYSTEM_REGISTER:
		vcpu_count_exit(this_cpu.vcpu, EXIT_REGISTER);
		skip_a64_instruction(read_register(spsr_el2));
		system_register_access(guest, esr);
		return;
	case EC_INSTRUCTION_ABORT_LOW:
		vcpu_count_exit(this_cpu.vcpu, EXIT_OTHER);
		unmapped_access(true, is_translation_fault(esr) ? fault_address() : 0);
		return;
	default:
		vcpu_count_exit(this_cpu.vcpu, EXIT_OTHER);
		if ((HIDDEN_FEATURES >> ESR_EC(esr) & 1) == 0)
			crash(HEALTH_EXCEPTION, exit_event(HEALTH_EXCEPTION));
		vcpu_inject_undefined();
		return;
	}
}
