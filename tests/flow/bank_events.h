#ifndef STAGEDOOR_TESTS_FLOW_BANK_EVENTS_H
#define STAGEDOOR_TESTS_FLOW_BANK_EVENTS_H

#include "tests/flow/flow.h"

/* Events of the sandbox bank, and payments begun by version 1.0.0. */

/* A column of the order's charge as text, its id as well; "" without a charge. */
const char *charge_column(const char *order_, const char *column);
const char *charge_id_text(const char *order_);

/* Waits until the order's charge has this status. */
void wait_charge(const char *order_, const char *status, int ms);

/* The intent of the order's charge, in the bank's book. */
const struct json_t *bank_intent(const char *order_);

/* How many refunds there are of it. */
int bank_refunds(const char *order_);

/* POST to the bank; the id of what was made. */
const char *bank_make(const char *path, const char *form);

/* A signed event of this type about the object (JSON), as the bank would send it; its outcome as payments
 * notes it ("applied", "known", "ignored", "unknown", "mismatch"). */
const char *bank_tells(const char *type, const char *object);

/* An intent as events show it. charge: metadata[charge], NULL for none. */
const char *intent_json(const char *id, const char *charge, const char *status, int amount,
			const char *currency);

/*
 * Pays the order as version 1.0.0 did, on the bank's page or with a card's token: the money is taken at once,
 * whatever orders decides. What is left here is a charge as that version had it after its commit; the bank's
 * webhook settles it, when it sends any.
 */
void pay_as_before(struct visitor *buyer, const char *order_);
void pay_by_card_as_before(struct visitor *buyer, const char *order_);

#endif
