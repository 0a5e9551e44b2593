/* SPDX-License-Identifier: Apache-2.0 */
#include "common/run/order.h"

#include "common/arch.h"
#include "common/plan/system.h"
#include "common/run/partition.h"
#include "common/run/view.h"

struct mailboxes mailboxes __attribute__((section(".mailboxes")));

#define KIND(word)   ((enum order)((word)&0xff))
#define SOURCE(word) ((word) >> 8)

const char *order_result_text(enum order_result result)
{
	static const char *const texts[ORDER_RESULTS] = {
		[ORDER_GIVEN] = "ordered",
		[ORDER_NOT_RUNNING] = "it does not run",
		[ORDER_NOT_STOPPED] = "it is not stopped",
		[ORDER_NO_COPY] = "no policy of its restarts it: no copy of its images was kept",
		[ORDER_BROKEN] = "EL2 has failed in it: reset the board",
	};

	return texts[result];
}

/* Decides, and changes nothing. */
static enum order_result check(uint32_t partition, enum order order)
{
	const uint32_t state = view_state(partition);

	if (state == PARTITION_FAILED)
		return ORDER_BROKEN;
	if (order == ORDER_STOP)
		return state == PARTITION_STOPPED ? ORDER_NOT_RUNNING : ORDER_GIVEN;
	if (order == ORDER_WATCHDOG)
		return state != PARTITION_RUNNING ? ORDER_NOT_RUNNING : ORDER_GIVEN;
	if (!plan_may_restart(&system_plan.partitions[partition]))
		return ORDER_NO_COPY;
	return order == ORDER_START && state != PARTITION_STOPPED ? ORDER_NOT_STOPPED : ORDER_GIVEN;
}

/* Release: what led to the order is visible to who takes it. */
static void post(_Atomic uint32_t *mailbox, enum order order, uint32_t source)
{
	const uint32_t word = (uint32_t)order | source << 8;
	uint32_t empty = ORDER_NONE;

	if (order == ORDER_WATCHDOG)
		(void)atomic_compare_exchange_strong_explicit(
			mailbox, &empty, word, memory_order_release, memory_order_relaxed);
	else
		atomic_store_explicit(mailbox, word, memory_order_release);
}

enum order_result order_give(uint32_t partition, enum order order, uint32_t source)
{
	const struct plan_partition *const plan = &system_plan.partitions[partition];
	const enum order_result result = check(partition, order);

	if (result != ORDER_GIVEN)
		return result;
	post(&mailboxes.orders[partition], order, source);
	if (plan->direct_interrupts == 0) {
		arch_kick_cpu(plan->cpus[0]);
		return result;
	}
	atomic_fetch_or_explicit(&mailboxes.direct, 1U << partition, memory_order_release);
	if (arch_is_housekeeping())
		order_break_in();
	else
		arch_kick_cpu(system_plan.housekeeping_cpu);
	return result;
}

static void end(enum order order, uint32_t source)
{
	static const enum health_kind kinds[] = {
		[ORDER_STOP] = HEALTH_STOP_ORDER,
		[ORDER_RESTART] = HEALTH_RESTART_ORDER,
		[ORDER_WATCHDOG] = HEALTH_WATCHDOG,
	};

	/* Whatever is in the mailbox. */
	if (order <= ORDER_WATCHDOG && kinds[order] != HEALTH_NONE)
		partition_end((struct health_event){.kind = kinds[order], .number = source});
}

void order_take(void)
{
	_Atomic uint32_t *const mailbox = &mailboxes.orders[this_partition.index];
	uint32_t word = atomic_load_explicit(mailbox, memory_order_acquire);
	const uint32_t state = partition_state();

	/* What comes while it ends or restarts is looked at again when that is over. */
	if (word == ORDER_NONE || state == PARTITION_ENDING || state == PARTITION_RESTARTING)
		return;
	if (state == PARTITION_RUNNING)
		end(KIND(word), SOURCE(word));
	if (state == PARTITION_STOPPED &&
	    (KIND(word) == ORDER_START || KIND(word) == ORDER_RESTART))
		partition_start_again(SOURCE(word));
	/* Unless it has been replaced meanwhile. */
	(void)atomic_compare_exchange_strong_explicit(mailbox, &word, ORDER_NONE,
						      memory_order_relaxed, memory_order_relaxed);
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

	const enum order order = KIND(atomic_load_explicit(mailbox, memory_order_relaxed));
	const bool runs = view_state(partition) == PARTITION_RUNNING;
	const bool is_void = order == ORDER_NONE || (order == ORDER_START && runs);

	if (is_void)
		atomic_store_explicit(mailbox, ORDER_NONE, memory_order_relaxed);
	else if (runs)
		arch_break_in(partition);
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

void order_break_in(void)
{
	uint32_t partitions = atomic_exchange_explicit(&mailboxes.direct, 0, memory_order_acquire);

	for (uint32_t i = 0; partitions != 0; i++, partitions >>= 1)
		if ((partitions & 1) != 0)
			break_into(i);
}
