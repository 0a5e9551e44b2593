/* SPDX-License-Identifier: Apache-2.0 */
/* The console's driver with every row of its table, each against a model of its device. */
#include "common/console/uart.h"

#include "common/plan/make.h"
#include "tests/unit/boards.h"
#include "tests/unit/uart_models.h"

#define LIMIT 32 /* bytes that the multiplexer reads or writes in one go */

static struct plan_board board;
static struct uart uart;

/* Takes what is there, at most a FIFO at a time; returns its length. */
static unsigned take(char *text)
{
	unsigned count = 0;
	uint8_t byte;

	while (count < LIMIT && uart_read(&uart, &byte))
		text[count++] = (char)byte;
	text[count] = '\0';
	return count;
}

/* The planner chooses the driver; boot starts it, the multiplexer takes it over. */
static void start(const struct model_type *type)
{
	static struct tree_index index;
	char text[LIMIT + 1];
	char node[512];

	(void)snprintf(node, sizeof(node),
		       "uart { %s reg = <0 0x9000000 0 0x1000>; interrupts = <0 1 4>; }; aliases { "
		       "serial0 = \"/uart\"; };",
		       type->properties);
	compile_board(&(struct board){.uart = node});
	plan_find_console(tree, sizeof(tree), &index, &board);
	assert_int_equal(board.uart_intid, 33);
	assert_string_equal(board.uart_type.name, type->name);
	/* Only what is never read and written is at this address. */
	uart = (struct uart){&board.uart_type, (volatile uint8_t *)(uintptr_t)MODEL_BASE};
	model_reset(type);
	uart_start(&uart);
	assert_true(type->can_send() && type->can_receive());
	(void)take(text);
	uart_set_interrupts(&uart, false);
	assert_false(model_interrupts());
}

/* Writes numbers from first on until there is no room; returns the next one. */
static unsigned fill(unsigned first)
{
	for (unsigned room = uart_room(&uart); room > 0; room = uart_room(&uart))
		for (; room > 0; room--)
			uart_write(&uart, (uint8_t)first++);
	return first;
}

/* Sends until there is room again; fails unless numbers come from first on. Returns the next. */
static unsigned drain(unsigned first)
{
	do
		assert_int_equal(model_send(), (uint8_t)first++);
	while (model.out.count > 0 && !model_interrupts());
	return first;
}

static void output(const struct model_type *type)
{
	unsigned written = 0;
	unsigned sent = 0;
	char text[LIMIT + 1];

	start(type);
	while (sent < 500) {
		assert_true(uart_room(&uart) > 0);
		written = fill(written);
		/* A good part of a FIFO for each interrupt. */
		assert_true(written - sent >= 4 && written - sent <= type->depth_out);
		uart_set_interrupts(&uart, true);
		/* A flag that stayed from before may cost one interrupt more. */
		if (model_interrupts())
			assert_int_equal(take(text), 0);
		assert_false(model_interrupts());
		sent = drain(sent);
		assert_int_equal(take(text), 0); /* as the interrupt's handler begins */
	}
	/* There is nothing more to write: it stays quiet, full, empty and in between. */
	uart_set_interrupts(&uart, false);
	(void)take(text);
	(void)model_interrupts();
	while (model_send() >= 0)
		assert_false(model_interrupts());
	assert_false(model_interrupts());
	/* And says at once that there is room when it is asked next; or the alarm finds out. */
	assert_true(uart_room(&uart) > 0);
}

static void input(const struct model_type *type)
{
	char text[LIMIT + 1];

	start(type);
	for (unsigned i = 0; i < 3; i++) {
		model_receive('a');
		assert_true(model_interrupts());
		model_receive('b');
		assert_int_equal(take(text), 2);
		assert_string_equal(text, "ab");
		(void)model_interrupts(); /* an edge from before */
		(void)take(text);
		assert_false(model_interrupts());
	}
	/* The interrupt for output changes nothing. */
	(void)fill(0);
	uart_set_interrupts(&uart, true);
	(void)take(text);
	model_receive('c');
	assert_true(model_interrupts());
	assert_int_equal(take(text), 1);
	assert_string_equal(text, "c");
}

/* More than the FIFO holds is lost, and no more. */
static void overrun(const struct model_type *type)
{
	char text[LIMIT + 1];
	unsigned taken = 0;

	start(type);
	for (unsigned i = 0; i < type->depth_in + 10; i++)
		model_receive('x');
	assert_true(model.overrun);
	for (unsigned i = 0; i < 4; i++)
		taken += take(text);
	assert_int_equal(taken, type->depth_in);
	(void)model_interrupts();
	assert_false(model_interrupts());
	model_receive('y');
	assert_true(model_interrupts());
	assert_int_equal(take(text), 1);
	assert_string_equal(text, "y");
}

static uint32_t race_offset;

static void race(uint32_t offset, uint32_t value)
{
	(void)value;
	if (offset != race_offset || model.in.count > 0)
		return;
	model.before_write = NULL;
	model_receive('r');
}

/* A byte that comes while its interrupt is cleared is read, or interrupts. */
static void byte_meanwhile(const struct model_type *type)
{
	char text[LIMIT + 1];

	start(type);
	for (size_t i = 0; i < 2; i++) {
		if (board.uart_type.clear[i].offset == 0)
			continue;
		race_offset = board.uart_type.clear[i].offset << board.uart_type.shift;
		model.before_write = race;
		model_receive('a');
		assert_true(model_interrupts());

		const unsigned count = take(text);

		assert_null(model.before_write);
		assert_true(count == 2 || model_interrupts());
		if (count < 2)
			assert_int_equal(take(text), 1);
		(void)take(text);
	}
}

/* DesignWare's and TI's: a timeout that nothing belongs to ends. */
static void false_timeout(const struct model_type *type)
{
	char text[LIMIT + 1];

	start(type);
	if (board.uart_type.is_16550 == 0)
		return;
	model.timeout = true;
	assert_true(model_interrupts());
	assert_int_equal(take(text), 0);
	assert_false(model_interrupts());
}

/* The size of a row is that of the registers that the driver uses. */
static void sizes(const struct model_type *type)
{
	start(type);

	const struct plan_uart *const row = &board.uart_type;
	const struct plan_uart_bits *bits = &row->no_room;
	const struct plan_uart_bits *const end = (const struct plan_uart_bits *)(row + 1);
	const uint32_t width = row->is_16550 != 0 ? 1 : row->width;
	uint32_t last = row->input > row->output ? row->input : row->output;

	for (; bits < end; bits++)
		last = bits->offset > last ? bits->offset : last;
	assert_int_equal(row->size, last + width);
}

static void for_each_type(void (*test)(const struct model_type *type))
{
	for (size_t i = 0; i < model_type_count; i++) {
		print_message("%s\n", model_types[i]->properties);
		test(model_types[i]);
	}
}

#define TEST(name)                                                                                 \
	static void test_##name(void **state)                                                      \
	{                                                                                          \
		(void)state;                                                                       \
		for_each_type(name);                                                               \
	}

TEST(output)
TEST(input)
TEST(overrun)
TEST(byte_meanwhile)
TEST(false_timeout)
TEST(sizes)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_output, planning_set_up),
		cmocka_unit_test_setup(test_input, planning_set_up),
		cmocka_unit_test_setup(test_overrun, planning_set_up),
		cmocka_unit_test_setup(test_byte_meanwhile, planning_set_up),
		cmocka_unit_test_setup(test_false_timeout, planning_set_up),
		cmocka_unit_test_setup(test_sizes, planning_set_up),
	};

	return cmocka_run_group_tests_name("uart", tests, NULL, NULL);
}
