/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/order.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/partition.h"
#include "common/run/view.h"

struct mailboxes mailboxes __attribute__((section(".mailboxes")));

static enum order kind_of(uint32_t word)
{
	return (enum order)(word & 0xff);
}

static uint32_t source_of(uint32_t word)
{
	return word >> 8;
}

/* Decides, and changes nothing. */
static enum order_result check(uint32_t partition, enum order order)
{
	const enum order before =
		kind_of(atomic_load_explicit(&mailboxes.orders[partition], memory_order_acquire));
	/* Seen in the mailbox first, then in the state. */
	const bool is_to_start = before == ORDER_START || before == ORDER_RESTART;
	const uint32_t state = view_state(partition);

	if (state == PARTITION_FAILED)
		return ORDER_BROKEN;
	if (order == ORDER_STOP)
		return state == PARTITION_STOPPED && !is_to_start ? ORDER_NOT_RUNNING : ORDER_GIVEN;
	if (order == ORDER_WATCHDOG)
		return state != PARTITION_RUNNING ? ORDER_NOT_RUNNING : ORDER_GIVEN;
	if (!plan_may_restart(&system_plan.partitions[partition]))
		return ORDER_NO_COPY;
	return order == ORDER_START && state != PARTITION_STOPPED ? ORDER_NOT_STOPPED : ORDER_GIVEN;
}

/*
 * Release: what led to the order is visible to who takes it. False: nobody has to be told, for an
 * order that was there is about to be taken, and this one in its place.
 */
static bool post(_Atomic uint32_t *mailbox, enum order order, uint32_t source)
{
	const uint32_t word = (uint32_t)order | source << 8;
	uint32_t empty = ORDER_NONE;

	if (order == ORDER_WATCHDOG) {
		/* Tells in any case: it comes again as long as nothing happens, but not often. */
		(void)atomic_compare_exchange_strong_explicit(
			mailbox, &empty, word, memory_order_release, memory_order_relaxed);
		return true;
	}
	return atomic_exchange_explicit(mailbox, word, memory_order_acq_rel) == ORDER_NONE;
}

/* Also when this is the housekeeping CPU: after what it does now. */
static void break_in_soon(uint32_t partition)
{
	atomic_fetch_or_explicit(&mailboxes.direct, 1U << partition, memory_order_release);
	arch_kick_cpu(system_plan.housekeeping_cpu);
}

enum order_result order_give(uint32_t partition, enum order order, uint32_t source)
{
	const struct plan_partition *const plan = &system_plan.partitions[partition];
	const enum order_result result = check(partition, order);

	if (result != ORDER_GIVEN || !post(&mailboxes.orders[partition], order, source))
		return result;
	if (plan->direct_interrupts == 0) {
		arch_kick_cpu(plan->cpus[0]);
		return result;
	}
	break_in_soon(partition);
	return result;
}

/* All CPUs can write the mailboxes: whether what is in a partition's may be carried out. */
static bool is_sound(uint32_t partition, enum order order)
{
	return order == ORDER_STOP || order == ORDER_WATCHDOG ||
	       ((order == ORDER_START || order == ORDER_RESTART) &&
		plan_may_restart(&system_plan.partitions[partition]));
}

/* False: it was about to end already, and the order stays. */
static bool end(enum order order, uint32_t source)
{
	static const enum health_kind kinds[] = {
		[ORDER_STOP] = HEALTH_STOP_ORDER,
		[ORDER_RESTART] = HEALTH_RESTART_ORDER,
		[ORDER_WATCHDOG] = HEALTH_WATCHDOG,
	};

	if (kinds[order] == HEALTH_NONE)
		return true;
	return partition_end((struct health_event){.kind = kinds[order], .number = source}) ||
	       order == ORDER_WATCHDOG;
}

/* True: an order has come in the place of the one that was taken. */
static bool take(_Atomic uint32_t *mailbox)
{
	uint32_t word = atomic_load_explicit(mailbox, memory_order_acquire);
	const enum order order = kind_of(word);
	const uint32_t state = partition_state();

	/*
	 * What comes while it ends or restarts is looked at again when that is over; but a watchdog
	 * has expired in the life that is over.
	 */
	if (word == ORDER_NONE || ((state == PARTITION_ENDING || state == PARTITION_RESTARTING) &&
				   order != ORDER_WATCHDOG))
		return false;
	if (is_sound(this_partition.index, order)) {
		if (state == PARTITION_RUNNING && !end(order, source_of(word)))
			return false;
		if (state == PARTITION_STOPPED && (order == ORDER_START || order == ORDER_RESTART))
			partition_start_again(source_of(word));
	}
	/* Release: the state says what came of it. */
	return !atomic_compare_exchange_strong_explicit(mailbox, &word, ORDER_NONE,
							memory_order_release, memory_order_relaxed);
}

void order_take(void)
{
	/* Each order that is accepted changes the state, but for one that came too late. */
	while (take(&mailboxes.orders[this_partition.index]))
		;
}

/* Its vCPUs leave the guest if there is one that runs and is to end. */
static void break_into(uint32_t partition)
{
	_Atomic uint32_t *const mailbox = &mailboxes.orders[partition];

	/*
	 * Either it sees this, and does not make its stage 2 valid before it is over; or its state
	 * is seen here (settle() in vcpu.c).
	 */
	atomic_store_explicit(&mailboxes.broken_into, partition + 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);

	uint32_t word = atomic_load_explicit(mailbox, memory_order_relaxed);
	const enum order order = kind_of(word);
	const bool runs = view_state(partition) == PARTITION_RUNNING;
	const bool is_void =
		!is_sound(partition, order) || order == (runs ? ORDER_START : ORDER_WATCHDOG);

	if (!is_void && runs)
		arch_break_in(partition);
	if (is_void &&
	    !atomic_compare_exchange_strong_explicit(mailbox, &word, ORDER_NONE,
						     memory_order_relaxed, memory_order_relaxed))
		break_in_soon(partition);
	/* Release: what was done to its stage 2 comes first. */
	atomic_store_explicit(&mailboxes.broken_into, 0, memory_order_release);
	/*
	 * It may have waited for that, or sleep in EL2; also when one of its CPUs has taken the
	 * order before we looked. Either it sees the end of this, or we that it has ended.
	 */
	atomic_thread_fence(memory_order_seq_cst);
	if (!is_void || view_state(partition) != PARTITION_RUNNING)
		arch_kick_cpu(system_plan.partitions[partition].cpus[0]);
}

bool order_is_breaking_in(void)
{
	return atomic_load_explicit(&mailboxes.broken_into, memory_order_acquire) ==
	       this_partition.index + 1;
}

void order_resume(void)
{
	const uint32_t broken_into =
		atomic_exchange_explicit(&mailboxes.broken_into, 0, memory_order_release);

	/* Not the one in whose break-in it was: that would be met again and again. */
	for (uint32_t i = 0; i < system_plan.partition_count; i++)
		if (system_plan.partitions[i].direct_interrupts != 0 && order_is_waiting(i) &&
		    i + 1 != broken_into)
			break_in_soon(i);
	/* It may have waited for the end of that. */
	if (broken_into != 0 && broken_into <= system_plan.partition_count)
		arch_kick_cpu(system_plan.partitions[broken_into - 1].cpus[0]);
	/* What was told before has been taken, and may not have been looked at. */
	arch_kick_cpu(system_plan.housekeeping_cpu);
}

void order_break_in(void)
{
	const uint32_t partitions =
		atomic_exchange_explicit(&mailboxes.direct, 0, memory_order_acquire);

	for (uint32_t i = 0; i < system_plan.partition_count; i++)
		if ((partitions >> i & 1) != 0)
			break_into(i);
}
