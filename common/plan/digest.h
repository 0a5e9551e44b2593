/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan's SHA-256, which names the system: the board prints it, and imagebuilder prints the same
 * one on the desk.
 */
#ifndef BULKHEAD_PLAN_DIGEST_H
#define BULKHEAD_PLAN_DIGEST_H

#include "common/lib/sha256.h"
#include "common/plan/plan.h"

#define PLAN_DIGEST_TEXT_SIZE (2 * SHA256_SIZE + 1)

/* In hexadecimal, with the NUL. */
void plan_digest_text(const struct plan *plan, char text[PLAN_DIGEST_TEXT_SIZE]);

#endif
