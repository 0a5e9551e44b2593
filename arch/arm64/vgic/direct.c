/* SPDX-License-Identifier: Apache-2.0 */
/* Direct mode but for the distributor: the CPU interface, SGIs, stopping. */
#include "arch/arm64/vgic/direct.h"

#include "arch/arm64/el2/barriers.h"
#include "arch/arm64/el2/mmio.h"
#include "arch/arm64/el2/syndrome.h"
#include "arch/arm64/gic/registers.h"
#include "arch/arm64/stage2/stage2.h"
#include "arch/arm64/vgic/listing.h"
#include "common/plan/system.h"
#include "common/run/order.h"
#include "common/run/partition.h"

/* The INTID in ICC_SGI1R_EL1 (12.2.20). */
#define SGI_INTID (UINT64_C(0xf) << 24)

_Static_assert(GIC_KICK_SGI == 0, "vcpu.kick with another INTID");

/* What a stop wakes with; the kick of virtual mode's SGIs, which direct mode does not know. */
#define DIRECT_STOP_SGI GIC_VGIC_SGI
#define STOP_MASK	(1U << DIRECT_STOP_SGI)

/* Lets the highest priorities through alone: EL2's SGIs, whatever the guest masks. */
#define PMR_FLOOR 0x10
/* Of a kick beside the stop's SGI: below it, where there are as many bits of priority. */
#define PRIORITY_KICK 0x08

/* The priority mask or running priority as the guest's view of priorities has it (gic.h). */
static uint8_t guest_view(uint64_t priority)
{
	return (uint8_t)(this_cpu.shifts_priorities && priority != GIC_PRIORITY_ALL ? priority << 1
										    : priority);
}

static void set_mask(uint8_t priority)
{
	gic_let_through(priority);
	/* What reads back: not all bits are implemented. */
	this_cpu.vcpu->priority_mask = guest_view(read_register(icc_pmr_el1));
	if (this_cpu.vcpu->priority_mask < PMR_FLOOR)
		gic_let_through(PMR_FLOOR);
}

static void enable_groups(uint64_t group0, uint64_t group1)
{
	write_register(icc_igrpen1_el1, group1);
	if (this_cpu.has_group0)
		write_register(icc_igrpen0_el1, group0);
}

void direct_give_cpu(void)
{
	const uint64_t hcr = read_register(hcr_el2);

	/* Not after SYSTEM_SUSPEND. The kick has been taken: one that is pending is the guest's. */
	if ((hcr & HCR_IMO) != 0) {
		gic_disable_private(DIRECT_KICK_MASK);
		mmio_write8(direct_private_frame(this_cpu.index) + GICD_IPRIORITYR + GIC_KICK_SGI,
			    GIC_PRIORITY_DEFAULT);
	}
	enable_groups(this_cpu.is_open ? 0 : 1, 0);
	write_register(icc_ctlr_el1, 0);
	if (this_cpu.is_open) {
		gic_let_through(0);
		write_register(hcr_el2, hcr & ~(HCR_IMO | HCR_FMO));
	} else {
		set_mask(0);
		write_register(ich_hcr_el2, ICH_HCR_TC);
		write_register(hcr_el2, hcr & ~HCR_IMO);
	}
	synchronize_context();
}

/* Ends the SPIs that the guest has acknowledged on this CPU, as far as their routes tell. */
static void end_active(void)
{
	for (uint32_t index = 1; index <= this_guest.vgic.spi_banks; index++) {
		const struct vgic_bank *const bank = &this_guest.vgic.banks[index];
		uint32_t active = gic_read_spis(GICD_ISACTIVER, index) & bank->hardware;

		while (active != 0) {
			const unsigned bit = take_lowest(&active);

			if (bank->target[bit] == this_cpu.vcpu_index)
				gic_write_spis(GICD_ICACTIVER, index, BANK_BIT(bit));
		}
	}
}

void direct_take_cpu(void)
{
	write_register(ich_hcr_el2, 0);
	vgic_reset_interface();
	this_cpu.vcpu->is_asleep = false;
	write_register(hcr_el2, read_register(hcr_el2) | HCR_IMO | HCR_FMO);
	/* SPIs that are routed here, and what is pended from afar, wait where they are. */
	gic_let_through(PMR_FLOOR);
	gic_reset_private(DIRECT_KICK_MASK);
	gic_reset_interface();
	/* A late stop's SGI must not be in the kick's way (serve_idle_interrupt()). */
	enable_groups(this_cpu.is_open ? 0 : 1, 1);
	synchronize_context(); /* before it may sleep */
	end_active();
}

bool direct_is_changing(const struct vcpu *vcpu)
{
	return (mmio_read32(direct_control_frame(this_guest.plan->cpus[vcpu->index]) + GICR_CTLR) &
		GICR_CTLR_RWP) != 0;
}

static void send_sgi(uint32_t name, uint64_t value)
{
	const uint64_t targets = sgi_targets(value, this_cpu.vcpu_index);

	/* Those of the secure world are not the guest's. */
	if (name != SYSREG_ICC_SGI1R_EL1 && !this_cpu.has_group0)
		return;
	publish_before_interrupt();
	for (uint32_t i = 0; i < this_guest.vcpu_count; i++) {
		const uint64_t physical = this_guest.vcpus[i].kick | (value & SGI_INTID);

		if ((targets >> i & 1) == 0)
			continue;
		if (name == SYSREG_ICC_SGI1R_EL1)
			write_register(icc_sgi1r_el1, physical);
		else if (name == SYSREG_ICC_SGI0R_EL1)
			write_register(icc_sgi0r_el1, physical);
		else
			write_register(icc_asgi1r_el1, physical);
	}
	synchronize_context();
}

static void write_control(uint64_t value)
{
	const uint64_t writable = ICC_CTLR_CBPR | ICC_CTLR_EOIMODE;

	write_register(icc_ctlr_el1,
		       (read_register(icc_ctlr_el1) & ~writable) | (value & writable));
}

static void deactivate(uint64_t value)
{
	const uint32_t intid = (uint32_t)value & 0xffffff;

	if (intid < GIC_PRIVATE_INTIDS || vgic_owns_spi(&this_guest.vgic, intid))
		write_register(icc_dir_el1, intid);
}

bool direct_register_access(uint32_t name, bool is_read, uint64_t *value)
{
	switch (name) {
	case SYSREG_ICC_SGI1R_EL1:
	case SYSREG_ICC_SGI0R_EL1:
	case SYSREG_ICC_ASGI1R_EL1:
		if (!is_read)
			send_sgi(name, *value);
		return !is_read;
	case SYSREG_ICC_PMR_EL1:
		if (is_read)
			*value = this_cpu.vcpu->priority_mask;
		else
			set_mask((uint8_t)*value);
		return true;
	case SYSREG_ICC_RPR_EL1:
		*value = guest_view(read_register(icc_rpr_el1));
		return is_read;
	case SYSREG_ICC_CTLR_EL1:
		if (is_read)
			*value = read_register(icc_ctlr_el1);
		else
			write_control(*value);
		return true;
	case SYSREG_ICC_DIR_EL1:
		if (!is_read)
			deactivate(*value);
		return !is_read;
	default:
		return false;
	}
}

void direct_leave_group0(void)
{
	for (uint32_t i = 0; i < DIRECT_PPI_WORDS; i++)
		mmio_write32(direct_private_frame(this_cpu.index) + GICD_IGROUPR + 4 * i,
			     UINT32_MAX);
	complete_all_accesses();
}

void direct_fast_interrupt(void)
{
	order_take();
	if (!partition_is_running())
		vcpu_stop();
	direct_leave_group0();
}

void direct_suspend(bool is_deep)
{
	const uint64_t hcr = read_register(hcr_el2);
	const uint64_t priority_mask = read_register(icc_pmr_el1);
	const uint64_t group1 = read_register(icc_igrpen1_el1);
	const uint64_t group0 = this_cpu.has_group0 ? read_register(icc_igrpen0_el1) : 0;

	/* An interrupt that goes to EL1 need not end a WFI at EL2 (D1.6.2). */
	write_register(hcr_el2, hcr | HCR_IMO | HCR_FMO);
	if (is_deep) {
		gic_let_through(GIC_PRIORITY_ALL);
		enable_groups(1, 1);
	}
	synchronize_context();
	/* A WFI may end for nothing. At EL2 the register shows what is pending physically. */
	for (uint64_t pending = 0; pending == 0; pending = read_register(isr_el1))
		wait_for_interrupt();
	write_register(icc_pmr_el1, priority_mask);
	enable_groups(group0, group1);
	write_register(hcr_el2, hcr);
}

/*
 * The stop's SGI, and the kick as it is on a CPU of EL2's: the guest may have changed it there from
 * afar, or enabled what is as urgent and never ends. The kick stays in group 1, in which it is
 * sent; it is less urgent, for of two that are equal a GIC may offer it alone to a CPU interface
 * that has group 1 off, and the CPU sleeps on.
 */
static void wake(uint8_t *frame, bool is_group0)
{
	for (uint32_t i = 0; i < DIRECT_PPI_WORDS; i++)
		mmio_write32(frame + GICD_ICENABLER + 4 * i, UINT32_MAX);
	mmio_write32(frame + GICD_IGROUPR, is_group0 ? ~STOP_MASK : UINT32_MAX);
	mmio_write8(frame + GICD_IPRIORITYR + GIC_KICK_SGI, PRIORITY_KICK);
	mmio_write8(frame + GICD_IPRIORITYR + DIRECT_STOP_SGI, GIC_PRIORITY_EL2);
	mmio_write32(frame + GICD_ICACTIVER, STOP_MASK | DIRECT_KICK_MASK);
	mmio_write32(frame + GICD_ISENABLER, STOP_MASK | DIRECT_KICK_MASK);
	mmio_write32(frame + GICD_ISPENDR, STOP_MASK);
}

/* Nobody has a translation of the partition's any more. */
static void invalidate_partition(uint32_t partition)
{
	const uint64_t own = read_register(vttbr_el2);

	/*
	 * The empty root is visible before this CPU may walk with it: on some cores a speculative
	 * walk with our guest's stage 1 could otherwise fill the TLB under the other's VMID.
	 */
	complete_all_accesses();
	/* VMALLS12E1 is for the VMID in VTTBR_EL2 (D8.14.5). */
	write_register(vttbr_el2, stage2_vttbr(&system_plan, partition));
	synchronize_context();
	invalidate_translations_everywhere();
	write_register(vttbr_el2, own);
	synchronize_context();
}

void direct_stop(uint32_t partition)
{
	const struct plan_partition *const plan = &system_plan.partitions[partition];
	volatile uint64_t *const root = stage2_roots[partition];
	const uint32_t pages = stage2_root_pages(plan->ipa_bits);
	const bool is_group0 = plan->direct_sgi_open == 0 &&
			       (mmio_read32(gicd_registers + GICD_CTLR) & GICD_CTLR_DS) != 0;

	for (uint32_t i = 0; i < pages * STAGE2_PAGE_ENTRIES; i++)
		root[i] &= ~STAGE2_VALID;
	invalidate_partition(partition);
	for (uint32_t i = 0; i < plan->cpu_count; i++)
		if (plan->cpus[i] != this_cpu.index)
			wake(direct_private_frame(plan->cpus[i]), is_group0);
	/* What EL1 has masked ends no WFE. */
	send_event();
}

void direct_set_line(uint32_t intid, bool level)
{
	const uint32_t index = intid / VGIC_INTIDS_PER_BANK;

	gic_write_spis(level ? GICD_ISPENDR : GICD_ICPENDR, index, BANK_BIT(intid));
	if (level)
		return;
	/* The read comes back after the write has arrived; what the caller looks at then is new. */
	(void)gic_read_spis(GICD_ICPENDR, index);
	complete_all_accesses();
}
