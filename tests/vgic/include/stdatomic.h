/* SPDX-License-Identifier: Apache-2.0 */
/* C11's atomics on single words; another CPU may come before each. */
#ifndef BULKHEAD_TESTS_STDATOMIC_H
#define BULKHEAD_TESTS_STDATOMIC_H

#include_next <stdatomic.h>

#include "tests/vgic/hooks.h"

#ifdef __clang__
#define machine_load_n	   __c11_atomic_load
#define machine_store_n	   __c11_atomic_store
#define machine_exchange_n __c11_atomic_exchange
#define machine_or_n	   __c11_atomic_fetch_or
#define machine_and_n	   __c11_atomic_fetch_and
#define machine_add_n	   __c11_atomic_fetch_add
#define machine_compare_n  __c11_atomic_compare_exchange_strong
#else
#define machine_load_n	   __atomic_load_n
#define machine_store_n	   __atomic_store_n
#define machine_exchange_n __atomic_exchange_n
#define machine_or_n	   __atomic_fetch_or
#define machine_and_n	   __atomic_fetch_and
#define machine_add_n	   __atomic_fetch_add
#define machine_compare_n(object, old, new, first, other)                                          \
	__atomic_compare_exchange_n(object, old, new, 0, first, other)
#endif

#define at_atomic(operation)                                                                       \
	({                                                                                         \
		machine_point("atomic", __func__, __LINE__);                                       \
		operation;                                                                         \
	})

#undef atomic_load_explicit
#undef atomic_store_explicit
#undef atomic_exchange_explicit
#undef atomic_fetch_or_explicit
#undef atomic_fetch_and_explicit
#undef atomic_fetch_add_explicit
#undef atomic_compare_exchange_strong_explicit
#define atomic_load_explicit(object, order)	    at_atomic(machine_load_n(object, order))
#define atomic_store_explicit(object, value, order) at_atomic(machine_store_n(object, value, order))
#define atomic_exchange_explicit(object, value, order)                                             \
	at_atomic(machine_exchange_n(object, value, order))
#define atomic_fetch_or_explicit(object, value, order) at_atomic(machine_or_n(object, value, order))
#define atomic_fetch_and_explicit(object, value, order)                                            \
	at_atomic(machine_and_n(object, value, order))
#define atomic_fetch_add_explicit(object, value, order)                                            \
	at_atomic(machine_add_n(object, value, order))
#define atomic_compare_exchange_strong_explicit(object, old, new, first, other)                    \
	at_atomic(machine_compare_n(object, old, new, first, other))

#endif
