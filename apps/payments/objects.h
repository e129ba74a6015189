#ifndef STAGEDOOR_PAYMENTS_OBJECTS_H
#define STAGEDOOR_PAYMENTS_OBJECTS_H

#include "common/schema/json.h"

/*
 * The members of Stripe's objects, in answers and in events, that this service uses. A member that is absent,
 * malformed or an unknown word is null. Strings live as long as the JSON.
 */
/* The cancellation_reason that we give when the order of an authorised payment has ended. */
#define PROVIDER_VOIDED "abandoned"

enum intent_state {
	INTENT_UNKNOWN,
	INTENT_OPEN, /* nothing has moved yet: it waits for a card, a confirmation or its holder */
	INTENT_PROCESSING,
	INTENT_AUTHORISED, /* the amount is held on the card, and waits to be captured */
	INTENT_SUCCEEDED,
	INTENT_CANCELED,
};

struct intent {
	provider_id id; /* null: no such object */
	enum intent_state state;
	int64_t amount; /* what it is about; what can be captured; what was received once it succeeded */
	const char *currency;
	charge_id charge;   /* metadata[charge] */
	const char *reason; /* why a card was declined, or that we voided it (reasons.h); NULL: neither */
};

/* Of a PaymentIntent. The id is null when the JSON is not such an object. */
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

/* Of a Checkout Session. The id is null when the JSON is not such an object. */
struct checkout checkout_of_json(const struct json_t *json);

/*
 * What any object of Stripe (an intent, a session, a charge, a refund, a dispute) says of what it belongs to:
 * metadata[charge], the intent, the session. Each is null when it does not say.
 */
struct belonging {
	charge_id charge;
	provider_id intent, session;
};
struct belonging belonging_of_json(const struct json_t *json);

/* The member `name`, which holds an id or (expanded) an object with one; null when it is absent or no id. */
provider_id provider_id_of_json(const struct json_t *json, const char *name);

#endif
