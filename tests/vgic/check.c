// SPDX-License-Identifier: Apache-2.0
/*
 * Invariants. First what holds whenever a CPU leaves EL2, in terms of the machine; then the books
 * that the vGIC keeps (the only part that knows struct vgic_cpu and struct vgic_bank); then what
 * holds when no CPU has anything left to do.
 */
#include <string.h>

#include "arch/arm64/gic/gic.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/vgic/list_registers.h"
#include "tests/vgic/machine.h"
#include "tests/vgic/model.h"

static bool is_valid(uint64_t list)
{
	return (list & LR_STATE) != 0;
}

static void check_list(unsigned cpu, unsigned list)
{
	const uint64_t value = machine.cpus[cpu].lists[list];
	const uint32_t intid = (uint32_t)value;

	if (!is_valid(value))
		return;
	if (((value & LR_HW) != 0) != physical_is_hardware(intid))
		machine_fail("INTID %u has the wrong kind of list register", intid);
	for (unsigned other = 0; other < machine.config.cpus; other++) {
		if (intid < 32 && other != cpu)
			continue;
		for (unsigned i = 0; i < machine.config.lists; i++)
			if ((other != cpu || i != list) && is_valid(machine.cpus[other].lists[i]) &&
			    (uint32_t)machine.cpus[other].lists[i] == intid)
				machine_fail("INTID %u is in list registers %u of CPU %u and %u of "
					     "CPU %u",
					     intid, list, cpu, i, other);
	}
}

/* --- The vGIC's books. --- */

static struct vgic_bank *bank_of(unsigned cpu, uint32_t intid)
{
	return intid < 32 ? &this_guest.vcpus[cpu].vgic.bank : &this_guest.vgic.banks[intid / 32];
}

static void check_software_list(unsigned cpu, unsigned list)
{
	const uint32_t intid = this_guest.vcpus[cpu].vgic.list_intid[list];
	const struct vgic_bank *const bank = bank_of(cpu, intid);

	if (intid != (uint32_t)machine.cpus[cpu].lists[list])
		machine_fail("list_intid says %u of list register %u", intid, list);
	if ((bank->listed >> intid % 32 & 1) == 0)
		machine_fail("INTID %u is in a list register and not listed", intid);
	if (bank->holder[intid % 32] != cpu)
		machine_fail("INTID %u is in a list register of CPU %u, held by %u", intid, cpu,
			     bank->holder[intid % 32]);
}

static bool is_in_software_list(unsigned cpu, uint32_t intid)
{
	for (unsigned i = 0; i < machine.config.lists; i++)
		if ((this_guest.vcpus[cpu].vgic.software_lists >> i & 1) != 0 &&
		    (uint32_t)machine.cpus[cpu].lists[i] == intid)
			return true;
	return false;
}

static void check_books(unsigned cpu)
{
	const struct vgic_cpu *const vgic = &this_guest.vcpus[cpu].vgic;

	for (unsigned i = 0; i < machine.config.lists; i++) {
		const uint64_t value = machine.cpus[cpu].lists[i];

		if ((vgic->software_lists >> i & 1) != 0)
			check_software_list(cpu, i);
		else if (is_valid(value) && (value & LR_HW) == 0)
			machine_fail("software INTID %u is in no book", (uint32_t)value);
	}
	for (uint32_t intid = 0; intid < MACHINE_INTIDS; intid++) {
		const struct vgic_bank *const bank = bank_of(cpu, intid);

		if ((bank->listed >> intid % 32 & 1) != 0 && bank->holder[intid % 32] == cpu &&
		    !physical_is_hardware(intid) && !is_in_software_list(cpu, intid))
			machine_fail("INTID %u is listed and in no list register of CPU %u", intid,
				     cpu);
	}
}

/* Active for this vCPU's guest, and in no list register, for which there was more urgent use. */
static bool is_spilled(unsigned cpu, uint32_t intid)
{
	const struct vgic_bank *const bank = bank_of(cpu, intid);

	return (bank->active >> intid % 32 & 1) != 0 && bank->holder[intid % 32] == cpu;
}

static bool is_latched(unsigned cpu, uint32_t intid)
{
	const uint32_t latched = bank_of(cpu, intid)->pending;
	const uint32_t physical = physical_word(cpu, intid)->latch;

	return ((physical_is_hardware(intid) ? latched | physical : latched) >> intid % 32 & 1) !=
	       0;
}

void check_entry(unsigned cpu)
{
	const struct machine_cpu *const self = &machine.cpus[cpu];

	if (self->locks != 0)
		machine_fail("leaves EL2 with a lock");
	if (self->depth != 0)
		machine_fail("leaves EL2 with INTID %u acknowledged", self->taken[self->depth - 1]);
	for (unsigned i = 0; i < machine.config.lists; i++)
		check_list(cpu, i);
	check_books(cpu);
}

/* --- At rest. --- */

/* The list register of each interrupt on each CPU. */
static uint64_t found[MACHINE_CPUS][MACHINE_INTIDS];

static void find_lists(void)
{
	memset(found, 0, sizeof(found));
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		for (unsigned i = 0; i < machine.config.lists; i++) {
			const uint64_t value = machine.cpus[cpu].lists[i];

			if (is_valid(value) && (uint32_t)value < MACHINE_INTIDS)
				found[cpu][(uint32_t)value] = value;
		}
}

static uint32_t lists_pending(unsigned cpu, unsigned *least_urgent, uint32_t *free)
{
	uint32_t pending = 0;

	*least_urgent = 0;
	*free = 0;
	for (unsigned i = 0; i < machine.config.lists; i++) {
		const uint64_t value = machine.cpus[cpu].lists[i];

		if (!is_valid(value))
			*free |= 1U << i;
		if ((value & LR_STATE) != LR_PENDING)
			continue;
		pending |= 1U << i;
		if (LR_PRIORITY(value) > *least_urgent)
			*least_urgent = LR_PRIORITY(value);
	}
	return pending;
}

/* Whether the end of what is active outside of the list registers can be noticed. */
static bool may_spill(unsigned cpu)
{
	return !guest_splits_end(cpu) || !machine.config.traps_all;
}

/*
 * Whether active interrupts may take list registers from one that the guest could get: not more
 * urgent ones that are being served, but those that software made active; and those whose priority
 * was dropped before they are deactivated (EOImode 1), where they cannot be spilled.
 */
static bool is_held_up(unsigned cpu)
{
	for (unsigned i = 0; i < machine.config.lists; i++) {
		const uint64_t value = machine.cpus[cpu].lists[i];

		if ((value & LR_ACTIVE) != 0 &&
		    (!may_spill(cpu) || model_find(cpu, (uint32_t)value)->is_activated))
			return true;
	}
	return false;
}

/* Whether all that is active gives way to what is pending. EL2 hears of another EOImode late. */
static bool active_gives_way(unsigned cpu)
{
	return !machine.cpus[cpu].has_changed_end && may_spill(cpu) &&
	       (guest_splits_end(cpu) || machine.config.lists == 1);
}

/* An interrupt that has to be delivered and is in no list register: only because others go first.
 */
static void check_left_out(unsigned cpu, uint32_t intid, const struct model_irq *irq)
{
	unsigned least = 0;
	uint32_t free = 0;
	const uint32_t pending = lists_pending(cpu, &least, &free);
	bool is_first = irq->priority < least;

	/* The physical GIC keeps hardware's apart by the priority that it has there. */
	if (physical_is_hardware(intid))
		is_first = gic_guest_priority(irq->priority) < gic_guest_priority((uint8_t)least);
	if (pending == 0 && (active_gives_way(cpu) || (free != 0 && !is_held_up(cpu))))
		machine_fail("INTID %u of vCPU %u is left out, and there is room", intid, cpu);
	if (pending != 0 && is_first)
		machine_fail("INTID %u of vCPU %u is left out, and more urgent than one that waits",
			     intid, cpu);
}

/* The guest's end finds it: in a list register, or because EL2 looks out for it. */
static void check_active(unsigned cpu, uint32_t intid)
{
	const struct model_irq *const irq = model_find(cpu, intid);
	const bool is_listed = (found[cpu][intid] & LR_ACTIVE) != 0;
	const bool is_here = is_listed || is_spilled(cpu, intid);

	if (irq->is_unpredictable)
		return;

	if (is_listed && is_spilled(cpu, intid))
		machine_fail("active INTID %u is in a list register, and outside", intid);
	if (irq->active && irq->active_on == cpu && !is_here)
		machine_fail("INTID %u is active on vCPU %u, and EL2 knows nothing of it", intid,
			     cpu);
	if (is_here && !irq->is_activated && !(irq->active && irq->active_on == cpu))
		machine_fail("INTID %u has ended on vCPU %u, and is active", intid, cpu);
}

static void check_interrupt(unsigned cpu, uint32_t intid)
{
	struct model_irq *const irq = model_find(cpu, intid);
	const uint64_t list = found[cpu][intid];
	const bool is_pending = (list & LR_PENDING) != 0;

	if (machine.cpus[cpu].is_on && model_is_deliverable(cpu, irq) && model_is_pending(irq) &&
	    !is_pending)
		check_left_out(cpu, intid, irq);
	if (!is_pending)
		return;
	if (!model_may_come(irq))
		machine_fail("INTID %u waits on vCPU %u, and nobody has pended it", intid, cpu);
	if (!irq->active && !irq->is_activated && !model_is_deliverable(cpu, irq))
		machine_fail("INTID %u waits on vCPU %u, and may not be delivered", intid, cpu);
}

/* What may not come any more, because all that was on its way has arrived. */
static void forget(unsigned cpu, uint32_t intid)
{
	struct model_irq *const irq = model_find(cpu, intid);

	if (irq->credit == 0 && !irq->was_high)
		return;

	bool is_somewhere = is_latched(cpu, intid);

	for (unsigned i = 0; i < machine.config.cpus; i++)
		if (intid >= 32 || i == cpu)
			is_somewhere |= (found[i][intid] & LR_PENDING) != 0;
	if (model_is_pending(irq) || is_somewhere)
		return;
	irq->credit = 0;
	irq->was_high = false;
}

/* What is active in the physical GIC has somebody who will end it, and the other way round. */
static void check_hardware(unsigned cpu, uint32_t intid)
{
	const struct model_irq *const irq = model_find(cpu, intid);
	const bool is_active = (physical_word(cpu, intid)->active >> intid % 32 & 1) != 0;
	uint64_t list = found[cpu][intid];

	if (irq->is_unpredictable)
		return;
	for (unsigned i = 0; intid >= 32 && i < machine.config.cpus; i++)
		list |= found[i][intid];
	bool is_outside = is_spilled(cpu, intid);

	for (unsigned i = 0; intid >= 32 && i < machine.config.cpus; i++)
		is_outside |= is_spilled(i, intid);
	if (is_active && list == 0 && !irq->is_activated && !is_outside)
		machine_fail("INTID %u is active in the physical GIC, and nobody ends it", intid);
	if (!is_active && list != 0)
		machine_fail("INTID %u is in a list register, and not active in the physical GIC",
			     intid);
}

static void check_cpu(unsigned cpu)
{
	const uint32_t own = 1U << GIC_KICK_SGI | 1U << GIC_VGIC_SGI | 1U << MACHINE_MAINTENANCE;

	if ((machine.cpus[cpu].own.active & own) != 0)
		machine_fail("an interrupt of EL2's own has no end on CPU %u", cpu);
	for (uint32_t intid = 0; intid < MACHINE_INTIDS; intid++) {
		check_interrupt(cpu, intid);
		check_active(cpu, intid);
		if (physical_is_hardware(intid))
			check_hardware(cpu, intid);
	}
}

void check_quiet(void)
{
	find_lists();
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		check_cpu(cpu);
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		for (uint32_t intid = 0; intid < MACHINE_INTIDS; intid++)
			if (intid < 32 || cpu == 0)
				forget(cpu, intid);
}

/* One word of ISPENDR and of ISACTIVER. cpu: whose, for the first. */
static void check_word(unsigned cpu, uint32_t index)
{
	const uint32_t pending = index == 0 ? guest_read_own(cpu, GICD_ISPENDR)
					    : guest_read(GICD_ISPENDR + 4 * index);
	const uint32_t active = index == 0 ? guest_read_own(cpu, GICD_ISACTIVER)
					   : guest_read(GICD_ISACTIVER + 4 * index);

	for (unsigned bit = 0; bit < 32; bit++) {
		const uint32_t intid = 32 * index + bit;
		const struct model_irq *const irq = model_find(cpu, intid);
		const bool is_pending = (pending >> bit & 1) != 0;
		const bool is_active = (active >> bit & 1) != 0;

		if (irq->is_unpredictable)
			continue;
		if (model_is_pending(irq) && !is_pending)
			machine_fail("INTID %u of vCPU %u is pending, and does not read so", intid,
				     cpu);
		if (is_pending && !model_may_come(irq))
			machine_fail("INTID %u of vCPU %u is not pending, and reads so", intid,
				     cpu);
		if (is_active != (irq->active || irq->is_activated))
			machine_fail("INTID %u of vCPU %u reads as %sactive", intid, cpu,
				     is_active ? "" : "in");
	}
}

void check_registers(void)
{
	/* What a vCPU that is off has of its own is anybody's guess. */
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		if (machine.cpus[cpu].is_on)
			check_word(cpu, 0);
	for (uint32_t index = 1; index < MACHINE_WORDS; index++)
		check_word(0, index);
}
