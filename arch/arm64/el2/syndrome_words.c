/* SPDX-License-Identifier: Apache-2.0 */
/* An ESR_EL2 in words (Arm ARM D17.2.37). In the demand section; pure, for tools in guests too. */
#include "common/arch.h"
#include "common/lib/format.h"

/* Aborts have a fault status; data aborts say what the access was. */
static const struct class
{
	uint32_t number;
	bool has_status;
	bool has_access;
	const char *words;
} classes[] = {
	{0x00, false, false, "undefined instruction"},
	{0x0e, false, false, "illegal execution state"},
	{0x15, false, false, "SVC"},
	{0x16, false, false, "HVC"},
	{0x17, false, false, "SMC"},
	{0x18, false, false, "system register"},
	{0x1c, false, false, "pointer authentication failure"},
	{0x20, true, false, "instruction abort"},
	{0x21, true, false, "instruction abort in EL2"},
	{0x22, false, false, "PC alignment fault"},
	{0x24, true, true, "data abort"},
	{0x25, true, true, "data abort in EL2"},
	{0x26, false, false, "SP alignment fault"},
	{0x2f, false, false, "SError"},
	{0x3c, false, false, "BRK"},
};

/* DFSC and IFSC: a level is in the two bits that the mask leaves out. */
static const struct fault {
	uint32_t mask;
	uint32_t value;
	const char *words;
} faults[] = {
	{0x3c, 0x00, "address size fault"},
	{0x3c, 0x04, "translation fault"},
	{0x3c, 0x08, "access flag fault"},
	{0x3c, 0x0c, "permission fault"},
	{0x3f, 0x10, "external abort"},
	{0x3c, 0x14, "external abort in a table walk"},
	{0x3f, 0x18, "parity or ECC error"},
	{0x3c, 0x1c, "parity or ECC error in a table walk"},
	{0x3f, 0x21, "alignment fault"},
	{0x3f, 0x30, "TLB conflict"},
	{0x3f, 0x35, "exclusive or atomic access that is not supported"},
};

static bool is_set(uint64_t esr, unsigned bit)
{
	return (esr >> bit & 1) != 0;
}

static size_t describe_status(uint32_t status, char *out, size_t size)
{
	for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if ((status & faults[i].mask) == faults[i].value)
			return format(out, size, faults[i].mask == 0x3c ? ": %s, level %u" : ": %s",
				      faults[i].words, status & 3);
	return format(out, size, ": fault status 0x%x", status);
}

/* The size is known only with a valid syndrome (ISV). */
static size_t describe_access(uint64_t esr, char *out, size_t size)
{
	size_t at = format(out, size, is_set(esr, 6) ? ", write" : ", read");

	if (is_set(esr, 24))
		at += format(out + at, size - at, " of %u bytes", 1U << (esr >> 22 & 3));
	if (is_set(esr, 8))
		at += format(out + at, size - at, ", cache maintenance");
	if (is_set(esr, 7))
		at += format(out + at, size - at, ", in a table walk of the guest's");
	return at;
}

size_t arch_describe_syndrome(uint64_t esr, char *out, size_t size)
{
	const unsigned number = esr >> 26 & 0x3f;

	for (unsigned i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (classes[i].number != number)
			continue;

		size_t at = format(out, size, "%s", classes[i].words);

		if (classes[i].has_status)
			at += describe_status(esr & 0x3f, out + at, size - at);
		if (classes[i].has_access)
			at += describe_access(esr, out + at, size - at);
		return at;
	}
	return format(out, size, "exception class 0x%x", number);
}
