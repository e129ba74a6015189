#ifndef STAGEDOOR_PAYMENTS_CHARGE_H
#define STAGEDOOR_PAYMENTS_CHARGE_H

#include "apps/payments/objects.h"
#include "apps/payments/payments.h"

/*
 * The rules of a charge: created → completed or failed, completed → refunded; one an order, ever. What the
 * bank says decides, from whichever side it comes first: the answer to a request, a webhook, or a look at the
 * bank by the jobs. Nothing here calls the bank. Every change is guarded by the version and published in the
 * same transaction.
 */

/* A new charge of that order: its price, never a number from outside. The bank's id is still to be put in. */
struct charge_row charge_new(const struct order_state *o);

/*
 * Commits a new charge that the bank already knows, with the task to see it through, and publishes
 * ChargeCreated, unless the order, looked at and locked in the same transaction, cannot be paid any more:
 * ERR_GONE. ERR_DUPLICATE: the order has a charge. Runs a transaction of its own.
 */
err charge_begin(struct db *db, const struct charge_row *c) NODISCARD;

/* What the bank said of a charge. */
struct verdict {
	enum charge_status_word status; /* completed, failed; none: nothing new but the intent */
	const char *reason;             /* failed: why (reasons.h) */
	provider_id intent;             /* none: not said */
	int64_t amount;                 /* completed: what was paid, which must be ours */
	const char *currency;
};

/* What an intent or a session means for its charge. An intent that waits for a card, and a session that is
 * open, are no verdict. */
struct verdict verdict_of_intent(const struct intent *i);
struct verdict verdict_of_checkout(const struct checkout *c);

enum effect { EFFECT_KNOWN /* it was so already */, EFFECT_APPLIED, EFFECT_MISMATCH };

/*
 * Applies it to the row that the caller has locked (charge_lock), in a transaction; *c becomes the new row.
 * Another amount, currency or intent than ours, and money for a charge that failed, are MISMATCH: logged as
 * an alarm, nothing changed.
 */
err charge_apply(struct db *db, struct charge_row *c, const struct verdict *v,
		 enum effect *ret_effect) NODISCARD;

/* The same in a transaction of its own. *ret_charge: the row as it now is, settled by this or before.
 * ERR_NO_ROW, ERR_CONFLICT for a mismatch. */
err charge_settle(struct db *db, charge_id id, const struct verdict *v,
		  struct charge_row *ret_charge) NODISCARD;

/* The money has gone back: stores the refund of the completed charge that the caller has locked, unless one
 * is there. */
err charge_refunded(struct db *db, struct charge_row *c, provider_id refund,
		    enum effect *ret_effect) NODISCARD;

/* The same in a transaction of its own. */
err charge_keep_refund(struct db *db, charge_id id, provider_id refund) NODISCARD;

#endif
