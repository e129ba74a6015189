#ifndef STAGEDOOR_PAYMENTS_CHARGE_H
#define STAGEDOOR_PAYMENTS_CHARGE_H

#include "apps/payments/objects.h"
#include "apps/payments/payments.h"

/*
 * The rules of a charge: created → authorised → completed, or failed; one an order, ever. The amount is
 * held on the card first, and taken only when orders has secured the order (outcome.h). Charges of an
 * older version went from created to completed at once, and completed → refunded when the order had
 * ended. The payment provider's state decides, from whichever source it arrives first: the answer to a
 * request, a webhook, or what the jobs read. Nothing here calls the provider. Every change is guarded by
 * the version and published in the same transaction.
 */

/* A new charge of that order, at its price. The caller sets the provider's ids. */
struct charge_row charge_new(const struct order_state *o);

/*
 * Commits a new charge that the payment provider already knows, with the task of settling it, and publishes
 * ChargeCreated. Runs its own transaction. ERR_GONE: the order, which the transaction locks, cannot be paid
 * any more. ERR_DUPLICATE: the order has a charge. ERR_UNAVAILABLE: nothing was stored. ERR_OUTCOME_UNKNOWN:
 * it may be stored; then the jobs review it.
 */
err charge_begin(struct db *db, const struct charge_row *c) NODISCARD;

/* What the payment provider said of a charge. */
struct verdict {
	enum charge_status_word status; /* authorised, completed, failed; null: nothing new but the intent */
	const char *reason;             /* failed: why (reasons.h) */
	provider_id intent;             /* null: not said */
	int64_t amount;                 /* authorised, completed: how much, which must be ours */
	const char *currency;
};

/*
 * What an intent or a session means for its charge. An intent that waits for a card and a session that is
 * open give a verdict without a status. A complete, unpaid session belongs to an authorised intent, or to one
 * that was cancelled since: read the intent.
 */
struct verdict verdict_of_intent(const struct intent *i);
struct verdict verdict_of_checkout(const struct checkout *c);

enum effect {
	EFFECT_KNOWN, /* nothing changed: it was known, or is overtaken */
	EFFECT_APPLIED,
	EFFECT_MISMATCH,
};

/*
 * Applies the verdict to the row that the caller has locked (charge_lock) in a transaction; *c becomes the
 * new row. EFFECT_MISMATCH: another amount, currency or intent than ours, or money for a charge that failed;
 * an alarm is logged and nothing changes. ERR_RETRY: the row changed despite the lock.
 */
err charge_apply(struct db *db, struct charge_row *c, const struct verdict *v,
		 enum effect *ret_effect) NODISCARD;

/*
 * The same in its own transaction. *ret_charge is the row after it, settled now or before. ERR_NO_ROW: no
 * such charge. ERR_CONFLICT: a mismatch.
 */
err charge_settle(struct db *db, charge_id id, const struct verdict *v,
		  struct charge_row *ret_charge) NODISCARD;

/* The money was returned: stores the refund of the completed charge that the caller has locked, unless it has
 * one. */
err charge_refunded(struct db *db, struct charge_row *c, provider_id refund,
		    enum effect *ret_effect) NODISCARD;

/* The same in its own transaction. */
err charge_keep_refund(struct db *db, charge_id id, provider_id refund) NODISCARD;

#endif
