/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nodes of passed-through devices: copied from the host's tree, or from a Xen partial device
 * tree as they stand there.
 */
#include <libfdt.h>
#include <string.h>

#include "common/lib/format.h"
#include "common/plan/guest_writer.h"
#include "common/plan/references.h"

static bool is_at_gic(const struct tree *host, int node)
{
	const int target = tree_interrupt_target(host, node);

	return target >= 0 && tree_is_compatible(host, target, "arm,gic-v3");
}

/* Room for a property of this size; NULL: there is none, or an earlier step failed. */
static void *make_room(struct writer *writer, const char *name, size_t size)
{
	void *value = NULL;

	if (writer->result == 0)
		writer->result = fdt_property_placeholder(writer->out, name, (int)size, &value);
	return writer->result == 0 ? value : NULL;
}

/* reg of a device, as the guest's root has it: CPU addresses, two cells each. */
static void write_registers(struct writer *writer, int node)
{
	int count = 0;
	struct plan_range range;

	while (tree_translated_reg(&writer->host, node, count, &range))
		count++;

	fdt64_t *const reg = make_room(writer, "reg", (size_t)count * 2 * sizeof(*reg));

	for (int i = 0; reg != NULL && i < count; i++) {
		(void)tree_translated_reg(&writer->host, node, i, &range);
		fdt64_st(&reg[2 * i], range.base.value);
		fdt64_st(&reg[2 * i + 1], range.size);
	}
}

/* interrupts in the three cells that the guest's GIC has. */
static void write_interrupts(struct writer *writer, int node)
{
	int count = 0;
	uint32_t intid;
	bool is_level;

	while (tree_interrupt(&writer->host, node, count, &intid, &is_level))
		count++;

	fdt32_t *const cells = make_room(writer, "interrupts", (size_t)count * 3 * sizeof(*cells));

	for (int i = 0; cells != NULL && i < count; i++) {
		(void)tree_interrupt(&writer->host, node, i, &intid, &is_level);
		fdt32_st(&cells[3 * i], INTERRUPT_SPI);
		fdt32_st(&cells[3 * i + 1], intid - PLAN_FIRST_SPI);
		fdt32_st(&cells[3 * i + 2], is_level ? LEVEL_HIGH : EDGE_RISING);
	}
}

/* Properties that mean something only where the node stands in the host's tree. */
static bool is_left_out(const char *name)
{
	static const char *const names[] = {"linux,phandle", "interrupt-parent", "name"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

static void copy_property(struct writer *writer, const struct passed_nodes *passed, int node,
			  const char *name, const void *value, int length)
{
	const bool is_interrupts =
		strcmp(name, "interrupts") == 0 || strcmp(name, "interrupts-extended") == 0;
	const bool is_device = !is_passed(passed, tree_parent(&writer->host, node));
	int target;

	/* Where both are there, interrupts-extended counts (2.4.1.1). */
	if (strcmp(name, "interrupts") == 0 &&
	    tree_property(&writer->host, node, "interrupts-extended", NULL) != NULL)
		return;
	/* A device that is passed is in use, whatever the host says; what is below it may not be.
	 */
	if ((is_device && strcmp(name, "status") == 0) || is_left_out(name) ||
	    find_reference(passed, node, name, &target) == REFERENCE_BEHIND)
		return;
	if (strcmp(name, "reg") == 0 && is_device)
		write_registers(writer, node);
	else if (is_interrupts && is_at_gic(&writer->host, node))
		write_interrupts(writer, node);
	else
		put_bytes(writer, name, value, (size_t)length);
}

static void copy_properties(struct writer *writer, const struct passed_nodes *passed, int node)
{
	const void *const fdt = writer->host.fdt;
	const int parent = tree_interrupt_parent(&writer->host, node);
	int property;

	fdt_for_each_property_offset (property, fdt, node) {
		const char *name = NULL;
		int length;
		const void *const value = fdt_getprop_by_offset(fdt, property, &name, &length);

		if (value != NULL && name != NULL)
			copy_property(writer, passed, node, name, value, length);
	}
	/* What it inherited from a bus that the guest does not have is said in the node itself. */
	if (parent >= 0 && is_passed(passed, parent) &&
	    tree_property(&writer->host, node, "interrupts", NULL) != NULL)
		put_u32(writer, "interrupt-parent", fdt_get_phandle(fdt, parent));
}

/* A device has the address in its name that its registers have for the CPU. */
static void begin_device(struct writer *writer, int node)
{
	const char *const full = fdt_get_name(writer->host.fdt, node, NULL);
	const char *const at = strchr(full, '@');
	char name[GUEST_NAME_SIZE];
	struct plan_range range;

	if (at == NULL || !tree_translated_reg(&writer->host, node, 0, &range)) {
		begin(writer, full);
		return;
	}
	(void)format(name, sizeof(name), "%.*s", (int)(at - full), full);
	begin_at(writer, name, range.base.value);
}

/* Ends as many nodes as the walk has left on its way from one node to the next. */
static void end_nodes(struct writer *writer, int from_depth, int to_depth)
{
	for (int depth = from_depth; depth >= to_depth && depth >= 0; depth--)
		end(writer);
}

static void copy_device(struct writer *writer, const struct passed_nodes *passed, int device)
{
	int depth = 0;

	for (int node = device; node >= 0 && (depth > 0 || node == device);) {
		const int from_depth = depth;

		if (node == device)
			begin_device(writer, node);
		else
			begin(writer, fdt_get_name(writer->host.fdt, node, NULL));
		copy_properties(writer, passed, node);
		node = fdt_next_node(writer->host.fdt, node, &depth);
		end_nodes(writer, from_depth, node < 0 || depth < 0 ? 0 : depth);
	}
}

static void copy_fixed(struct writer *writer, int node)
{
	const void *const fdt = writer->host.fdt;
	int property;

	begin(writer, fdt_get_name(fdt, node, NULL));
	fdt_for_each_property_offset (property, fdt, node) {
		const char *name = NULL;
		int length;
		const void *const value = fdt_getprop_by_offset(fdt, property, &name, &length);

		if (value != NULL && name != NULL && !is_left_out(name))
			put_bytes(writer, name, value, (size_t)length);
	}
	end(writer);
}

/* The partial device tree's /passthrough or /aliases, without what only the hypervisor reads. */
static void copy_partial(struct writer *writer, const char *path)
{
	const void *const fdt = writer->partial.fdt;
	const int top = tree_path(&writer->partial, path);
	int depth = 0;

	for (int node = top; node >= 0 && (depth > 0 || node == top);) {
		const int from_depth = depth;
		int property;

		begin(writer, fdt_get_name(fdt, node, NULL));
		fdt_for_each_property_offset (property, fdt, node) {
			const char *name = NULL;
			int length;
			const void *const value =
				fdt_getprop_by_offset(fdt, property, &name, &length);

			if (value != NULL && name != NULL && strncmp(name, "xen,", 4) != 0)
				put_bytes(writer, name, value, (size_t)length);
		}
		node = fdt_next_node(fdt, node, &depth);
		end_nodes(writer, from_depth, node < 0 || depth < 0 ? 0 : depth);
	}
}

void write_devices(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;
	int nodes[PLAN_MAX_DEVICES];
	int fixed[PASSED_MAX_FIXED];
	struct passed_nodes passed = {&writer->host, nodes, 0};

	if (writer->partial.fdt != NULL) {
		copy_partial(writer, "/aliases");
		copy_partial(writer, "/passthrough");
		return;
	}
	for (uint32_t i = 0; i < partition->device_count; i++) {
		const struct plan_device *const device =
			&writer->plan->devices[partition->device_first + i];

		nodes[i] = tree_path(&writer->host, plan_text(writer->plan, device->path));
		keep(writer, nodes[i] < 0 ? nodes[i] : 0);
	}
	if (writer->result != 0)
		return;
	passed.count = partition->device_count;

	const int fixed_count = collect_fixed(&passed, fixed);

	for (int i = 0; i < fixed_count; i++)
		copy_fixed(writer, fixed[i]);
	for (uint32_t i = 0; i < passed.count; i++)
		copy_device(writer, &passed, nodes[i]);
}
