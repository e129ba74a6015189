#ifndef STAGEDOOR_SANDBOX_CARD_H
#define STAGEDOOR_SANDBOX_CARD_H

#include "sandbox/book.h"

/*
 * The test cards: a token or a payment method determines how the bank decides.
 */

enum card_way { CARD_WORKS, CARD_DECLINES, CARD_ASKS, CARD_SLOW, CARD_LATE };

struct card {
	const char *name; /* tok_<name>, pm_card_<name> */
	enum card_way way;
	const char *code, *decline_code, *message, *last4;
};

/* The card of `tok_…` or `pm_card_…`, or of a payment method that this bank made; NULL when unknown. */
const struct card *card_find(const char *token);

/* Adds a payment method of the card to the book; borrowed. */
json_t *card_attach(const struct card *card);

/* The card of a payment method in the book. */
const struct card *card_of(const json_t *method);

#endif
