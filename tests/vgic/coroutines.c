// SPDX-License-Identifier: Apache-2.0
/* Coroutines: the CPUs of a scenario, its device, and the distributor when it is late. */
#include "tests/vgic/coroutines.h"

#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include "common/lib/lock.h"

struct coroutine coroutines[COROUTINES];
uint8_t stacks[COROUTINES][STACK_SIZE] __attribute__((aligned(64)));
const char *last_label[COROUTINES];
const char *failure;
static unsigned running;
static jmp_buf scheduler;
static ucontext_t scheduler_context;
static const struct scenario *scenario;

/* What lies below is not in use: it may differ without meaning. */
static inline __attribute__((always_inline)) uint8_t *stack_pointer(void)
{
	uint8_t *pointer;

#if defined(__x86_64__)
	__asm__ volatile("mov %%rsp, %0" : "=r"(pointer));
#elif defined(__aarch64__)
	__asm__ volatile("mov %0, sp" : "=r"(pointer));
#else
	pointer = (uint8_t *)__builtin_frame_address(0) - 512;
#endif
	return pointer;
}

static __attribute__((noinline)) void yield(enum wait wait)
{
	struct coroutine *const self = &coroutines[running];

	self->wait = wait;
	self->low = stack_pointer();
	if (_setjmp(self->context) == 0)
		_longjmp(scheduler, 1);
	coroutines[running].lock = NULL;
	coroutines[running].ticket = 0;
}

static void resume(unsigned which)
{
	running = which;
	if (which < MACHINE_CPUS)
		machine_run_on(which);
	if (_setjmp(scheduler) == 0)
		_longjmp(coroutines[which].context, 1);
}

static bool is_interrupted(unsigned cpu)
{
	const struct machine_cpu *const self = &machine.cpus[cpu];
	unsigned group = 0;

	return machine_wants_interrupt(cpu) ||
	       (self->is_on && !self->is_masked && interface_highest(cpu, &group) != MACHINE_NONE);
}

bool coroutine_is_enabled(unsigned which)
{
	const struct coroutine *const self = &coroutines[which];

	switch (self->wait) {
	case WAIT_NOT:
		return true;
	case WAIT_LOCK:
		return self->lock->serving == self->ticket || self->lock->is_open != 0;
	case WAIT_IDLE:
		return which == WIRES ? !physical_has_settled() : is_interrupted(which);
	default:
		return false;
	}
}

static void at_point(const char *what, const char *where, unsigned line)
{
	(void)line;
	last_label[running] = *what == 'a' || *what == 'l' ? where : what;
	yield(WAIT_NOT);
}

static void wait_for(const struct lock *lock, uint32_t ticket)
{
	coroutines[running].lock = lock;
	coroutines[running].ticket = ticket;
	last_label[running] = "waits";
	if (lock != NULL)
		yield(WAIT_LOCK);
	else
		yield(coroutines[running].is_overtaken ? WAIT_NOT : WAIT_OTHERS);
	if (lock == NULL)
		coroutines[running].is_overtaken = false;
}

/* Between two instructions of the guest: all that interrupts it comes first. */
static void between_instructions(void)
{
	at_point("guest", "guest", 0);
	while (machine_take_interrupt())
		at_point("guest", "guest", 0);
	if (!machine_self()->is_on)
		longjmp(coroutines[running].off, 1);
	while (guest_handle())
		;
}

static void failed(const char *reason)
{
	static char text[300];

	snprintf(text, sizeof(text), "CPU %u: %s", machine.current, reason);
	failure = text;
	_longjmp(scheduler, 1);
}

static void take_what_comes(void)
{
	const bool was_on = machine_self()->is_on;

	if (machine_take_interrupt()) {
		if (!was_on && machine_self()->is_on && scenario->started != NULL)
			scenario->started();
	} else if (machine_self()->is_on) {
		(void)guest_handle();
	}
}

static void run_cpu(void)
{
	struct coroutine *const self = &coroutines[running];
	void (*const script)(void) = scenario->scripts[running];

	yield(WAIT_NOT);
	if (setjmp(self->off) == 0 && script != NULL)
		script();
	self->has_finished = true;
	(void)setjmp(self->off);
	for (;;) {
		yield(WAIT_IDLE);
		take_what_comes();
	}
}

static void run_device(void)
{
	yield(WAIT_NOT);
	scenario->device();
	coroutines[DEVICE].has_finished = true;
	yield(WAIT_END);
}

static void run_wires(void)
{
	coroutines[WIRES].has_finished = true;
	for (;;) {
		yield(WAIT_IDLE);
		(void)physical_settle_wires();
	}
}

static void create(unsigned which, void (*function)(void))
{
	static ucontext_t context;

	getcontext(&context);
	context.uc_stack.ss_sp = stacks[which];
	context.uc_stack.ss_size = STACK_SIZE;
	makecontext(&context, function, 0);
	running = which;
	if (_setjmp(scheduler) == 0)
		swapcontext(&scheduler_context, &context);
}

void coroutine_step(unsigned which)
{
	for (unsigned i = 0; i < COROUTINES; i++) {
		if (i == which)
			continue;
		coroutines[i].is_overtaken = true;
		if (coroutines[i].wait == WAIT_OTHERS)
			coroutines[i].wait = WAIT_NOT;
	}
	resume(which);
}

void coroutines_try(void (*function)(void))
{
	if (_setjmp(scheduler) == 0)
		function();
}

void coroutines_create(const struct scenario *which)
{
	scenario = which;
	memset(coroutines, 0, sizeof(coroutines));
	memset(stacks, 0, sizeof(stacks));
	machine_hooks = (struct machine_hooks){
		.point = at_point,
		.wait = wait_for,
		.instruction = between_instructions,
		.handle = scenario->handle,
		.failed = failed,
	};
	for (unsigned i = 0; i < COROUTINES; i++)
		coroutines[i].wait = WAIT_END;
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++) {
		machine_run_on(cpu);
		create(cpu, run_cpu);
	}
	if (scenario->device != NULL)
		create(DEVICE, run_device);
	if (machine.config.late)
		create(WIRES, run_wires);
}
