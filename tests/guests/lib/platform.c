/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the device tree. What is missing stays zero; guests that need it say so. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "tests/guests/lib/guest.h"

struct platform platform;

/* libfdt is compiled with stack protection. */
extern uintptr_t __stack_chk_guard;
void __stack_chk_fail(void);
uintptr_t __stack_chk_guard = 0x595e9fbd94fda766;

void __stack_chk_fail(void)
{
	for (;;)
		wait_for_interrupt();
}

bool platform_reg(int node, int index, uint64_t *base, uint64_t *size)
{
	const int parent = fdt_parent_offset(platform.tree, node);
	const int address_cells = fdt_address_cells(platform.tree, parent);
	const int size_cells = fdt_size_cells(platform.tree, parent);
	int length;
	const fdt32_t *cells = fdt_getprop(platform.tree, node, "reg", &length);

	if (cells == NULL || length < 4 * (index + 1) * (address_cells + size_cells))
		return false;
	cells += index * (address_cells + size_cells);
	*base = 0;
	*size = 0;
	for (int i = 0; i < address_cells; i++)
		*base = *base << 32 | fdt32_ld(cells++);
	for (int i = 0; i < size_cells; i++)
		*size = *size << 32 | fdt32_ld(cells++);
	return true;
}

static int find(const char *compatible)
{
	return fdt_node_offset_by_compatible(platform.tree, -1, compatible);
}

/* Three cells for each interrupt: type, number, flags. */
static uint32_t timer_intid(int node, int index)
{
	int length;
	const fdt32_t *const cells = fdt_getprop(platform.tree, node, "interrupts", &length);

	return cells == NULL || length < 12 * (index + 1) ? 0
							  : 16 + fdt32_ld(&cells[3 * index + 1]);
}

static void find_cpus(void)
{
	const int cpus = fdt_path_offset(platform.tree, "/cpus");
	int node;

	fdt_for_each_subnode (node, platform.tree, cpus) {
		uint64_t reg;
		uint64_t unused;

		if (fdt_getprop(platform.tree, node, "device_type", NULL) != NULL &&
		    platform.cpu_count < GUEST_MAX_CPUS && platform_reg(node, 0, &reg, &unused))
			platform.cpus[platform.cpu_count++] = reg;
	}
}

static void find_memory(void)
{
	int node;

	fdt_for_each_subnode (node, platform.tree, 0) {
		int length;
		const char *const type = fdt_getprop(platform.tree, node, "device_type", &length);

		if (type != NULL && strcmp(type, "memory") == 0 && platform.ram_size == 0)
			(void)platform_reg(node, 0, &platform.ram_base, &platform.ram_size);
	}
}

/* A path; there may be other UARTs, which are passed through. */
static int find_console(void)
{
	const char *const path = fdt_getprop(
		platform.tree, fdt_path_offset(platform.tree, "/chosen"), "stdout-path", NULL);

	return path == NULL ? -1 : fdt_path_offset(platform.tree, path);
}

static void find_devices(void)
{
	uint64_t size;
	int node = find("arm,gic-v3");

	(void)platform_reg(node, 0, &platform.distributor, &size);
	(void)platform_reg(node, 1, &platform.redistributors, &platform.redistributors_size);
	node = find_console();
	if (node < 0)
		node = find("arm,pl011");
	if (node < 0)
		node = find("arm,sbsa-uart");
	(void)platform_reg(node, 0, &platform.uart, &size);
	(void)platform_reg(find("qemu,pvpanic-mmio"), 0, &platform.panic_device, &size);
	(void)platform_reg(find("bulkhead,supervisor"), 0, &platform.supervisor, &size);
	node = find("arm,armv8-timer");
	platform.physical_timer = timer_intid(node, 1);
	platform.virtual_timer = timer_intid(node, 2);
}

static void find_psci(void)
{
	int node = find("arm,psci-1.0");
	const char *method;

	if (node < 0)
		node = find("arm,psci-0.2");
	method = fdt_getprop(platform.tree, node, "method", NULL);
	platform.psci_by_smc = method != NULL && strcmp(method, "smc") == 0;
}

/* Called by start.S. */
void guest_start(const void *tree, uint64_t first_instruction);
void guest_start(const void *tree, uint64_t first_instruction)
{
	platform.tree = tree;
	find_cpus();
	find_memory();
	find_devices();
	find_psci();
	platform.is_bare = fdt_node_check_compatible(tree, 0, "linux,dummy-virt") == 0;
	platform.bootargs = fdt_getprop(tree, fdt_path_offset(tree, "/chosen"), "bootargs", NULL);
	if (platform.bootargs == NULL)
		platform.bootargs = "";
	guest_main(first_instruction);
}

void guest_secondary_start(unsigned cpu);
void guest_secondary_start(unsigned cpu)
{
	guest_secondary(cpu);
}

/* The text behind "NAME=", or NULL. */
static const char *bootarg(const char *name)
{
	const size_t length = strlen(name);
	const char *at = platform.bootargs;

	while (*at != '\0') {
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return at + length + 1;
		while (*at != '\0' && *at != ' ')
			at++;
		while (*at == ' ')
			at++;
	}
	return NULL;
}

uint64_t bootarg_number(const char *name, uint64_t otherwise)
{
	const char *const text = bootarg(name);

	return text == NULL ? otherwise : strtoul(text, NULL, 0);
}

bool bootarg_is(const char *name, const char *value)
{
	const char *const text = bootarg(name);
	const size_t length = strlen(value);

	return text != NULL && strncmp(text, value, length) == 0 &&
	       (text[length] == '\0' || text[length] == ' ');
}
