/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm64/el2/fast.h"

#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/syndrome.h"
#include "arch/arm64/firmware/firmware.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/psci.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/listing.h"
#include "common/vdev/pl011_flags.h"

static bool call(struct guest_registers *guest)
{
	const uint32_t function = (uint32_t)guest->x[0];

	if (function != PSCI_VERSION && function != SMCCC_VERSION)
		return false;
	guest->x[0] = SMCCC_VERSION_1_1; /* PSCI_VERSION_1_1 is the same number */
	vcpu_count_exit(this_cpu.vcpu, EXIT_CALL);
	return true;
}

/* GICR_TYPER of one of the frames; false: the address is another. */
static bool redistributor_type(uint64_t address, uint64_t *value)
{
	const uint64_t offset = address - this_guest.redistributors;

	if (offset % GICR_FRAME_PAIR != GICR_TYPER ||
	    offset / GICR_FRAME_PAIR >= this_guest.vcpu_count)
		return false;
	*value = this_guest.vcpus[offset / GICR_FRAME_PAIR].redistributor_type;
	return true;
}

/* A word whose value is at hand. */
static bool known_word(uint64_t address, uint64_t *value)
{
	if (redistributor_type(address, value)) {
		*value = (uint32_t)*value;
		return true;
	}
	if (address == this_guest.distributor + GICD_TYPER) {
		*value = distributor_type();
		return true;
	}
	if (address != this_guest.uart + PL011_FR || this_guest.uart == 0)
		return false;
	*value = pl011_flags();
	return true;
}

static bool load(struct guest_registers *guest, uint64_t esr)
{
	uint64_t *const value = &guest->x[ISS_REGISTER(esr)];
	const uint64_t address = fault_address();
	const uint64_t pstate = read_register(spsr_el2);

	/* AArch32 at EL0 has the same vector, which is by EL1's execution state (D1.3.1). */
	if ((pstate & PSTATE_AARCH32) != 0)
		return false;
	if ((esr & ISS_DOUBLEWORD) != 0 ? !redistributor_type(address, value)
					: !known_word(address, value))
		return false;
	skip_a64_instruction(pstate);
	vcpu_count_exit(this_cpu.vcpu, EXIT_DEVICE);
	return true;
}

/* An SGI of group 1, to one vCPU. */
static bool send_sgi(const struct guest_registers *guest, uint64_t esr)
{
	const uint64_t value = guest->x[SYSREG_REGISTER(esr)];
	struct vcpu *const self = this_cpu.vcpu;
	const uint64_t targets = sgi_targets(value, self->index);
	const uint32_t intid = sgi_intid(value);

	if (targets == 0 || (targets & (targets - 1)) != 0)
		return false;

	struct vcpu *const vcpu = &this_guest.vcpus[__builtin_ctzll(targets)];

	if (this_cpu.is_direct) {
		/* As the physical one of this INTID. */
		gic_kick(vcpu->kick | (uint64_t)intid << 24);
	} else if (vcpu != self) {
		/* Release: who sees the SGI sees what was written before. */
		atomic_fetch_or_explicit(&vcpu->vgic.bank.pending, 1U << intid,
					 memory_order_release);
		gic_kick(vcpu->vgic_kick);
	} else if (!list_own_sgi(self, intid)) {
		return false;
	}
	skip_a64_instruction(read_register(spsr_el2));
	vcpu_count_exit(self, EXIT_REGISTER);
	return true;
}

bool fast_synchronous(struct guest_registers *guest, uint64_t esr)
{
	/* A load of 4 or 8 bytes into one of the first registers, from where nothing is mapped. */
	const uint64_t load_mask = ESR_EC_MASK | ISS_VALID | ISS_WORDS | ISS_SIGN_EXTEND |
				   ISS_UPPER_REGISTERS | ISS_TABLE_WALK | ISS_WRITE |
				   ISS_FAULT_KIND;
	const uint64_t load_value = (uint64_t)EC_DATA_ABORT_LOW << ESR_EC_SHIFT | ISS_VALID |
				    ISS_WORDS | ISS_TRANSLATION;
	const uint64_t sgi_mask =
		ESR_EC_MASK | SYSREG_NAME_MASK | SYSREG_UPPER_REGISTERS | SYSREG_IS_READ;
	const uint64_t sgi_value =
		(uint64_t)EC_SYSTEM_REGISTER << ESR_EC_SHIFT | SYSREG_ICC_SGI1R_EL1;

	if ((esr & load_mask) == load_value)
		return load(guest, esr);
	if ((esr & sgi_mask) == sgi_value)
		return send_sgi(guest, esr);
	return ESR_EC(esr) == EC_HVC64 && call(guest);
}

static bool take_private(struct vcpu *vcpu, uint32_t intid)
{
	return (vcpu->vgic.bank.hardware >> intid & 1) != 0 && list_private(vcpu, intid);
}

/* An SPI of a passed-through device. */
static bool take_spi(struct vcpu *vcpu, uint32_t intid)
{
	struct vgic *const vgic = &this_guest.vgic;

	if (!vgic_owns_spi(vgic, intid) || !lock_try(&vgic->lock))
		return false;

	const bool is_listed = list_spi(vcpu, &vgic->banks[intid / VGIC_INTIDS_PER_BANK], intid);

	lock_release(&vgic->lock);
	return is_listed;
}

uint32_t fast_interrupt(void)
{
	const uint32_t intid = gic_acknowledge();
	struct vcpu *const vcpu = this_cpu.vcpu;

	vcpu_count_exit(vcpu, EXIT_INTERRUPT);
	if (intid == GIC_VGIC_SGI) {
		if (!list_sent_sgi(vcpu))
			return intid;
		/* What has been sent meanwhile made it pending again. */
		gic_end(intid);
		return GIC_SPURIOUS;
	}
	if (intid < GIC_PRIVATE_INTIDS ? !take_private(vcpu, intid) : !take_spi(vcpu, intid))
		return intid;
	gic_drop_priority(intid);
	return GIC_SPURIOUS;
}
