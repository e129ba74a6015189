#include "sandbox/card.h"
#include <string.h>

#define DECLINED   "Your card was declined."
#define ASKS_FIRST "Your card was declined. This transaction requires authentication."

static const struct card cards[] = {
    {"visa", CARD_WORKS, NULL, NULL, NULL, "4242"},
    {"chargeDeclined", CARD_DECLINES, "card_declined", "generic_decline", DECLINED, "0002"},
    {"chargeDeclinedInsufficientFunds", CARD_DECLINES, "card_declined", "insufficient_funds",
     "Your card has insufficient funds.", "9995"},
    {"chargeDeclinedExpiredCard", CARD_DECLINES, "expired_card", "expired_card", "Your card has expired.",
     "0069"},
    {"threeDSecure2Required", CARD_ASKS, "authentication_required", "authentication_required", ASKS_FIRST,
     "3220"},
    {"authenticationRequired", CARD_ASKS, "authentication_required", "authentication_required", ASKS_FIRST,
     "3184"},
    {"slow", CARD_SLOW, NULL, NULL, NULL, "5005"},
    {"late", CARD_LATE, NULL, NULL, NULL, "3030"},
};

static const struct card *by_name(const char *name)
{
	for (size_t i = 0; i < sizeof cards / sizeof *cards; i++) {
		if (strcmp(cards[i].name, name) == 0)
			return &cards[i];
	}
	return NULL;
}

const struct card *card_find(const char *token)
{
	const json_t *method;

	if (strncmp(token, "tok_", 4) == 0)
		return by_name(token + 4);
	if (strncmp(token, "pm_card_", 8) == 0)
		return by_name(token + 8);
	method = book_get("methods", token);
	return method != NULL ? card_of(method) : NULL;
}

const struct card *card_of(const json_t *method)
{
	return by_name(json_string_value(json_object_get(method, "_card")));
}

json_t *card_attach(const struct card *card)
{
	char id[ID_SIZE];
	json_t *method;

	new_id("pm_", id);
	method = json_pack("{s:s, s:s, s:s, s:{s:s, s:s}, s:I, s:b, s:s}", "id", id, "object",
			   "payment_method", "type", "card", "card", "brand", "visa", "last4", card->last4,
			   "created", (json_int_t)now_s(), "livemode", 0, "_card", card->name);
	book_put("methods", id, method);
	return method;
}
