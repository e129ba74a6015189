#ifndef STAGEDOOR_PAYMENTS_JOBS_H
#define STAGEDOOR_PAYMENTS_JOBS_H

#include "common/app/app.h"

/*
 * Timed work. A charge that needs a review has a row in charge_task. A program claims the row before it calls
 * the payment provider, so that two programs may run:
 *
 *   created, by card    30 s after its commit, or at the order's end: the intent is read, and cancelled when
 *                       no money has moved; it is never confirmed again
 *   created, by page    the session is read every 10 s, in case a webhook was lost; it is expired when the
 *                       order is over
 *   completed           the money is returned when the order ended without a sale; when the order was
 *                       completed, nothing is left to do
 *
 * When an order ends, its charge is reviewed at once. When the provider fails, the next attempt is after
 * 1, 2, 4 … 60 s.
 */
extern const struct job payments_jobs[];

#endif
