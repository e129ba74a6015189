#ifndef STAGEDOOR_PAYMENTS_STRIPE_H
#define STAGEDOOR_PAYMENTS_STRIPE_H

#include "apps/payments/objects.h"
#include "apps/payments/payments.h"
#include "apps/payments/wire.h"

/*
 * The calls to the bank that this service makes (docs.stripe.com/api). Those that make something carry an
 * Idempotency-Key made of the charge's id, so that however often they are sent, no matter by whom, it is made
 * once; amounts are always those of the charge.
 */
enum bank_outcome {
	BANK_UNKNOWN, /* no answer, or none that can be read: it may be done or not */
	BANK_DONE,
	BANK_DECLINED, /* by the card's bank; no money moved */
	BANK_REFUSED,  /* by Stripe: the request is wrong, or the state of things does not allow it */
};

struct bank_answer {
	enum bank_outcome outcome;
	const char *code, *param; /* of what was refused; NULL: not said */
	const char *reason;       /* declined: why (reasons.h) */
	struct intent intent;     /* what the bank says of it, in an error too; id none: nothing */
	struct checkout checkout;
	bank_id refund;
};

/* An unconfirmed PaymentIntent with the card attached: no money moves. token: "tok_…", or a payment method
 * "pm_…". Key charge-<id>. */
struct bank_answer stripe_intent_create(struct lane *lane, const struct charge_row *c, title what,
					bank_token token);

/* Moves the money. A card whose holder would have to be asked is declined. Key confirm-<id>. */
struct bank_answer stripe_intent_confirm(struct lane *lane, const struct charge_row *c);

struct bank_answer stripe_intent_read(struct lane *lane, bank_id intent);

/* REFUSED once it has succeeded, is canceled, or being decided: then intent says which. No key: a refusal is
 * not to be remembered. */
struct bank_answer stripe_intent_cancel(struct lane *lane, bank_id intent);

/* A Checkout Session for one order. Key session-<id>. */
struct checkout_terms {
	title what;
	when until; /* when it ends by itself, by the bank's clock: 30 minutes to 24 hours from now */
	const char *success_url, *cancel_url;
};
struct bank_answer stripe_checkout_create(struct lane *lane, const struct charge_row *c,
					  const struct checkout_terms *terms);
struct bank_answer stripe_checkout_read(struct lane *lane, bank_id session);

/* REFUSED once it is complete or expired, and while a card is being decided. No key, as above. */
struct bank_answer stripe_checkout_expire(struct lane *lane, bank_id session);

/* Gives back the whole amount; when the bank has given it back already, the id of that refund. Key
 * refund-<id>. */
struct bank_answer stripe_refund(struct lane *lane, const struct charge_row *c);

#endif
