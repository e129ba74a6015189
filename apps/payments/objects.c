#include "apps/payments/objects.h"
#include "apps/payments/reasons.h"
#include "common/base/text.h"

provider_id provider_id_of_json(const struct json_t *json, const char *name)
{
	const struct json_t *member = json_get(json, name);
	provider_id id = {json_get_text(json, name)};

	if (id.v == NULL && member != NULL)
		id.v = json_get_text(member, "id");
	return id.v != NULL && kind_fits(&kind_provider_id, &id) ? id : (provider_id){NULL};
}

static charge_id charge_of_json(const struct json_t *json)
{
	const struct json_t *metadata = json_get(json, "metadata");
	const char *text = metadata == NULL ? NULL : json_get_text(metadata, "charge");
	charge_id id = {{0}};

	return text != NULL && uuid_parse(text, id.b) == OK ? id : (charge_id){{0}};
}

struct belonging belonging_of_json(const struct json_t *json)
{
	const char *object = json_get_text(json, "object");
	const char *intent = text_same(object, "payment_intent") ? "id" : "payment_intent";
	struct belonging b = {.charge = charge_of_json(json), .intent = provider_id_of_json(json, intent)};

	if (text_same(object, "checkout.session"))
		b.session = provider_id_of_json(json, "id");
	return b;
}

/* The number of the word in the list, which NULL ends, counted from 1; 0 when it is not there. */
static int word_in(const char *const *words, const char *word)
{
	for (int i = 0; word != NULL && words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i + 1;
	return 0;
}

static enum intent_state intent_state_of(const char *status)
{
	static const char *const words[] = {"requires_payment_method",
					    "requires_confirmation",
					    "requires_action",
					    "processing",
					    "requires_capture",
					    "succeeded",
					    "canceled",
					    NULL};
	static const enum intent_state states[] = {INTENT_UNKNOWN,   INTENT_OPEN,       INTENT_OPEN,
						   INTENT_OPEN,      INTENT_PROCESSING, INTENT_AUTHORISED,
						   INTENT_SUCCEEDED, INTENT_CANCELED};

	return states[word_in(words, status)];
}

struct intent intent_of_json(const struct json_t *json)
{
	const struct json_t *last = json_get(json, "last_payment_error");
	struct intent i = {
	    .id = provider_id_of_json(json, "id"),
	    .state = intent_state_of(json_get_text(json, "status")),
	    .amount = json_get_number(json, "amount", 0),
	    .currency = json_get_text(json, "currency"),
	    .charge = charge_of_json(json),
	};

	if (i.state == INTENT_AUTHORISED)
		i.amount = json_get_number(json, "amount_capturable", 0);
	if (i.state == INTENT_SUCCEEDED)
		i.amount = json_get_number(json, "amount_received", 0);
	if (last != NULL && json_get_text(last, "type") != NULL)
		i.reason = reason_of_error(last);
	if (text_same(json_get_text(json, "cancellation_reason"), PROVIDER_VOIDED))
		i.reason = REASON_ORDER_ENDED;
	return i;
}

static bool is_page(const char *url)
{
	const web_url u = {url};

	return url != NULL && (text_starts(url, "https://") || text_starts(url, "http://")) &&
	       kind_fits(&kind_web_url, &u);
}

struct checkout checkout_of_json(const struct json_t *json)
{
	static const char *const words[] = {"open", "complete", "expired", NULL};
	const char *url = json_get_text(json, "url");

	return (struct checkout){
	    .id = provider_id_of_json(json, "id"),
	    .url = {is_page(url) ? url : NULL},
	    .state = (enum checkout_state)word_in(words, json_get_text(json, "status")),
	    .paid = text_same(json_get_text(json, "payment_status"), "paid"),
	    .intent = provider_id_of_json(json, "payment_intent"),
	    .amount = json_get_number(json, "amount_total", 0),
	    .currency = json_get_text(json, "currency"),
	    .charge = charge_of_json(json),
	};
}
