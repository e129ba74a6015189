#ifndef STAGEDOOR_PAYMENTS_STRIPE_H
#define STAGEDOOR_PAYMENTS_STRIPE_H

#include "apps/payments/http_client.h"
#include "apps/payments/objects.h"
#include "apps/payments/payments.h"

/*
 * The calls to Stripe that this service makes (docs.stripe.com/api). Those that make something carry an
 * Idempotency-Key made of the charge's id, so that it is made once, however often and by whichever program
 * the call is sent. Amounts are those of the charge. Answers live in the arena of the slot.
 */
enum provider_outcome {
	PROVIDER_UNKNOWN, /* no answer that can be read: it may be done or not */
	PROVIDER_DONE,
	PROVIDER_DECLINED, /* by the card's bank: no money moved or is held */
	PROVIDER_REFUSED,  /* by Stripe: the request is wrong, or the state of the object does not allow it */
};

struct provider_answer {
	enum provider_outcome outcome;
	const char *code, *param; /* of what was refused; NULL: not said */
	const char *reason;       /* declined: why (reasons.h) */
	struct intent intent;     /* as the answer or the error has it; id null: it has none */
	struct checkout checkout;
	provider_id refund;
};

/* An unconfirmed PaymentIntent with the card attached: no money moves. token: "tok_…", or a payment method
 * "pm_…". Key charge-<id>. */
struct provider_answer stripe_intent_create(struct http_slot *slot, const struct charge_row *c, title what,
					    provider_token token);

/* Authorises the amount, to be captured or voided. A card that needs a challenge (3-D Secure) is declined.
 * Key confirm-<id>. */
struct provider_answer stripe_intent_confirm(struct http_slot *slot, const struct charge_row *c);

/* The intent as it is. */
struct provider_answer stripe_intent_read(struct http_slot *slot, provider_id intent);

/* Cancels the intent. PROVIDER_REFUSED once it has succeeded, was canceled or is processing: then intent says
 * which. Sent without a key, since Stripe would repeat a refusal under it. */
struct provider_answer stripe_intent_cancel(struct http_slot *slot, provider_id intent);

/*
 * Takes the amount that is held. PROVIDER_REFUSED when the intent is in another state: then intent says
 * which. Stripe keeps any answer under a key for a day, also a 500, so each try has its own:
 * capture-<id>, capture-<id>-1, … The state of the intent, not the key, is what makes it take the money
 * once.
 */
struct provider_answer stripe_capture(struct http_slot *slot, const struct charge_row *c, int64_t tries);

/* Releases the amount that is held, since the order has ended: cancels the intent, and says why. No key. */
struct provider_answer stripe_void(struct http_slot *slot, provider_id intent);

/* A Checkout Session for one order, whose payment is authorised only. Key session-<id>. */
struct checkout_terms {
	title what;
	when until; /* when it expires, by Stripe's clock: 30 minutes to 24 hours from now */
	const char *success_url, *cancel_url;
};
struct provider_answer stripe_checkout_create(struct http_slot *slot, const struct charge_row *c,
					      const struct checkout_terms *terms);

/* The session as it is. */
struct provider_answer stripe_checkout_read(struct http_slot *slot, provider_id session);

/* PROVIDER_REFUSED once it is complete or expired, and while a card is being decided. No key, as above. */
struct provider_answer stripe_checkout_expire(struct http_slot *slot, provider_id session);

/* Returns the whole amount. When it was returned before, refund is the id of that refund. Key refund-<id>. */
struct provider_answer stripe_refund(struct http_slot *slot, const struct charge_row *c);

#endif
