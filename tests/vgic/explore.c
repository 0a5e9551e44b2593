// SPDX-License-Identifier: Apache-2.0
/*
 * Walks all interleavings of small scenarios (scenarios.h) of EL2's own code on several CPUs.
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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tests/vgic/coroutines.h"
#include "tests/vgic/model.h"

#define DEPTH_LIMIT 4000
#define SLOTS	    (1U << 22)

static const struct scenario *scenario;

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
		enabled |= coroutine_is_enabled(i) ? 1U << i : 0;
	return enabled;
}

static void check_rest(void)
{
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

/* Nobody can go on. */
static void check_end(void)
{
	for (unsigned i = 0; i < COROUTINES; i++)
		if (coroutines[i].low != NULL && !coroutines[i].has_finished) {
			failure = "a CPU waits for ever";
			return;
		}
	coroutines_try(check_rest);
}

static void begin(bool is_late)
{
	machine_hooks = (struct machine_hooks){0};
	setup_guest(scenario->cpus != 0 ? scenario->cpus : 2,
		    scenario->lists != 0 ? scenario->lists : 4);
	if (scenario->prepare != NULL)
		scenario->prepare();
	machine_settle();
	machine.config.late = is_late;
	(void)physical_settle_wires();
	coroutines_create(scenario);
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
		state_save(&node->snapshot);
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
		state_restore(&node->snapshot);
	node->left &= node->left - 1;
	node->chosen = (uint8_t)which;
	coroutine_step(which);
	if (failure != NULL)
		return false;

	const uint64_t hash = state_hash();
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
	state_restore(&nodes[0].snapshot);
	memset(last_label, 0, sizeof(last_label));
	machine_trace_level = 1;
	fflush(stdout);
	for (unsigned i = 0; i <= depth; i++) {
		print_step(choices[i]);
		fflush(stdout);
		coroutine_step(choices[i]);
	}
	machine_trace_level = 0;
}

static bool explore(const struct scenario *which, const char *name, bool is_late)
{
	const clock_t start = clock();
	unsigned failed_at = 0;

	scenario = which;
	failure = NULL;
	states = 0;
	memset(slots, 0, SLOTS * sizeof(*slots));
	begin(is_late);

	const double paths = walk(&failed_at);
	const double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;

	if (failure != NULL && which->is_open) {
		printf("%-44s open: %s\n", name, failure);
		return true;
	}
	if (failure == NULL && which->is_open)
		failure = "is open no more: say so in its row";
	if (failure == NULL) {
		printf("%-44s %10.4g interleavings, %8u states, %4.1f s\n", name, paths, states,
		       seconds);
		fflush(stdout);
		return true;
	}
	printf("%-44s FAILED: %s\n", name, failure);

	const char *const reason = failure;

	replay(failed_at);
	printf("  broken: %s\n", reason);
	return false;
}

static bool is_wanted(const char *name, char **prefixes)
{
	bool is_one = *prefixes == NULL;

	for (; *prefixes != NULL && !is_one; prefixes++)
		is_one = strncmp(name, *prefixes, strlen(*prefixes)) == 0;
	return is_one;
}

struct tally {
	unsigned explored;
	unsigned failed;
};

static void explore_row(const struct scenario *which, char **prefixes, struct tally *tally)
{
	char name[64];

	for (unsigned late = 0; late <= (which->is_late_too ? 1 : 0); late++) {
		(void)snprintf(name, sizeof(name), "%s%s", which->name, late ? ", late" : "");
		if (!is_wanted(name, prefixes))
			continue;
		tally->explored++;
		tally->failed += explore(which, name, late != 0) ? 0 : 1;
	}
}

int main(int argc, char **argv)
{
	struct tally tally = {0};

	(void)argc;
	slots = malloc(SLOTS * sizeof(*slots));
	if (slots == NULL)
		abort();
	for (unsigned i = 0; all_scenarios[i] != NULL; i++)
		for (unsigned row = 0; row < all_scenarios[i]->count; row++)
			explore_row(&all_scenarios[i]->rows[row], argv + 1, &tally);
	printf("explore: %u scenarios, %u failed\n", tally.explored, tally.failed);
	return tally.failed == 0 && tally.explored != 0 ? 0 : 1;
}
