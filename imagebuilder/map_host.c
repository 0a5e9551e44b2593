/* SPDX-License-Identifier: Apache-2.0 */
/* Physical memory of the picture. */
#include "imagebuilder/map_parts.h"
#include "imagebuilder/owners.h"
#include "imagebuilder/svg.h"
#include "imagebuilder/words.h"

#define BAR_WIDTH 3.0

/* Short: size and address stand beside it, bands and lines lead to whom it belongs. */
static void label(struct map_box *box, const struct owner *owner)
{
	if (owner->kind == OWNER_RAM)
		words_add(box->label, sizeof(box->label), "%s", owner->names);
	else if (owner->kind == OWNER_DEVICE)
		words_add(box->label, sizeof(box->label), "%s: %s", owner->names,
			  words_last_part(owner->what));
	else if (owner->kind == OWNER_SHARED || owner->kind == OWNER_CHANNEL)
		words_add(box->label, sizeof(box->label), "%s", owner->what);
	else if (owner->count > 2)
		words_add(box->label, sizeof(box->label), "%s of %u partitions", owner->what,
			  owner->count);
	else
		owners_text(owner, box->label, sizeof(box->label));
}

/* Merged devices have lost whose they are. */
static void name_merged(const struct plan *plan, struct map_column *column)
{
	for (size_t i = 0; i < column->count; i++) {
		struct map_box *const box = &column->boxes[i];

		if (box->count != 1)
			(void)snprintf(box->label, sizeof(box->label), "%u device ranges of %s",
				       box->count, words_partition(plan, box->partition));
	}
}

void map_host_lay_out(const struct plan *plan, struct map_column *column, double top, double height)
{
	struct owners owners;

	column->x = MAP_HOST_X;
	column->width = MAP_HOST_WIDTH;
	column->is_address_left = true;
	column->count = 0;
	owners_find(plan, &owners);
	for (size_t i = 0; i < owners.count; i++) {
		const struct owner *const owner = &owners.list[i];
		struct map_box *const box =
			column_add(column, owner->kind, owner->partition, owner->base, owner->size);

		if (box != NULL)
			label(box, owner);
	}
	column_arrange(column);
	name_merged(plan, column);
	column_lay_out(column, top, height);
}

/* A bar on the left of what is RAM, so that it is told from registers. */
static void draw_bank(FILE *out, const struct map_column *column, const struct plan_range *bank)
{
	double top = 0;
	double bottom = 0;

	for (size_t i = 0; i < column->count; i++) {
		const struct map_box *const box = &column->boxes[i];

		if (box->depth != 0 || box->base < bank->base.value ||
		    box->base - bank->base.value >= bank->size)
			continue;
		if (bottom <= 0)
			top = box->y;
		bottom = box->y + box->height;
	}
	if (bottom > top)
		svg_rectangle(out, &(struct svg_rectangle){.x = column->x - BAR_WIDTH - 2,
							   .y = top,
							   .width = BAR_WIDTH,
							   .height = bottom - top,
							   .fill = "#333c48"});
}

void map_host_draw(FILE *out, const struct plan *plan, const struct map_column *column)
{
	for (uint32_t i = 0; i < plan->board.memory_bank_count; i++)
		draw_bank(out, column, &plan->board.memory_banks[i]);
	column_draw(out, column);
}
