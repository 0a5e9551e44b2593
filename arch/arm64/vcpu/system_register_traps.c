/* SPDX-License-Identifier: Apache-2.0 */
/* MRS and MSR instructions that trap (Arm ARM D17.2.37, EC 0x18). */
#include "arch/arm64/el2/exits.h"
#include "arch/arm64/el2/syndrome.h"
#include "arch/arm64/vcpu/id_registers.h"
#include "arch/arm64/vcpu/vcpu.h"
#include "arch/arm64/vgic/direct.h"

#define ID_SPACE      SYSREG(3U, 0U, 0U, 0U, 0U)
#define ID_SPACE_MASK SYSREG(3U, 7U, 15U, 0U, 0U)
#define AIDR_EL1      SYSREG(3U, 1U, 0U, 0U, 7U)
#define ICC_SRE_EL1   SYSREG(3U, 0U, 12U, 12U, 5U)
#define ACTLR_EL1     SYSREG(3U, 0U, 1U, 0U, 1U)

static uint64_t source(const struct guest_registers *guest, uint32_t iss)
{
	const unsigned number = SYSREG_REGISTER(iss);

	return number == ZERO_REGISTER ? 0 : guest->x[number];
}

static void give(struct guest_registers *guest, uint32_t iss, uint64_t value)
{
	const unsigned number = SYSREG_REGISTER(iss);

	if (number != ZERO_REGISTER)
		guest->x[number] = value;
}

/* In direct mode: one of the CPU interface's. False: another register. */
static bool direct_access(struct guest_registers *guest, uint32_t iss)
{
	const bool is_read = (iss & SYSREG_IS_READ) != 0;
	uint64_t value = source(guest, iss);

	if (!direct_register_access(iss & SYSREG_NAME_MASK, is_read, &value))
		return false;
	if (is_read)
		give(guest, iss, value);
	return true;
}

/* Not a register of this CPU: undone is the step over the instruction, which never happened. */
static void undefined(void)
{
	write_register(elr_el2, read_register(elr_el2) - 4);
	vcpu_inject_undefined();
}

void system_register_access(struct guest_registers *guest, uint64_t esr)
{
	const uint32_t iss = (uint32_t)esr & 0x1ffffff;
	const uint32_t name = iss & SYSREG_NAME_MASK;
	const bool is_read = (iss & SYSREG_IS_READ) != 0;

	/* Of the GIC's registers it has all: what follows of them is virtual mode's. */
	if (this_cpu.is_direct && direct_access(guest, iss))
		return;
	if (!is_read && name == SYSREG_ICC_SGI1R_EL1) {
		vgic_send_sgi(source(guest, iss), true);
	} else if (!is_read && (name == SYSREG_ICC_SGI0R_EL1 || name == SYSREG_ICC_ASGI1R_EL1)) {
		vgic_send_sgi(source(guest, iss), false);
	} else if (!is_read && name == SYSREG_ICC_DIR_EL1) {
		vgic_deactivate_own((uint32_t)source(guest, iss) & 0xffffff);
	} else if (is_read && (name & ID_SPACE_MASK) == ID_SPACE) {
		give(guest, iss, id_register(SYSREG_CRM(iss), SYSREG_OP2(iss)));
	} else if (is_read && name == AIDR_EL1) {
		give(guest, iss, read_register(aidr_el1));
	} else if (name == ICC_SRE_EL1) {
		/* Not the guest's to change: without system registers it would have no GIC. */
		if (is_read)
			give(guest, iss, ICC_SRE_EL1_FIXED);
	} else if (name == ACTLR_EL1) {
		/* Readable, because some guests look; what it controls is the board's. */
		if (is_read)
			give(guest, iss, read_register(actlr_el1));
	} else {
		undefined();
	}
}
