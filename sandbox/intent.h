#ifndef STAGEDOOR_SANDBOX_INTENT_H
#define STAGEDOOR_SANDBOX_INTENT_H

#include "sandbox/answer.h"

/*
 * PaymentIntents, their charges and refunds: the money. All need the book's lock.
 */

/* The API calls. */
struct answer intent_create(const struct call *call);
struct answer intent_show(const struct call *call);
struct answer intent_confirm(const struct call *call);
struct answer intent_cancel(const struct call *call);
struct answer charge_show(const struct call *call);
struct answer refund_create(const struct call *call);
struct answer refund_show(const struct call *call);
struct answer refund_list(const struct call *call);

/* A new intent that waits for a payment method, added to the book; borrowed. Takes over `metadata`. */
json_t *intent_new(long long amount, const char *currency, const char *description, json_t *metadata);

/* Tries a payment method (of the book): the intent is processing, until intent_settle. */
void intent_begin(json_t *intent, json_t *method);

/* Decides an intent that is processing, depending on its card: creates the charge, and succeeds or requires
 * another payment method; sends the event. */
void intent_settle(json_t *intent);

/* Cancels an intent that has not succeeded; sends the event. `reason` may be NULL. */
void intent_end(json_t *intent, const char *reason);

bool intent_is(const json_t *intent, const char *status);

/* The intent as the answer to a confirmation: 200, or 402 if the card was declined. */
struct answer intent_answer(const json_t *intent);

#endif
