#ifndef STAGEDOOR_PAYMENTS_TASK_H
#define STAGEDOOR_PAYMENTS_TASK_H

#include "apps/payments/payments.h"

/*
 * The task of a charge (charge_task): that something is still to be done about it, and when. A program claims
 * the task before it calls the payment provider, by moving next_try_at, and puts it back afterwards, so that
 * two programs may run. An event that makes the task due meanwhile wins: then putting it back does nothing.
 */

/* When the next review of a charge is. */
enum next_kind { NEXT_NOTHING, NEXT_LATER, NEXT_AFTER_FAILURE };
struct next {
	enum next_kind kind;
	int64_t delay; /* NEXT_LATER: microseconds */
};

struct next next_done(void);           /* nothing is left to do */
struct next next_later(int64_t delay); /* the provider has answered */
struct next next_after_failure(void);  /* it has not: after 1, 2, 4 … 60 s */

/* After that many failures in a row a minute has passed. */
enum { TRIES_OF_A_MINUTE = 6 };

/* *ret_ours is false when another program was faster. A claim lasts CLAIM_TIME, if it is not put back. */
#define CLAIM_TIME (25 * SECOND)
err task_claim(struct db *db, const struct charge_task_row *t, bool *ret_ours) NODISCARD;

/* Ends the claim: the task is due when `next` says, or gone. */
err task_put_back(struct db *db, const struct charge_task_row *t, struct next next) NODISCARD;

#endif
