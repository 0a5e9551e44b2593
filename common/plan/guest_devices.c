/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nodes of passed-through devices: copied from the host's tree, or from a Xen partial device
 * tree as they stand there.
 */
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

	keep(writer, fdt_property_placeholder(writer->out, name, (int)size, &value));
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
	struct plan_interrupt interrupt;

	while (tree_interrupt(&writer->host, node, count, &interrupt))
		count++;

	fdt32_t *const cells = make_room(writer, "interrupts", (size_t)count * 3 * sizeof(*cells));

	for (int i = 0; cells != NULL && i < count; i++) {
		(void)tree_interrupt(&writer->host, node, i, &interrupt);
		set_interrupt(&cells[3 * i], INTERRUPT_SPI, interrupt.intid - PLAN_FIRST_SPI,
			      interrupt.level_triggered != 0 ? LEVEL_HIGH : EDGE_RISING);
	}
}

/* Properties that mean something only where the node stands in the host's tree. */
static bool is_left_out(const char *name)
{
	static const char names[] = "linux,phandle\0interrupt-parent\0name";

	return fdt_stringlist_contains(names, sizeof(names) - 1, name) != 0;
}

static void copy_property(struct writer *writer, const struct passed_nodes *passed, int node,
			  const struct property_walk *at)
{
	const struct tree *const host = &writer->host;
	const bool is_extended = strcmp(at->name, "interrupts-extended") == 0;
	const bool is_interrupts = strcmp(at->name, "interrupts") == 0;
	const bool is_device = !is_passed(passed, tree_parent(host, node));
	int target;

	/* Where both are there, interrupts-extended counts (2.4.1.1). */
	if (is_interrupts && tree_has(host, node, "interrupts-extended"))
		return;
	/* A device that is passed is in use, whatever the host says; what is below it may not be.
	 */
	if ((is_device && strcmp(at->name, "status") == 0) || is_left_out(at->name) ||
	    find_reference(passed, node, at->name, &target) == REFERENCE_BEHIND)
		return;
	if (strcmp(at->name, "reg") == 0 && is_device)
		write_registers(writer, node);
	else if ((is_interrupts || is_extended) && is_at_gic(host, node))
		write_interrupts(writer, node);
	else
		put_property(writer, at);
}

static void copy_properties(struct writer *writer, const struct passed_nodes *passed, int node)
{
	const struct tree *const host = &writer->host;
	const int parent = tree_interrupt_parent(host, node);

	for (struct property_walk at = {0}; tree_next_property(host, node, &at);)
		copy_property(writer, passed, node, &at);
	/* What it inherited from a bus that the guest does not have is said in the node itself. */
	if (parent >= 0 && is_passed(passed, parent) && tree_has(host, node, "interrupts"))
		put_u32(writer, "interrupt-parent", fdt_get_phandle(host->fdt, parent));
}

/* A device has the address in its name that its registers have for the CPU. */
static void name_device(const struct writer *writer, int node, char name[GUEST_NAME_SIZE])
{
	const char *const full = tree_name(&writer->host, node);
	const char *const at = strchr(full, '@');
	struct plan_range range;

	if (at == NULL || !tree_translated_reg(&writer->host, node, 0, &range))
		(void)format(name, GUEST_NAME_SIZE, "%s", full);
	else
		(void)format(name, GUEST_NAME_SIZE, "%.*s@%lx", (int)(at - full), full,
			     range.base.value);
}

/*
 * The host's aliases of the devices: by them some drivers number what they drive. An alias is a
 * full path (3.3), as is what the plan has: each of thousands need not be looked up.
 */
static void write_aliases(struct writer *writer, const struct passed_nodes *passed)
{
	const struct tree *const host = &writer->host;
	const struct plan_device *const devices =
		&writer->plan->devices[writer->partition->device_first];
	const int aliases = tree_path(host, "/aliases");
	char path[1 + GUEST_NAME_SIZE] = "/";

	if (aliases < 0)
		return;
	begin(writer, "aliases");
	/* A value that does not end with a 0 is followed by a tag, which begins with one. */
	for (struct property_walk at = {0}; tree_next_property(host, aliases, &at);)
		for (uint32_t i = 0; i < passed->count; i++)
			if (strcmp(at.value.bytes, plan_text(writer->plan, devices[i].path)) == 0) {
				name_device(writer, passed->nodes[i], path + 1);
				put_text(writer, at.name, path);
			}
	end(writer);
}

/*
 * Copies a node and all below it: a device of the host, or of the partial device tree (passed is
 * NULL) a node as it stands, without what only the hypervisor reads.
 */
static void copy_nodes(struct writer *writer, const struct tree *tree, int top,
		       const struct passed_nodes *passed)
{
	char name[GUEST_NAME_SIZE];

	for (struct tree_walk at = tree_walk(tree, top); at.node >= 0;) {
		int open = at.depth;

		if (passed != NULL && at.node == top)
			name_device(writer, top, name);
		begin(writer, passed != NULL && at.node == top ? name : tree_name(tree, at.node));
		if (passed != NULL)
			copy_properties(writer, passed, at.node);
		for (struct property_walk property = {0};
		     passed == NULL && tree_next_property(tree, at.node, &property);)
			if (strncmp(property.name, "xen,", 4) != 0)
				put_property(writer, &property);
		tree_walk_on(&at);
		/* Ends the nodes that the walk has left. */
		for (; open >= (at.node < 0 ? 0 : at.depth); open--)
			end(writer);
	}
}

static void copy_fixed(struct writer *writer, int node)
{
	begin(writer, tree_name(&writer->host, node));
	for (struct property_walk at = {0}; tree_next_property(&writer->host, node, &at);)
		if (!is_left_out(at.name))
			put_property(writer, &at);
	end(writer);
}

void write_devices(struct writer *writer)
{
	const struct plan_partition *const partition = writer->partition;
	int nodes[PLAN_MAX_DEVICES];
	int fixed[PASSED_MAX_FIXED];
	struct passed_nodes passed = {&writer->host, nodes, 0};

	if (writer->partial.fdt != NULL) {
		copy_nodes(writer, &writer->partial, tree_path(&writer->partial, "/aliases"), NULL);
		copy_nodes(writer, &writer->partial, tree_path(&writer->partial, "/passthrough"),
			   NULL);
		return;
	}
	for (; passed.count < partition->device_count; passed.count++) {
		const struct plan_device *const device =
			&writer->plan->devices[partition->device_first + passed.count];
		const int node = tree_path(&writer->host, plan_text(writer->plan, device->path));

		keep(writer, node < 0 ? node : 0);
		nodes[passed.count] = node;
	}
	if (writer->result != 0)
		return;

	const int fixed_count = collect_fixed(&passed, fixed);

	if (passed.count != 0)
		write_aliases(writer, &passed);
	for (int i = 0; i < fixed_count; i++)
		copy_fixed(writer, fixed[i]);
	for (uint32_t i = 0; i < passed.count; i++)
		copy_nodes(writer, &writer->host, nodes[i], &passed);
}
