/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributor in direct mode: the physical one, as far as the SPIs of the partition go. Their
 * fields are written by write-1 registers and bytes, so that partitions share no lock; vgic.lock is
 * for what EL2 remembers of this partition's: the enables, the routes, GICD_CTLR.
 */
#include "arch/arm64/el2/mmio.h"
#include "arch/arm64/el2/system_registers.h"
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/vgic/bank.h"
#include "arch/arm64/vgic/direct.h"

#define ROW_MASK	0x7fU /* of registers with a bit for each interrupt */
#define PRIORITIES_SIZE 0x400
#define CONFIG_SIZE	0x100

/* Physically enabled is what the guest has enabled, forwards and routes to a vCPU. */
static void apply(const struct vgic_bank *bank, uint32_t index, uint32_t mask)
{
	const bool forwards = (this_guest.vgic.control & GICD_CTLR_ENABLE_GROUP1) != 0;
	uint32_t on = 0;

	for (uint32_t left = forwards ? mask & bank->hardware & bank->enabled : 0; left != 0;) {
		const unsigned bit = take_lowest(&left);

		on |= bank->target[bit] != VGIC_NO_VCPU ? BANK_BIT(bit) : 0;
	}
	gic_write_spis(GICD_ICENABLER, index, mask & bank->hardware & ~on);
	gic_write_spis(GICD_ISENABLER, index, on);
}

static void bit_write(struct vgic_bank *bank, uint32_t row, uint32_t index, uint32_t mask)
{
	if (row == GICD_ISENABLER)
		bank->enabled |= mask;
	else if (row == GICD_ICENABLER)
		bank->enabled &= ~mask;
	else if (row != GICD_IGROUPR)
		gic_write_spis(row, index, mask);
	if (row == GICD_ISENABLER || row == GICD_ICENABLER)
		apply(bank, index, mask);
}

static void bit_access(struct vgic_access *access)
{
	const uint32_t row = access->offset & ~ROW_MASK;
	const uint32_t index = (access->offset & ROW_MASK) / 4;
	/* Of a bank with nothing of the partition's nothing is read or written. */
	struct vgic_bank *const bank = &this_guest.vgic.banks[index < VGIC_BANKS ? index : 0];

	if (access->is_write)
		bit_write(bank, row, index, (uint32_t)access->value & bank->hardware);
	else if (row == GICD_ISENABLER || row == GICD_ICENABLER)
		access->value = bank->enabled;
	else
		access->value = gic_read_spis(row, index) & bank->hardware;
}

/* A byte for each interrupt, the guest's as it is: it orders them beside its private ones. */
static void priority_access(struct vgic_access *access)
{
	for (uint32_t i = 0; i < access->size; i++) {
		const uint32_t at = access->offset + i;

		if (!vgic_owns_spi(&this_guest.vgic, at - GICD_IPRIORITYR))
			continue;
		if (access->is_write)
			mmio_write8(gicd_registers + at, (uint8_t)(access->value >> 8 * i));
		else
			access->value |=
				(mmio_read32(gicd_registers + (at & ~3U)) >> at % 4 * 8 & 0xff)
				<< 8 * i;
	}
}

/* Two bits for each interrupt; the plan has set them. */
static void config_access(struct vgic_access *access)
{
	const uint32_t first = (access->offset - GICD_ICFGR) * 4;
	const uint32_t config = mmio_read32(gicd_registers + access->offset);

	for (uint32_t i = 0; i < 16 && !access->is_write; i++)
		if (vgic_owns_spi(&this_guest.vgic, first + i))
			access->value |= config & 3U << 2 * i;
}

/* GICD_IROUTER: the CPU of the vCPU that has the affinity. There is no 1-of-N (TYPER.No1N). */
static void route_access(struct vgic_access *access)
{
	const uint32_t intid = (access->offset - GICD_IROUTER) / 8;
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;
	const uint64_t written = access->size == 8 ? MPIDR_AFFINITY_MASK : 0xffffff;

	/* Aff3 alone, in the upper half, does not tell two CPUs of a partition apart. */
	if (access->offset % 8 != 0 || !vgic_owns_spi(&this_guest.vgic, intid))
		return;

	struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	uint8_t *const route = &bank->target[intid % VGIC_INTIDS_PER_BANK];

	if (!access->is_write) {
		access->value = *route == VGIC_NO_VCPU ? 0 : this_guest.vcpus[*route].mpidr;
		return;
	}
	*route = VGIC_NO_VCPU;
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		if (((this_guest.vcpus[i].mpidr ^ access->value) & written) == 0)
			*route = (uint8_t)i;
	if (*route != VGIC_NO_VCPU)
		gic_route_spi(intid, this_guest.vcpus[*route].host_mpidr);
	apply(bank, index, BANK_BIT(intid));
}

/* Security states are as they are, because the SGI_base frames show them too. */
static void control_access(struct vgic_access *access)
{
	struct vgic *const vgic = &this_guest.vgic;
	const uint32_t writable = GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1;
	const uint32_t physical = GICD_CTLR_DS | GICD_CTLR_RWP;

	if (!access->is_write) {
		access->value = (vgic->control & ~physical) |
				(mmio_read32(gicd_registers + GICD_CTLR) & physical);
		return;
	}
	vgic->control = (vgic->control & ~writable) | ((uint32_t)access->value & writable);
	for (uint32_t i = 1; i <= vgic->spi_banks; i++)
		apply(&vgic->banks[i], i, UINT32_MAX);
}

/* GICD_SETSPI_NSR, GICD_CLRSPI_NSR: as on the virtual GIC, what ISPENDR and ICPENDR do. */
static void message_access(struct vgic_access *access)
{
	const uint32_t intid = access->value & 0x3ff;
	const uint32_t row = access->offset == GICD_SETSPI ? GICD_ISPENDR : GICD_ICPENDR;

	if (access->is_write && vgic_owns_spi(&this_guest.vgic, intid))
		gic_write_spis(row, intid / VGIC_INTIDS_PER_BANK, BANK_BIT(intid));
}

/* Blocks of registers: the bytes that an access may have are the bits set in sizes. */
struct block {
	void (*access)(struct vgic_access *access);
	uint32_t start;
	uint32_t size;
	uint32_t sizes;
};

static const struct block blocks[] = {
	{control_access, GICD_CTLR, 4, 4},
	{message_access, GICD_SETSPI, 1, 4 | 2},
	{message_access, GICD_CLRSPI, 1, 4 | 2},
	{bit_access, GICD_IGROUPR, GICD_IPRIORITYR - GICD_IGROUPR, 4},
	{priority_access, GICD_IPRIORITYR, PRIORITIES_SIZE, 4 | 1},
	{config_access, GICD_ICFGR, CONFIG_SIZE, 4},
	{route_access, GICD_IROUTER, 8 * PLAN_MAX_INTID, 8 | 4},
};

bool direct_distributor_access(struct vgic_access *access)
{
	for (unsigned i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++) {
		const struct block *const block = &blocks[i];

		if (access->offset - block->start >= block->size)
			continue;
		if (access->offset % access->size != 0 || (access->size & block->sizes) == 0)
			return false;
		lock_acquire(&this_guest.vgic.lock);
		block->access(access);
		lock_release(&this_guest.vgic.lock);
		return true;
	}
	return vgic_identification_access(access);
}
