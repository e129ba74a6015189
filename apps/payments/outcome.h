#ifndef STAGEDOOR_PAYMENTS_OUTCOME_H
#define STAGEDOOR_PAYMENTS_OUTCOME_H

#include "apps/payments/charge.h"
#include "apps/payments/stripe.h"
#include "apps/payments/task.h"

/*
 * The last step of a charge, by the program that has claimed its task: captures what the payment provider
 * holds when orders has secured the order, and voids it when the order has ended. Requests and jobs may run
 * it any number of times: the state of the intent at the provider decides, never an earlier answer.
 */

/*
 * What the session means for its charge. One that is complete but not paid is looked up by its intent.
 * ERR_UNAVAILABLE: the provider did not answer; *ret_session, *ret_verdict are not touched.
 */
err outcome_of_checkout(struct http_slot *slot, provider_id session, struct checkout *ret_session,
			struct verdict *ret_verdict) NODISCARD;

/*
 * Captures or voids the authorised charge *c, as its order *o demands, and settles it; *c becomes the new
 * row. An order that is neither secured nor over is to be looked at later. `tries`: how often the
 * provider has failed before (charge_task_row). An error is the database's.
 */
err outcome_decide(struct db *db, struct http_slot *slot, struct charge_row *c, const struct order_state *o,
		   int64_t tries, struct next *ret_next) NODISCARD;

/* Applies the verdict. Afterwards something may be left to do at once; after a mismatch a person has to. */
err outcome_settle(struct db *db, struct charge_row *c, const struct verdict *v,
		   struct next *ret_next) NODISCARD;

#endif
