#ifndef STAGEDOOR_PAYMENTS_JOBS_H
#define STAGEDOOR_PAYMENTS_JOBS_H

#include "common/app/app.h"

/*
 * Timed work. What is to be done about a charge is its row in charge_task, which is claimed before the bank
 * is called, so that two programs may run:
 *
 *   created, by card    30 s after its commit, or at the order's end: read at the bank, stopped there when
 *                       nothing has moved, never paid again
 *   created, by page    looked at every 10 s, in case the bank's word was lost; ended at the bank when the
 *                       order is over
 *   completed           when the order ended without a sale the money goes back; when it was completed there
 *                       is nothing left to do
 *
 * The end of an order has its charge looked at at once. A bank that fails is asked again after
 * 1, 2, 4 … 60 s.
 */
extern const struct job payments_jobs[];

#endif
