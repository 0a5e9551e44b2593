/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers that come as fields for each interrupt: the distributor's for SPIs, the SGI_base
 * frame's for a vCPU's own 32 (IHI 0069, 12.9 and 12.11). Both frames have the same layout up to
 * 0x1000, so one table serves both; a row covers 128 bytes.
 */
#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/vgic.h"

#define ROW_SIZE      0x80
#define ROW_COUNT     (VGIC_FIELDS_END / ROW_SIZE)
#define PRIORITY_BITS 0xf8 /* 32 levels, as most hardware has */

/* The bank that an access means. vcpu: whose own interrupts bank 0 are. */
struct target {
	struct vcpu *vcpu; /* NULL in the distributor, where bank 0 reads as zero */
	struct vgic_bank *bank;
	uint32_t bank_index;
};

/* Finds the bank; false: reads as zero, writes are ignored. */
static bool find_bank(struct vcpu *vcpu, uint32_t bank_index, struct target *target)
{
	target->vcpu = vcpu;
	target->bank_index = bank_index;
	if (vcpu != NULL) {
		target->bank = &vcpu->vgic.bank;
		return bank_index == 0;
	}
	target->bank = &this_guest.vgic.banks[bank_index < VGIC_BANKS ? bank_index : 0];
	return bank_index != 0 && bank_index <= this_guest.vgic.spi_banks;
}

void vgic_spis_changed(uint32_t index, uint32_t mask)
{
	vgic_apply_hardware(index, mask);
	if ((mask & ~this_guest.vgic.banks[index].hardware) == 0)
		return;
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++)
		vgic_draw_attention(i, VGIC_ATTENTION_RECONFIGURE | 1U << index);
}

/* Enables, groups or priorities of these have changed: those concerned look again. */
static void changed(const struct target *target, uint32_t mask)
{
	if (target->vcpu != NULL) {
		vgic_draw_attention(target->vcpu->index, VGIC_ATTENTION_RECONFIGURE | 1);
		return;
	}
	vgic_spis_changed(target->bank_index, mask);
}

static void group_access(const struct target *target, struct vgic_access *access)
{
	struct vgic_bank *const bank = target->bank;

	if (!access->is_write) {
		access->value = bank->group1;
		return;
	}

	const uint32_t old = bank->group1;

	bank->group1 = (uint32_t)access->value;
	changed(target, old ^ bank->group1);
}

static void enable_access(const struct target *target, struct vgic_access *access)
{
	if (!access->is_write) {
		access->value = target->bank->enabled;
		return;
	}
	target->bank->enabled |= (uint32_t)access->value;
	changed(target, (uint32_t)access->value);
}

static void disable_access(const struct target *target, struct vgic_access *access)
{
	if (!access->is_write) {
		access->value = target->bank->enabled;
		return;
	}
	target->bank->enabled &= ~(uint32_t)access->value;
	changed(target, (uint32_t)access->value);
}

/* The interrupts of a bank that are hardware SPIs. */
static uint32_t hardware_spis(const struct target *target)
{
	return target->vcpu == NULL ? target->bank->hardware : 0;
}

/* Whether these are the private interrupts of another vCPU: in list registers out of our reach. */
static bool is_anothers(const struct target *target)
{
	return target->vcpu != NULL && target->vcpu != this_cpu.vcpu;
}

/* Pending as the guest should see it: latched, a high level, or waiting in a list register. */
static uint32_t read_pending(const struct target *target)
{
	const struct vgic_bank *const bank = target->bank;
	const struct vgic_seen seen = vgic_seen(target->vcpu, target->bank_index);
	uint32_t pending = atomic_load_explicit(&bank->pending, memory_order_relaxed) |
			   (bank->line & ~bank->edge) | seen.pending;

	if (hardware_spis(target) == 0)
		return pending;
	/* In this order: from EL2's acknowledge on it is active in the physical GIC. */
	pending |= gic_read_spis(GICD_ISPENDR, target->bank_index) & bank->hardware;
	return pending | (gic_read_spis(GICD_ISACTIVER, target->bank_index) & bank->hardware &
			  ~seen.active & ~bank->active);
}

static void pend_access(const struct target *target, struct vgic_access *access)
{
	if (!access->is_write)
		access->value = read_pending(target);
	else if (target->vcpu == NULL)
		vgic_set_pending(target->bank_index, (uint32_t)access->value);
	else
		vgic_latch_private(target->vcpu, (uint32_t)access->value);
}

static void unpend_access(const struct target *target, struct vgic_access *access)
{
	const uint32_t mask = (uint32_t)access->value;

	if (!access->is_write) {
		access->value = read_pending(target);
		return;
	}
	if (target->vcpu == NULL) {
		vgic_clear_pending(target->bank_index, mask);
		return;
	}
	atomic_fetch_and_explicit(&target->bank->pending, ~mask, memory_order_relaxed);
	if (is_anothers(target)) {
		vgic_ask(target->vcpu, &target->bank->recall, mask);
		return;
	}
	target->bank->owed &= ~mask;
	vgic_unpend_private(target->vcpu, mask);
}

static uint32_t read_active(const struct target *target)
{
	return target->bank->active | vgic_seen(target->vcpu, target->bank_index).active;
}

static void activate_access(const struct target *target, struct vgic_access *access)
{
	if (access->is_write)
		vgic_activate(target->vcpu, target->bank_index, (uint32_t)access->value);
	else
		access->value = read_active(target);
}

static void deactivate_access(const struct target *target, struct vgic_access *access)
{
	if (access->is_write)
		vgic_deactivate(target->vcpu, target->bank_index, (uint32_t)access->value);
	else
		access->value = read_active(target);
}

/* 4 interrupts to a word, 8 words to a bank; byte accesses are allowed (12.9.20). */
static void priority_access(const struct target *target, struct vgic_access *access)
{
	const uint32_t first = access->offset % VGIC_INTIDS_PER_BANK;
	uint8_t *const priority = &target->bank->priority[first];

	if (!access->is_write) {
		for (uint32_t i = 0; i < access->size; i++)
			access->value |= (uint64_t)priority[i] << 8 * i;
		return;
	}
	for (uint32_t i = 0; i < access->size; i++) {
		priority[i] = (uint8_t)(access->value >> 8 * i) & PRIORITY_BITS;
		if (target->vcpu == NULL && (target->bank->hardware >> (first + i) & 1) != 0)
			gic_set_spi_priority(target->bank_index * VGIC_INTIDS_PER_BANK + first + i,
					     priority[i]);
	}
	changed(target, ((1U << access->size) - 1) << first);
}

/* Two bits to an interrupt, of which the upper says edge; SGIs' and hardware's are fixed. */
static void config_access(const struct target *target, struct vgic_access *access)
{
	const uint32_t first = access->offset / 4 % 2 * 16;
	const uint32_t fixed = target->bank->hardware | (target->vcpu == NULL ? 0 : 0xffff);
	uint32_t edge = target->bank->edge;

	for (uint32_t i = 0; i < 16; i++) {
		const uint32_t bit = 1U << (first + i);
		const uint64_t field = UINT64_C(2) << 2 * i;

		if (!access->is_write)
			access->value |= (edge & bit) != 0 ? field : 0;
		else if ((fixed & bit) == 0)
			edge = (access->value & field) != 0 ? edge | bit : edge & ~bit;
	}
	target->bank->edge = edge;
}

typedef void (*row_handler)(const struct target *target, struct vgic_access *access);

/* A row of the frame. Rows without handler read as zero. */
struct row {
	row_handler handler;
	uint32_t bank_bytes; /* bytes that one bank takes */
};

static const struct row rows[ROW_COUNT] = {
	[GICD_IGROUPR / ROW_SIZE] = {group_access, 4},
	[GICD_ISENABLER / ROW_SIZE] = {enable_access, 4},
	[GICD_ICENABLER / ROW_SIZE] = {disable_access, 4},
	[GICD_ISPENDR / ROW_SIZE] = {pend_access, 4},
	[GICD_ICPENDR / ROW_SIZE] = {unpend_access, 4},
	[GICD_ISACTIVER / ROW_SIZE] = {activate_access, 4},
	[GICD_ICACTIVER / ROW_SIZE] = {deactivate_access, 4},
	[0x400 / ROW_SIZE... 0x780 / ROW_SIZE] = {priority_access, 32},
	[0xc00 / ROW_SIZE] = {config_access, 8},
	[0xc80 / ROW_SIZE] = {config_access, 8},
};

/* Where the block of registers that a row belongs to begins. */
static uint32_t block_start(const struct row *row, uint32_t offset)
{
	if (row->handler == priority_access)
		return GICD_IPRIORITYR;
	return row->handler == config_access ? GICD_ICFGR : offset - offset % ROW_SIZE;
}

bool vgic_field_access(struct vcpu *vcpu, struct vgic_access *access)
{
	const struct row *const row = &rows[access->offset / ROW_SIZE];
	struct target target;

	if (row->handler == NULL)
		return access->size == 4;
	if (access->size != 4 && !(access->size == 1 && row->handler == priority_access))
		return false;

	const uint32_t in_block = access->offset - block_start(row, access->offset);

	if (find_bank(vcpu, in_block / row->bank_bytes, &target))
		row->handler(&target, access);
	return true;
}
