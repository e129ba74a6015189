#ifndef STAGEDOOR_PAYMENTS_JOBS_H
#define STAGEDOOR_PAYMENTS_JOBS_H

#include "common/app/app.h"

/*
 * Timed work. A charge that needs a review has a task (task.h), and the review is by its status:
 *
 *   created, by card    30 s after its commit, or at the order's end: the intent is read, and cancelled when
 *                       it was not confirmed; it is never confirmed again
 *   created, by page    the session is read every 10 s, in case a webhook was lost; it is expired when the
 *                       order is over
 *   authorised          captured when orders has secured the order; voided when the order has ended, or when
 *                       it is still undecided a minute after its deadline (outcome.h)
 *   completed           nothing is left to do once the order is completed; the payment of an older version
 *                       for an order that ended is returned
 *
 * When an order is secured or ends, its charge is reviewed at once. When the provider fails, the next attempt
 * is after 1, 2, 4 … 60 s.
 */
extern const struct job payments_jobs[];

#endif
