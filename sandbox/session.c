#include "sandbox/session.h"
#include "sandbox/card.h"
#include "sandbox/document.h"
#include "sandbox/form.h"
#include "sandbox/intent.h"
#include "sandbox/timer.h"
#include "sandbox/webhook.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIFE_MIN = 30 * 60, LIFE_MAX = 24 * 3600, ITEMS_MAX = 20, UNIT_MAX = 99999999, QUANTITY_MAX = 1000 };

static char site[256];

void session_site(const char *url)
{
	snprintf(site, sizeof site, "%s", url);
}

static bool status_is(const json_t *session, const char *status)
{
	return strcmp(text_of(session, "status"), status) == 0;
}

static json_t *intent_of(const json_t *session)
{
	const char *id = text_of(session, "payment_intent");

	return id != NULL ? book_get("intents", id) : NULL;
}

enum session_state session_state(const json_t *session)
{
	const json_t *intent = intent_of(session);

	if (status_is(session, "complete"))
		return SESSION_COMPLETE;
	if (status_is(session, "expired"))
		return SESSION_EXPIRED;
	return intent != NULL && intent_is(intent, "processing") ? SESSION_DECIDING : SESSION_OPEN;
}

/* Item i as {name, currency, unit_amount, quantity}. */
static bool want_item(const json_t *form, int i, json_t **ret_item, struct answer *ret_no)
{
	char names[4][80];
	static const char *const parts[] = {"[price_data][currency]", "[price_data][unit_amount]",
					    "[price_data][product_data][name]", "[quantity]"};
	const char *currency, *name;
	long long unit, quantity;

	for (int k = 0; k < 4; k++)
		snprintf(names[k], sizeof names[k], "line_items[%d]%s", i, parts[k]);
	if (!want_currency(form, names[0], &currency, ret_no) ||
	    !want_integer(form, names[1], 1, UNIT_MAX, &unit, ret_no) ||
	    !want_text(form, names[2], 250, &name, ret_no) ||
	    !want_integer(form, names[3], 1, QUANTITY_MAX, &quantity, ret_no))
		return false;
	*ret_item = json_pack("{s:s, s:s, s:I, s:I}", "name", name, "currency", currency, "unit_amount",
			      (json_int_t)unit, "quantity", (json_int_t)quantity);
	return true;
}

static bool has_item(const json_t *form, int i)
{
	char prefix[32];
	const char *name;
	json_t *value;
	int n = snprintf(prefix, sizeof prefix, "line_items[%d][", i);

	json_object_foreach((json_t *)form, name, value)
	{
		if (strncmp(name, prefix, (size_t)n) == 0)
			return true;
	}
	return false;
}

/* All items into `items`, and their sum; one currency for all. */
static bool want_items(const json_t *form, json_t *items, long long *ret_total, struct answer *ret_no)
{
	long long total = 0;

	for (int i = 0; i == 0 || (i < ITEMS_MAX && has_item(form, i)); i++) {
		json_t *item;

		if (!want_item(form, i, &item, ret_no))
			return false;
		json_array_append_new(items, item);
		if (strcmp(text_of(item, "currency"), text_of(json_array_get(items, 0), "currency")) != 0) {
			*ret_no = answer_error(400, "invalid_request_error", NULL, "line_items",
					       "All line items must have one currency.");
			return false;
		}
		total += json_integer_value(json_object_get(item, "unit_amount")) *
			 json_integer_value(json_object_get(item, "quantity"));
	}
	*ret_total = total;
	if (total <= UNIT_MAX)
		return true;
	*ret_no = answer_error(400, "invalid_request_error", "amount_too_large", "line_items",
			       "The total is too large.");
	return false;
}

static bool want_expiry(const json_t *form, long long *ret_at, struct answer *ret_no)
{
	long long now = now_s(), at = now + LIFE_MAX;

	if (form_text(form, "expires_at") != NULL &&
	    !want_integer(form, "expires_at", 0, 1LL << 40, &at, ret_no))
		return false;
	if (at < now + LIFE_MIN || at > now + LIFE_MAX) {
		*ret_no = answer_error(
		    400, "invalid_request_error", NULL, "expires_at",
		    "The `expires_at` timestamp must be %s than %s from Checkout Session creation.",
		    at < now + LIFE_MIN ? "not less" : "not more",
		    at < now + LIFE_MIN ? "30 minutes" : "24 hours");
		return false;
	}
	*ret_at = at;
	return true;
}

static json_t *session_new(const json_t *form, const char *success_url, const char *cancel_url,
			   long long expires_at, long long total, json_t *items)
{
	char id[ID_SIZE];
	const char *currency;
	json_t *session;

	new_id("cs_test_", id);
	currency = text_of(json_array_get(items, 0), "currency");
	session = json_pack(
	    "{s:s, s:s, s:I, s:I, s:s?, s:s?, s:I, s:s, s:n, s:I, s:b, s:s, s:n, s:[s], s:s, s:s, s:s, "
	    "s:s++, s:O}",
	    "id", id, "object", "checkout.session", "amount_subtotal", (json_int_t)total, "amount_total",
	    (json_int_t)total, "cancel_url", cancel_url, "client_reference_id",
	    form_text(form, "client_reference_id"), "created", (json_int_t)now_s(), "currency", currency,
	    "customer", "expires_at", (json_int_t)expires_at, "livemode", 0, "mode", "payment",
	    "payment_intent", "payment_method_types", "card", "payment_status", "unpaid", "status", "open",
	    "success_url", success_url, "url", site, "/pay/", id, "_items", items);
	return session;
}

struct answer session_create(const struct call *call)
{
	const json_t *form = call->form;
	const char *mode, *success_url, *capture_method, *cancel_url = NULL;
	long long expires_at, total;
	json_t *metadata, *intent_metadata, *items, *session = NULL;
	struct answer no;

	if (!want_text(form, "mode", 20, &mode, &no))
		return no;
	if (strcmp(mode, "payment") != 0)
		return answer_error(400, "invalid_request_error", NULL, "mode",
				    "This sandbox knows the mode payment only.");
	if (!want_url(form, "success_url", &success_url, &no) ||
	    (form_text(form, "cancel_url") != NULL && !want_url(form, "cancel_url", &cancel_url, &no)) ||
	    !want_card_only(form, &no) || !want_expiry(form, &expires_at, &no) ||
	    !want_capture_method(form, "payment_intent_data[capture_method]", &capture_method, &no))
		return no;
	items = json_array();
	if (want_items(form, items, &total, &no) && want_metadata(form, "metadata", &metadata, &no)) {
		session = session_new(form, success_url, cancel_url, expires_at, total, items);
		json_object_set_new(session, "metadata", metadata);
		json_object_set_new(session, "_capture_method", json_string(capture_method));
		if (want_metadata(form, "payment_intent_data[metadata]", &intent_metadata, &no)) {
			json_object_set_new(session, "_intent_metadata", intent_metadata);
			book_touch("sessions", session);
			timer_set(text_of(session, "id"), expires_at * 1000);
			no = answer_object(session);
		}
	}
	json_decref(session);
	json_decref(items);
	return no;
}

struct answer session_show(const struct call *call)
{
	const json_t *session = book_get("sessions", call->id);

	return session != NULL ? answer_object(session)
			       : answer_missing("checkout.session", "session", call->id);
}

struct answer session_expire_now(const struct call *call)
{
	json_t *session = book_get("sessions", call->id);

	if (session == NULL)
		return answer_missing("checkout.session", "session", call->id);
	switch (session_state(session)) {
	case SESSION_OPEN:
		session_expire(session);
		return answer_object(session);
	case SESSION_DECIDING:
		return answer_state(
		    NULL, NULL, NULL,
		    "This Session has a payment that is being processed and cannot be expired now.");
	default:
		return answer_state(NULL, NULL, NULL,
				    status_is(session, "complete")
					? "Only Checkout Sessions with a status in [\"open\"] can be "
					  "expired. This Session has a status of complete."
					: "Only Checkout Sessions with a status in [\"open\"] can be "
					  "expired. This Session has a status of expired.");
	}
}

/* The session is over: nobody can pay it any more. */
static void close_as(json_t *session, const char *status)
{
	json_object_set_new(session, "status", json_string(status));
	json_object_set_new(session, "url", json_null());
	book_touch("sessions", session);
	timer_clear(text_of(session, "id"));
}

void session_expire(json_t *session)
{
	json_t *intent = intent_of(session);

	if (session_state(session) != SESSION_OPEN)
		return;
	close_as(session, "expired");
	if (intent != NULL)
		intent_end(intent, "automatic");
	event_emit("checkout.session.expired", session);
}

/* A book of an older version does not say it. */
static const char *capture_method_of(const json_t *session)
{
	const char *method = text_of(session, "_capture_method");

	return method != NULL ? method : "automatic";
}

static json_t *make_intent(json_t *session)
{
	json_t *intent = intent_new(json_integer_value(json_object_get(session, "amount_total")),
				    text_of(session, "currency"), NULL, capture_method_of(session),
				    json_incref(json_object_get(session, "_intent_metadata")));

	json_object_set(intent, "_session", json_object_get(session, "id"));
	json_object_set(session, "payment_intent", json_object_get(intent, "id"));
	book_touch("sessions", session);
	return intent;
}

void session_pay(json_t *session, const char *token, long long wait_ms)
{
	json_t *intent = intent_of(session);

	if (intent == NULL)
		intent = make_intent(session);
	intent_begin(intent, card_attach(card_find(token)));
	if (wait_ms > 0)
		timer_set(text_of(intent, "id"), now_ms() + wait_ms);
	else
		session_settle(intent);
}

void session_settle(json_t *intent)
{
	json_t *session = book_get("sessions", text_of(intent, "_session"));

	intent_settle(intent);
	if (!intent_is(intent, "succeeded") && !intent_is(intent, "requires_capture"))
		return;
	if (intent_is(intent, "succeeded"))
		json_object_set_new(session, "payment_status", json_string("paid"));
	close_as(session, "complete");
	event_emit("checkout.session.completed", session);
}

char *session_success_url(const json_t *session)
{
	static const char mark[] = "{CHECKOUT_SESSION_ID}";
	const char *url = text_of(session, "success_url"), *at = strstr(url, mark);
	char *filled = NULL;
	int n = at != NULL ? asprintf(&filled, "%.*s%s%s", (int)(at - url), url, text_of(session, "id"),
				      at + sizeof mark - 1)
			   : asprintf(&filled, "%s", url);

	return n < 0 ? NULL : filled;
}
