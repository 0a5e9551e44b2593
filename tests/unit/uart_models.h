/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UARTs as their manuals describe them: FIFOs, flags, interrupts. An access that a device does not
 * have, of another width, or to a full or empty FIFO fails the test.
 */
#ifndef BULKHEAD_TESTS_UART_MODELS_H
#define BULKHEAD_TESTS_UART_MODELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MODEL_BASE UINT64_C(0x9000000)

struct model_fifo {
	uint8_t bytes[128];
	unsigned count;
	unsigned depth;
};

struct model {
	const struct model_type *type;
	struct model_fifo in;	/* received, not yet read */
	struct model_fifo out;	/* written, not yet sent */
	uint32_t registers[64]; /* what was written, by offset / 4; by number for the 16550 */
	uint32_t latched;	/* flags that stay until they are cleared */
	uint32_t seen;		/* those that were read as 1 */
	bool overrun;
	bool timeout; /* the 16550's, with nothing there */
	bool busy;    /* DesignWare's, whose LCR was written at a wrong time */
	bool pulse;   /* of an interrupt that is an edge */
	/* Called before each write: what happens at the worst time. */
	void (*before_write)(uint32_t offset, uint32_t value);
};

struct model_type {
	const char *properties; /* of the node; reg and interrupts apart */
	const char *name;	/* of its row in the plan */
	unsigned depth_in;
	unsigned depth_out;
	bool loses_until_cleared; /* an overrun ends reception */
	/* How a boot loader may leave it. */
	void (*reset)(void);
	uint32_t (*read)(uint32_t offset, uint32_t width);
	void (*write)(uint32_t offset, uint32_t width, uint32_t value);
	bool (*can_receive)(void);
	bool (*can_send)(void);
	/* After each change: brings latched flags up to date. */
	void (*received)(void);
	void (*sent)(void);
	bool (*line)(void);
};

extern struct model model;
#define MODEL_REGISTER(offset) model.registers[(offset) / 4]

extern const struct model_type model_pl011, model_sbsa, model_dw, model_pc, model_omap, model_imx,
	model_lpuart, model_cadence, model_meson, model_scif;
extern const struct model_type *const model_types[];
extern const size_t model_type_count;

void model_reset(const struct model_type *type);

/* A byte arrives on the line. */
void model_receive(uint8_t byte);

/* The byte that leaves on the line next; negative: none. */
int model_send(void);

/* Whether it interrupts; an edge is seen once. */
bool model_interrupts(void);

/* For the models. */
uint8_t model_pop(struct model_fifo *fifo);
void model_push(struct model_fifo *fifo, uint32_t byte);
uint32_t model_unknown(uint32_t offset); /* fails */
uint32_t model_bit(bool is_set, unsigned number);
void model_nothing(void);
bool model_always(void);

#endif
