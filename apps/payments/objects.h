#ifndef STAGEDOOR_PAYMENTS_OBJECTS_H
#define STAGEDOOR_PAYMENTS_OBJECTS_H

#include "common/schema/json.h"

/*
 * Stripe's objects as they come in answers and in events, as far as they matter here. What is absent,
 * malformed or of a word that is not known is none. Strings live as long as the JSON.
 */
enum intent_state {
	INTENT_UNKNOWN,
	INTENT_OPEN, /* nothing has moved yet: it waits for a card, a confirmation or its holder */
	INTENT_PROCESSING,
	INTENT_SUCCEEDED,
	INTENT_CANCELED,
};

struct intent {
	provider_id id; /* none: no such object */
	enum intent_state state;
	int64_t amount; /* what it is about; what was received once it succeeded */
	const char *currency;
	charge_id charge;   /* metadata[charge] */
	const char *reason; /* why a card was declined (reasons.h); NULL: none was */
};
struct intent intent_of_json(const struct json_t *json);

enum checkout_state { CHECKOUT_UNKNOWN, CHECKOUT_OPEN, CHECKOUT_COMPLETE, CHECKOUT_EXPIRED };

/* A Checkout Session. */
struct checkout {
	provider_id id;
	web_url url; /* only while it is open */
	enum checkout_state state;
	bool paid;
	provider_id intent;
	int64_t amount;
	const char *currency;
	charge_id charge;
};
struct checkout checkout_of_json(const struct json_t *json);

/* metadata[charge] of any object. */
charge_id charge_of_json(const struct json_t *json);

/* A member that holds an id, or an object with one (expanded). */
provider_id provider_id_of_json(const struct json_t *json, const char *name);

#endif
