/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The frames with registers of fields (vgic_registers.c), and what the distributor has besides:
 * routes and control (IHI 0069, 12.9).
 */
#include <stddef.h>

#include "arch/arm64/vgic/listing.h"

/* GICD_IROUTER: 64 bits for each SPI, as one access or two halves (12.9.22). */
static bool route_access(struct vgic_access *access)
{
	const uint32_t intid = (access->offset - GICD_IROUTER) / 8;
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;
	const uint32_t mask = BANK_BIT(intid);

	if (access->size == 4 && access->offset % 8 == 4)
		return true; /* Aff3 is zero for every vCPU */
	if (index == 0 || index > this_guest.vgic.spi_banks)
		return true;

	struct vgic_bank *const bank = &this_guest.vgic.banks[index];
	uint8_t *const route = &bank->target[intid % VGIC_INTIDS_PER_BANK];

	if (!access->is_write) {
		access->value = this_guest.vgic.routes[intid];
		return true;
	}
	/* No vCPU of that affinity: the interrupt stays pending. 1-of-N is absent (TYPER.No1N). */
	const uint64_t affinity = access->value & UINT64_C(0xff00ffffff);
	const uint64_t to = (affinity >> 8) * 16 + (affinity & 0xf);

	this_guest.vgic.routes[intid] = (uint32_t)affinity & 0xffffff;
	*route = affinity == vcpu_affinity((uint32_t)to) && to < this_guest.vcpu_count
			 ? (uint8_t)to
			 : VGIC_NO_VCPU;
	if ((bank->hardware & mask) != 0 && *route != VGIC_NO_VCPU)
		gic_route_spi(intid, this_guest.vcpus[*route].host_mpidr);
	vgic_spis_changed(index, mask);
	return true;
}

static bool control_access(struct vgic_access *access)
{
	struct vgic *const vgic = &this_guest.vgic;
	const uint32_t writable = GICD_CTLR_ENABLE_GROUP0 | GICD_CTLR_ENABLE_GROUP1;

	if (!access->is_write) {
		access->value = vgic->control | (vgic_is_asked() ? GICD_CTLR_RWP : 0);
		return true;
	}
	vgic->control = (vgic->control & ~writable) | ((uint32_t)access->value & writable);
	for (uint32_t i = 1; i <= vgic->spi_banks; i++)
		vgic_apply_hardware(i, UINT32_MAX);
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		vgic_draw_attention(i, UINT32_MAX);
	return true;
}

/*
 * GICD_SETSPI_NSR and GICD_CLRSPI_NSR: an interrupt as a message (12.9.35). They are the line of a
 * level that no device drives; those of passed-through devices are latched as by ISPENDR.
 */
static bool message_access(const struct vgic_access *access)
{
	const bool is_set = access->offset == GICD_SETSPI;
	const uint32_t intid = access->value & 0x3ff;
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;
	const uint32_t mask = BANK_BIT(intid);

	if (access->size > 4)
		return false;
	if (!access->is_write || index == 0 || index > this_guest.vgic.spi_banks)
		return true;

	const struct vgic_bank *const bank = &this_guest.vgic.banks[index];

	if (((bank->hardware | bank->edge) & mask) == 0)
		vgic_move_line(intid, is_set);
	else if (is_set)
		vgic_set_pending(index, mask);
	else
		vgic_clear_pending(index, mask);
	return true;
}

bool vgic_identification_access(struct vgic_access *access)
{
	if (access->size != 4 || access->offset % 4 != 0)
		return false;
	switch (access->offset) {
	case GICD_TYPER:
		access->value = distributor_type();
		return true;
	case GICD_IIDR:
		access->value = VGIC_IIDR;
		return true;
	case GIC_PIDR2:
		access->value = VGIC_PIDR2;
		return true;
	default:
		return true;
	}
}

/* Reads of pending and active state want to know what other vCPUs' list registers hold. */
static void gather_for(const struct vgic_access *access)
{
	if (!access->is_write && access->offset >= GICD_ISPENDR && access->offset < GICD_IPRIORITYR)
		vgic_gather();
}

bool vgic_distributor_access(struct vgic_access *access)
{
	bool is_legal;

	if (access->offset % access->size != 0)
		return false;

	gather_for(access);
	lock_acquire(&this_guest.vgic.lock);
	if (access->offset >= GICD_IGROUPR && access->offset < VGIC_FIELDS_END)
		is_legal = vgic_field_access(NULL, access);
	else if (access->offset >= GICD_IROUTER &&
		 access->offset < GICD_IROUTER + 8 * PLAN_MAX_INTID)
		is_legal = (access->size == 4 || access->size == 8) && route_access(access);
	else if (access->offset == GICD_SETSPI || access->offset == GICD_CLRSPI)
		is_legal = message_access(access);
	else if (access->offset == GICD_CTLR && access->size == 4)
		is_legal = control_access(access);
	else
		is_legal = vgic_identification_access(access);
	lock_release(&this_guest.vgic.lock);
	vgic_catch_up();
	return is_legal;
}

bool vgic_private_access(struct vcpu *vcpu, struct vgic_access *access)
{
	bool is_legal = access->size == 4;

	if (access->offset % access->size != 0)
		return false;
	gather_for(access);
	lock_acquire(&this_guest.vgic.lock);
	if (access->offset >= GICD_IGROUPR && access->offset < VGIC_FIELDS_END)
		is_legal = vgic_field_access(vcpu, access);
	lock_release(&this_guest.vgic.lock);
	vgic_catch_up();
	return is_legal;
}
