// SPDX-License-Identifier: Apache-2.0
/* The virtual CPU interface and its control registers (IHI 0069, 12.4). */
#include "arch/arm64/vgic/list_registers.h"
#include "tests/vgic/machine.h"
#include "tests/vgic/model.h"

#define HCR_EOICOUNT 27 /* shift */
#define HCR_WRITABLE UINT64_C(0xf807fcff)

#define VMCR_GROUP0   BIT(0)
#define VMCR_GROUP1   BIT(1)
#define VMCR_EOIMODE  BIT(9)
#define VMCR_WRITABLE UINT64_C(0xfffc021f)

#define LISTS_5_BITS (UINT64_C(4) << 29 | UINT64_C(4) << 26 | BIT(21))
#define LR_WRITABLE                                                                                \
	(LR_STATE | LR_HW | LR_GROUP1 | UINT64_C(0xf8) << LR_PRIORITY_SHIFT |                      \
	 UINT64_C(0x3ff) << LR_PINTID_SHIFT | UINT64_C(0xffffffff))

static uint64_t vmcr(const struct machine_cpu *cpu)
{
	return cpu->registers[REGISTER_ich_vmcr_el2];
}

/* A hardware interrupt has a physical INTID where others have the EOI bit. */
static bool has_ended(uint64_t list)
{
	return (list & (LR_STATE | LR_HW | LR_EOI)) == LR_EOI;
}

static uint32_t lists_where(const struct machine_cpu *cpu, bool (*is)(uint64_t))
{
	uint32_t found = 0;

	for (unsigned i = 0; i < machine.config.lists; i++)
		found |= is(cpu->lists[i]) ? 1U << i : 0;
	return found;
}

static bool is_free(uint64_t list)
{
	return (list & LR_STATE) == 0 && !has_ended(list);
}

static bool is_valid(uint64_t list)
{
	return (list & LR_STATE) != 0;
}

static bool is_pending(uint64_t list)
{
	return (list & LR_STATE) == LR_PENDING;
}

void interface_show_status(void)
{
	struct machine_cpu *const self = machine_self();

	self->shown_free = lists_where(self, is_free);
	self->shown_ended = lists_where(self, has_ended);
}

/* ICH_MISR_EL2, which asserts the maintenance interrupt. */
uint32_t interface_maintenance(unsigned cpu)
{
	const struct machine_cpu *const self = &machine.cpus[cpu];
	const uint64_t control = self->registers[REGISTER_ich_hcr_el2];
	const uint32_t valid = lists_where(self, is_valid);
	uint32_t status = 0;

	if ((control & ICH_HCR_EN) == 0)
		return 0;
	if (lists_where(self, has_ended) != 0)
		status |= 1U << 0;
	if ((control & ICH_HCR_UIE) != 0 && (valid & (valid - 1)) == 0)
		status |= 1U << 1;
	if ((control & ICH_HCR_LRENPIE) != 0 && control >> HCR_EOICOUNT != 0)
		status |= 1U << 2;
	if ((control & ICH_HCR_NPIE) != 0 && lists_where(self, is_pending) == 0)
		status |= 1U << 3;
	if ((control & BIT(4)) != 0 && (vmcr(self) & VMCR_GROUP0) != 0)
		status |= 1U << 4;
	if ((control & BIT(5)) != 0 && (vmcr(self) & VMCR_GROUP0) == 0)
		status |= 1U << 5;
	if ((control & BIT(6)) != 0 && (vmcr(self) & VMCR_GROUP1) != 0)
		status |= 1U << 6;
	if ((control & BIT(7)) != 0 && (vmcr(self) & VMCR_GROUP1) == 0)
		status |= 1U << 7;
	return status;
}

uint64_t interface_read(enum machine_register name)
{
	const struct machine_cpu *const self = machine_self();

	if (name >= REGISTER_ich_lr0_el2 && name <= REGISTER_ich_lr15_el2) {
		if (name - REGISTER_ich_lr0_el2 >= machine.config.lists)
			machine_fail("list register %u does not exist",
				     name - REGISTER_ich_lr0_el2);
		return self->lists[name - REGISTER_ich_lr0_el2];
	}
	switch (name) {
	case REGISTER_ich_vtr_el2:
		return LISTS_5_BITS | (machine.config.traps_all ? 0 : ICH_VTR_TDS) |
		       (machine.config.lists - 1);
	case REGISTER_ich_elrsr_el2:
		return self->shown_free;
	case REGISTER_ich_eisr_el2:
		return self->shown_ended;
	case REGISTER_ich_misr_el2:
		return interface_maintenance(machine.current);
	default:
		return self->registers[name];
	}
}

void interface_write(enum machine_register name, uint64_t value)
{
	struct machine_cpu *const self = machine_self();

	if (name >= REGISTER_ich_lr0_el2 && name <= REGISTER_ich_lr15_el2) {
		const unsigned list = name - REGISTER_ich_lr0_el2;

		if (list >= machine.config.lists)
			machine_fail("list register %u does not exist", list);
		if ((value & LR_HW) != 0 && (value & LR_STATE) == LR_STATE)
			machine_fail("INTID %u: HW, pending and active (12.4.8)", (uint32_t)value);
		self->lists[list] = value & LR_WRITABLE;
		return;
	}
	if (name == REGISTER_ich_hcr_el2)
		value &= HCR_WRITABLE;
	else if (name == REGISTER_ich_vmcr_el2)
		value &= VMCR_WRITABLE;
	else if (name == REGISTER_ich_ap0r1_el2 || name == REGISTER_ich_ap0r2_el2 ||
		 name == REGISTER_ich_ap0r3_el2 || name == REGISTER_ich_ap1r1_el2 ||
		 name == REGISTER_ich_ap1r2_el2 || name == REGISTER_ich_ap1r3_el2 ||
		 name == REGISTER_ich_vtr_el2 || name == REGISTER_ich_elrsr_el2 ||
		 name == REGISTER_ich_eisr_el2 || name == REGISTER_ich_misr_el2)
		machine_fail("writes register %u, which is not there or read-only", name);
	if (name == REGISTER_ich_hcr_el2 && machine.config.traps_all && (value & ICH_HCR_TDIR) != 0)
		machine_fail("ICH_HCR_EL2.TDIR is not there");
	self->registers[name] = value;
}

/* --- What the guest's ICC_*_EL1 accesses do. --- */

/* The binary point splits a priority; of 5 bits all may preempt at the least (12.2.5). */
static unsigned group_priority(const struct machine_cpu *cpu, unsigned priority, unsigned group)
{
	const unsigned point0 = (unsigned)(vmcr(cpu) >> 21 & 7);
	const unsigned point1 = (unsigned)(vmcr(cpu) >> 18 & 7);
	const bool is_common = group == 0 || (vmcr(cpu) & BIT(4)) != 0;
	unsigned shift = is_common ? point0 + 1 : point1;

	shift = shift < 3 ? 3 : shift;
	return priority >> shift << shift;
}

static unsigned running_priority(const struct machine_cpu *cpu)
{
	const uint32_t active = (uint32_t)(cpu->registers[REGISTER_ich_ap0r0_el2] |
					   cpu->registers[REGISTER_ich_ap1r0_el2]);

	return active == 0 ? 0x100 : (unsigned)__builtin_ctz(active) << 3;
}

uint32_t interface_highest(unsigned cpu, unsigned *group)
{
	const struct machine_cpu *const self = &machine.cpus[cpu];
	const unsigned mask = (unsigned)(vmcr(self) >> 24 & 0xff);
	unsigned best = mask;
	uint32_t found = MACHINE_NONE;

	if ((self->registers[REGISTER_ich_hcr_el2] & ICH_HCR_EN) == 0)
		return MACHINE_NONE;
	for (unsigned i = 0; i < machine.config.lists; i++) {
		const uint64_t list = self->lists[i];
		const unsigned its_group = (list & LR_GROUP1) != 0 ? 1 : 0;
		const unsigned priority = LR_PRIORITY(list);

		if (!is_pending(list) || priority >= best ||
		    (vmcr(self) & (its_group != 0 ? VMCR_GROUP1 : VMCR_GROUP0)) == 0)
			continue;
		best = priority;
		found = (uint32_t)list;
		*group = its_group;
	}
	if (found == MACHINE_NONE || group_priority(self, best, *group) >= running_priority(self))
		return MACHINE_NONE;
	return found;
}

uint32_t interface_acknowledge(unsigned group)
{
	struct machine_cpu *const self = machine_self();
	unsigned its_group = 0;
	const uint32_t intid = interface_highest(machine.current, &its_group);

	if (intid == MACHINE_NONE || its_group != group)
		return MACHINE_NONE;
	for (unsigned i = 0; i < machine.config.lists; i++) {
		uint64_t *const list = &self->lists[i];

		if (!is_pending(*list) || (uint32_t)*list != intid)
			continue;
		*list = (*list & ~LR_PENDING) | LR_ACTIVE;
		self->registers[group != 0 ? REGISTER_ich_ap1r0_el2 : REGISTER_ich_ap0r0_el2] |=
			1U << (group_priority(self, LR_PRIORITY(*list), group) >> 3);
		break;
	}
	return intid;
}

/* Deactivates, in the list register and, for hardware, in the physical GIC. */
bool interface_deactivate(uint32_t intid)
{
	struct machine_cpu *const self = machine_self();

	for (unsigned i = 0; i < machine.config.lists; i++) {
		uint64_t *const list = &self->lists[i];

		if ((*list & LR_ACTIVE) == 0 || (uint32_t)*list != intid)
			continue;
		*list &= ~LR_ACTIVE;
		if ((*list & LR_HW) != 0)
			physical_deactivate(machine.current, *list >> LR_PINTID_SHIFT & 0x3ff);
		return true;
	}
	/* Not in a list register: counted (12.4.5, EOIcount). */
	if (self->registers[REGISTER_ich_hcr_el2] >> HCR_EOICOUNT != 0x1f)
		self->registers[REGISTER_ich_hcr_el2] += UINT64_C(1) << HCR_EOICOUNT;
	return false;
}

void interface_end(uint32_t intid, unsigned group)
{
	struct machine_cpu *const self = machine_self();
	uint64_t *const active =
		&self->registers[group != 0 ? REGISTER_ich_ap1r0_el2 : REGISTER_ich_ap0r0_el2];

	if (*active == 0)
		return; /* nothing to drop, and then nothing ends */
	*active &= *active - 1;
	if ((vmcr(self) & VMCR_EOIMODE) == 0)
		(void)interface_deactivate(intid);
}
