#ifndef STAGEDOOR_SANDBOX_INTENT_H
#define STAGEDOOR_SANDBOX_INTENT_H

#include "sandbox/answer.h"

/*
 * PaymentIntents and their charges: the money (refunds: refund.h). All need the book's lock.
 */

/* The largest amount that Stripe takes, in the smallest unit of the currency. */
enum { AMOUNT_MAX = 99999999 };

/* The API calls. */
struct answer intent_create(const struct call *call);
struct answer intent_show(const struct call *call);
struct answer intent_confirm(const struct call *call);
struct answer intent_cancel(const struct call *call);
struct answer intent_capture(const struct call *call);

/* A new intent that waits for a payment method, added to the book; borrowed. capture_method: "automatic" or
 * "manual". Takes over `metadata`. */
json_t *intent_new(long long amount, const char *currency, const char *description,
		   const char *capture_method, json_t *metadata);

/* Tries a payment method (of the book): the intent is processing, until intent_settle. */
void intent_begin(json_t *intent, json_t *method);

/* Decides an intent that is processing by its card: makes the charge, and succeeds, holds the amount until it
 * is captured, or wants another payment method; sends the event. */
void intent_settle(json_t *intent);

/* Cancels whatever has not succeeded, and releases what it held; sends the events. `reason` may be NULL. */
void intent_end(json_t *intent, const char *reason);

/* The form's field `name`: "automatic", which it is when absent, or "manual". */
bool want_capture_method(const json_t *form, const char *name, const char **ret_value, struct answer *ret_no);

/* Has the intent this status? */
bool intent_is(const json_t *intent, const char *status);

/* The intent as the answer to a confirmation: 200, or 402 if the card was declined. */
struct answer intent_answer(const json_t *intent);

#endif
