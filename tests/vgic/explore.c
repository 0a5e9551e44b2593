// SPDX-License-Identifier: Apache-2.0
/*
 * Walks all interleavings of small scenarios (scenarios.c) of EL2's own code on several CPUs.
 *
 * Each CPU, the device, and the distributor when it is late, are coroutines. A switch is possible
 * wherever one can see or change what another can: before each atomic operation, each taking,
 * trying and release of a lock, each access to the distributor, each acknowledge of a physical
 * interrupt and the DSB that completes it, each SGI between CPUs, each change of a device's line,
 * each end of a hardware interrupt, and before each instruction of a guest that matters here.
 * Accesses to a CPU's own registers and redistributor are none of these: nobody else sees them.
 *
 * The walk is depth first over states, not over paths: what two interleavings have in common is
 * walked once. A state is everything: the machine, the model, the guest's and partition's
 * structures, and the stacks of all coroutines; it is known again by a hash of 64 bits. There is no
 * bound on the number of switches. The number of interleavings is counted exactly: of a state, the
 * sum over the steps that can be taken.
 *
 * Whenever a CPU leaves EL2, and when no coroutine can go on, invariants hold (check.c), every
 * interrupt that has to be delivered was, and none that may not (model.c); besides, each scenario
 * says how often. A CPU that waits for ever is found too, and one that never comes to rest.
 *
 * What this does not show: the memory is sequentially consistent. That the barriers and orderings
 * suffice on a machine that is not is argued where they stand. Plain accesses between two points
 * are not divided: those to what several CPUs share are made with the vGIC's lock, or said to be
 * harmless (vgic.h). And of course there are only these scenarios, with up to 3 CPUs.
 *
 *   explore [NAME...]   the scenarios whose names begin so
 *
 * tests/vgic/mutants breaks rules on purpose and shows that this finds it.
 */
#include "tests/vgic/explore.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <ucontext.h>

#include "common/lib/lock.h"
#include "common/run/partition.h"
#include "tests/vgic/model.h"

#define STACK_SIZE  32768
#define DEVICE	    MACHINE_CPUS
#define WIRES	    (MACHINE_CPUS + 1)
#define COROUTINES  (MACHINE_CPUS + 2)
#define DEPTH_LIMIT 4000
#define SLOTS	    (1U << 22)

enum wait {
	WAIT_NOT,    /* it can go on */
	WAIT_LOCK,   /* until its ticket is served */
	WAIT_OTHERS, /* until another has done something */
	WAIT_IDLE,   /* a CPU: until it is interrupted; the wires: until something has changed */
	WAIT_END,
};

struct coroutine {
	enum wait wait;
	bool is_overtaken; /* others have done something since it last waited for that */
	const struct lock *lock;
	uint32_t ticket;
	bool has_finished; /* its script */
	uint8_t *low;	   /* of its stack in use */
	jmp_buf context;
	jmp_buf off; /* where its guest goes when the vCPU goes off under it */
};

static struct coroutine coroutines[COROUTINES];
static uint8_t stacks[COROUTINES][STACK_SIZE] __attribute__((aligned(64)));
static unsigned running;
static jmp_buf scheduler;
static ucontext_t scheduler_context;
static const struct scenario *scenario;
static const char *failure;
static const char *last_label[COROUTINES];

/* --- Coroutines. --- */

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

static bool is_enabled(unsigned which)
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

/* --- States. --- */

struct region {
	uint8_t *base;
	size_t size;
};

#define FIXED_REGIONS 6

static size_t find_regions(struct region *regions)
{
	const unsigned cpus = machine.config.cpus;
	const struct region fixed[FIXED_REGIONS] = {
		{(uint8_t *)&machine,
		 offsetof(struct machine, cpus) + cpus * sizeof(machine.cpus[0])},
		{(uint8_t *)&model, sizeof(model)},
		{(uint8_t *)&this_guest.vgic, offsetof(struct vgic, banks[MACHINE_WORDS])},
		{(uint8_t *)this_guest.vgic.routes, MACHINE_INTIDS * sizeof(uint32_t)},
		{(uint8_t *)&this_partition, sizeof(this_partition)},
		{(uint8_t *)coroutines, sizeof(coroutines)},
	};
	size_t count = FIXED_REGIONS;

	memcpy(regions, fixed, sizeof(fixed));
	/* But for the count of exits, which differs without meaning. */
	for (unsigned i = 0; i < cpus; i++)
		regions[count++] =
			(struct region){(uint8_t *)&this_guest.vcpus[i].vgic,
					sizeof(struct vcpu) - offsetof(struct vcpu, vgic)};
	for (unsigned i = 0; i < COROUTINES; i++)
		if (coroutines[i].low != NULL)
			regions[count++] =
				(struct region){coroutines[i].low, (size_t)(stacks[i] + STACK_SIZE -
									    coroutines[i].low)};
	return count;
}

#define REGIONS (FIXED_REGIONS + MACHINE_CPUS + COROUTINES)

static uint64_t mix(uint64_t hash, const uint8_t *bytes, size_t size)
{
	uint64_t word;

	for (; size >= 8; size -= 8, bytes += 8) {
		memcpy(&word, bytes, 8);
		hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
		hash ^= hash >> 29;
	}
	for (; size != 0; size--)
		hash = (hash ^ *bytes++) * UINT64_C(0x100000001b3);
	return hash;
}

static uint64_t hash_state(void)
{
	struct region regions[REGIONS];
	const size_t count = find_regions(regions);
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < count; i++)
		hash = mix(hash, regions[i].base, regions[i].size);
	return hash | 1;
}

struct snapshot {
	uint8_t *bytes;
	size_t capacity;
};

static void *must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

static void save(struct snapshot *snapshot)
{
	struct region regions[REGIONS];
	const size_t count = find_regions(regions);
	size_t size = 0;
	uint8_t *to;

	for (size_t i = 0; i < count; i++)
		size += regions[i].size;
	if (size > snapshot->capacity) {
		snapshot->bytes = must(realloc(snapshot->bytes, size));
		snapshot->capacity = size;
	}
	to = snapshot->bytes;
	for (size_t i = 0; i < count; i++) {
		memcpy(to, regions[i].base, regions[i].size);
		to += regions[i].size;
	}
}

/* The coroutines come before their stacks, so that these have the size that they had. */
static void restore(const struct snapshot *snapshot)
{
	struct region regions[REGIONS];
	const uint8_t *from = snapshot->bytes;

	find_regions(regions);
	for (size_t i = 0; i < FIXED_REGIONS; i++) {
		memcpy(regions[i].base, from, regions[i].size);
		from += regions[i].size;
	}

	const size_t count = find_regions(regions);

	for (size_t i = FIXED_REGIONS; i < count; i++) {
		memcpy(regions[i].base, from, regions[i].size);
		from += regions[i].size;
	}
}

/* States that have been walked, and in how many ways each can go on. 0: it is being walked. */
struct slot {
	uint64_t hash; /* 0: empty */
	double paths;
};
static struct slot *slots;
static unsigned states;

static struct slot *find_slot(uint64_t hash)
{
	uint32_t at = (uint32_t)(hash >> 20) % SLOTS;

	while (slots[at].hash != 0 && slots[at].hash != hash)
		at = (at + 1) % SLOTS;
	return &slots[at];
}

/* --- The walk. --- */

struct node {
	struct snapshot snapshot;
	uint64_t hash;
	uint32_t enabled; /* coroutines that may take the next step ... */
	uint32_t left;	  /* ... and have yet to be walked */
	uint8_t chosen;
	double paths;
};
static struct node nodes[DEPTH_LIMIT];

static uint32_t find_enabled(void)
{
	uint32_t enabled = 0;

	for (unsigned i = 0; i < COROUTINES; i++)
		enabled |= is_enabled(i) ? 1U << i : 0;
	return enabled;
}

static void take_step(unsigned which)
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

/* Nobody can go on. */
static void check_end(void)
{
	for (unsigned i = 0; i < COROUTINES; i++)
		if (coroutines[i].low != NULL && !coroutines[i].has_finished) {
			failure = "a CPU waits for ever";
			return;
		}
	/* As in a coroutine: a failure comes back here. */
	if (_setjmp(scheduler) != 0)
		return;
	check_quiet();
	for (unsigned cpu = 0; cpu < machine.config.cpus; cpu++)
		for (uint32_t intid = 0; intid < MACHINE_INTIDS; intid++) {
			const struct model_irq *const irq = model_find(cpu, intid);

			if (machine.cpus[cpu].is_on && !machine.cpus[cpu].is_masked &&
			    model_is_deliverable(cpu, irq) && model_is_pending(irq))
				machine_fail("INTID %u of vCPU %u is lost", intid, cpu);
		}
	if (scenario->check != NULL)
		scenario->check();
}

static void begin(void)
{
	memset(coroutines, 0, sizeof(coroutines));
	memset(stacks, 0, sizeof(stacks));
	machine_hooks = (struct machine_hooks){0};
	setup_guest(scenario->cpus, scenario->lists);
	if (scenario->prepare != NULL)
		scenario->prepare();
	machine_settle();
	machine.config.late = scenario->late;
	(void)physical_settle_wires();
	machine_hooks = (struct machine_hooks){
		.point = at_point,
		.wait = wait_for,
		.instruction = between_instructions,
		.handle = scenario->handle,
		.failed = failed,
	};
	for (unsigned i = 0; i < COROUTINES; i++)
		coroutines[i].wait = WAIT_END;
	for (unsigned cpu = 0; cpu < scenario->cpus; cpu++) {
		machine_run_on(cpu);
		create(cpu, run_cpu);
	}
	if (scenario->device != NULL)
		create(DEVICE, run_device);
	if (scenario->late)
		create(WIRES, run_wires);
}

static void push(unsigned depth, uint64_t hash, uint32_t enabled)
{
	struct node *const node = &nodes[depth];

	node->hash = hash;
	node->enabled = enabled;
	node->left = enabled;
	node->paths = 0;
	/* Not needed to come back to where there is one way on. */
	if (depth == 0 || (enabled & (enabled - 1)) != 0)
		save(&node->snapshot);
}

/* A state that was not there before: it ends here, or has to be walked. True: the latter. */
static bool enter(unsigned depth, struct slot *slot, uint64_t hash)
{
	const uint32_t enabled = find_enabled();

	slot->hash = hash;
	slot->paths = 0;
	if (++states > SLOTS / 4 * 3)
		failure = "too many states";
	if (depth == DEPTH_LIMIT)
		failure = "no end";
	if (failure != NULL)
		return false;
	if (enabled == 0) {
		check_end();
		slot->paths = 1;
		return false;
	}
	push(depth, hash, enabled);
	return true;
}

/*
 * Whether the way from this state to itself is one on which somebody who can go on never does: no
 * machine does that for ever, and what he does then is walked as well. Such a way does not count.
 */
static bool is_unfair(uint64_t hash, unsigned depth)
{
	uint32_t went = 0;

	for (unsigned i = depth + 1; i-- > 0;) {
		went |= 1U << nodes[i].chosen;
		if (nodes[i].hash == hash)
			return (nodes[i].enabled & ~went) != 0;
	}
	return false;
}

/* Takes the next step from a node. True: to a new one. */
static bool go_on(struct node *node, unsigned depth, bool is_first)
{
	const unsigned which = (unsigned)__builtin_ctz(node->left);

	if (!is_first)
		restore(&node->snapshot);
	node->left &= node->left - 1;
	node->chosen = (uint8_t)which;
	take_step(which);
	if (failure != NULL)
		return false;

	const uint64_t hash = hash_state();
	struct slot *const slot = find_slot(hash);

	if (slot->hash == 0 && enter(depth + 1, slot, hash))
		return true;
	if (slot->paths == 0 && failure == NULL && !is_unfair(hash, depth))
		failure = "the same state comes again and again";
	node->paths += slot->paths;
	return false;
}

/* Returns the number of interleavings; the depth of a failure in *failed_at. */
static double walk(unsigned *failed_at)
{
	unsigned depth = 0;
	bool is_first = true;

	push(0, 1, find_enabled());
	for (;;) {
		struct node *const node = &nodes[depth];

		if (node->left == 0) {
			if (depth == 0)
				return node->paths;
			find_slot(node->hash)->paths = node->paths;
			depth--;
			nodes[depth].paths += node->paths;
			is_first = false;
			continue;
		}
		if (go_on(node, depth, is_first)) {
			depth++;
			is_first = true;
			continue;
		}
		is_first = false;
		if (failure != NULL) {
			*failed_at = depth;
			return 0;
		}
	}
}

/* --- Reports. --- */

static void print_step(unsigned which)
{
	if (which < MACHINE_CPUS)
		printf("    CPU %u: %s\n", which,
		       last_label[which] != NULL ? last_label[which] : "");
	else
		printf("    %s\n", which == DEVICE ? "device" : "distributor");
}

/* The steps that led to a failure, once more, with everything that happens in them. */
static void replay(unsigned depth)
{
	static uint8_t choices[DEPTH_LIMIT];

	for (unsigned i = 0; i <= depth; i++)
		choices[i] = nodes[i].chosen;
	restore(&nodes[0].snapshot);
	memset(last_label, 0, sizeof(last_label));
	machine_trace_level = 1;
	fflush(stdout);
	for (unsigned i = 0; i <= depth; i++) {
		print_step(choices[i]);
		fflush(stdout);
		take_step(choices[i]);
	}
	machine_trace_level = 0;
}

static bool explore(const struct scenario *which)
{
	const clock_t start = clock();
	unsigned failed_at = 0;

	scenario = which;
	failure = NULL;
	states = 0;
	memset(slots, 0, SLOTS * sizeof(*slots));
	begin();

	const double paths = walk(&failed_at);
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

	if (failure != NULL && which->is_open) {
		printf("%-44s open: %s\n", which->name, failure);
		return true;
	}
	if (failure == NULL && which->is_open)
		failure = "is open no more: say so in scenarios.c";
	if (failure == NULL) {
		printf("%-44s %10.4g interleavings, %8u states, %4.1f s\n", which->name, paths,
		       states, seconds);
		fflush(stdout);
		return true;
	}
	printf("%-44s FAILED: %s\n", which->name, failure);

	const char *const reason = failure;

	replay(failed_at);
	printf("  broken: %s\n", reason);
	return false;
}

int main(int argc, char **argv)
{
	unsigned failures = 0;
	unsigned count = 0;

	slots = must(malloc(SLOTS * sizeof(*slots)));
	for (unsigned i = 0; i < scenario_count; i++) {
		bool is_wanted = argc == 1;

		for (int arg = 1; arg < argc; arg++)
			is_wanted |= strncmp(scenarios[i].name, argv[arg], strlen(argv[arg])) == 0;
		if (!is_wanted)
			continue;
		count++;
		failures += explore(&scenarios[i]) ? 0 : 1;
	}
	printf("explore: %u scenarios, %u failed\n", count, failures);
	return failures == 0 && count != 0 ? 0 : 1;
}
