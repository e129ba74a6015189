#include "sandbox/refund.h"
#include "sandbox/document.h"
#include "sandbox/form.h"
#include "sandbox/intent.h"
#include "sandbox/webhook.h"
#include <string.h>

struct answer charge_show(const struct call *call)
{
	const json_t *charge = book_get("charges", call->id);

	return charge != NULL ? answer_object(charge) : answer_missing("charge", "id", call->id);
}

static struct answer refund_charge(json_t *intent, json_t *charge, long long amount, const char *reason,
				   json_t *metadata)
{
	char id[ID_SIZE];
	long long refunded = int_of(charge, "amount_refunded") + amount;
	json_t *doc;

	new_id("re_", id);
	set_int(charge, "amount_refunded", refunded);
	json_object_set_new(charge, "refunded", json_boolean(refunded == int_of(charge, "amount")));
	book_touch("charges", charge);
	doc = json_pack("{s:s, s:s, s:I, s:s, s:I, s:s, s:o, s:s, s:s?, s:s}", "id", id, "object", "refund",
			"amount", (json_int_t)amount, "charge", text_of(charge, "id"), "created",
			(json_int_t)now_s(), "currency", text_of(charge, "currency"), "metadata", metadata,
			"payment_intent", text_of(intent, "id"), "reason", reason, "status", "succeeded");
	book_put("refunds", id, doc);
	event_emit("refund.created", doc);
	event_emit("charge.refunded", charge);
	return answer_object(doc);
}

struct answer refund_create(const struct call *call)
{
	const json_t *form = call->form;
	const char *id;
	json_t *metadata;
	struct answer no;
	json_t *intent, *charge;
	long long left, amount;

	if (!want_text(form, "payment_intent", 255, &id, &no))
		return no;
	intent = book_get("intents", id);
	if (intent == NULL)
		return answer_error(400, "invalid_request_error", "resource_missing", "payment_intent",
				    "No such payment_intent: '%s'", id);
	if (!intent_is(intent, "succeeded"))
		return answer_state("payment_intent_unexpected_state", "payment_intent", intent,
				    "This PaymentIntent does not have a successful charge to refund.");
	charge = book_get("charges", text_of(intent, "latest_charge"));
	left = int_of(charge, "amount") - int_of(charge, "amount_refunded");
	amount = left;
	if (form_text(form, "amount") != NULL && !want_integer(form, "amount", 1, AMOUNT_MAX, &amount, &no))
		return no;
	if (left == 0)
		return answer_state("charge_already_refunded", NULL, NULL,
				    "The charge has already been refunded.");
	if (amount > left)
		return answer_state("charge_already_refunded", NULL, NULL,
				    "The amount is greater than what is left of the charge.");
	if (!want_metadata(form, "metadata", &metadata, &no))
		return no;
	return refund_charge(intent, charge, amount, form_text(form, "reason"), metadata);
}

struct answer refund_show(const struct call *call)
{
	const json_t *doc = book_get("refunds", call->id);

	return doc != NULL ? answer_object(doc) : answer_missing("refund", "id", call->id);
}

/* All refunds of an intent, as one page. */
struct answer refund_list(const struct call *call)
{
	const char *wanted = form_text(call->form, "payment_intent"), *id;
	json_t *data = json_array(), *doc;
	json_t *list;
	struct answer a;

	json_object_foreach(book_all("refunds"), id, doc)
	{
		const char *intent = text_of(doc, "payment_intent");

		if (wanted == NULL || (intent != NULL && strcmp(wanted, intent) == 0))
			json_array_append(data, doc);
	}
	list = json_pack("{s:s, s:o, s:b, s:s}", "object", "list", "data", data, "has_more", 0, "url",
			 "/v1/refunds");
	a = answer_object(list);
	json_decref(list);
	return a;
}
