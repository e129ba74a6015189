#include "sandbox/intent.h"
#include "sandbox/card.h"
#include "sandbox/document.h"
#include "sandbox/fault.h"
#include "sandbox/form.h"
#include "sandbox/timer.h"
#include "sandbox/webhook.h"
#include <stdio.h>
#include <string.h>

/* How long the bank holds an amount that is not captured. */
#define HOLD_MS (7LL * 24 * 3600 * 1000)

bool intent_is(const json_t *intent, const char *status)
{
	return strcmp(text_of(intent, "status"), status) == 0;
}

json_t *intent_new(long long amount, const char *currency, const char *description,
		   const char *capture_method, json_t *metadata)
{
	char id[ID_SIZE], secret[ID_SIZE];
	json_t *intent;

	new_id("pi_", id);
	new_id("_secret_", secret);
	intent = json_pack(
	    "{s:s, s:s, s:I, s:i, s:i, s:n, s:n, s:s, s:s+, s:s, s:I, s:s, s:n, s:s?, s:n, s:n, s:b, s:o, "
	    "s:n, s:n, s:[s], s:s}",
	    "id", id, "object", "payment_intent", "amount", (json_int_t)amount, "amount_capturable", 0,
	    "amount_received", 0, "canceled_at", "cancellation_reason", "capture_method", capture_method,
	    "client_secret", id, secret, "confirmation_method", "automatic", "created", (json_int_t)now_s(),
	    "currency", currency, "customer", "description", description, "last_payment_error",
	    "latest_charge", "livemode", 0, "metadata", metadata, "next_action", "payment_method",
	    "payment_method_types", "card", "status", "requires_payment_method");
	book_put("intents", id, intent);
	return intent;
}

static bool is_manual(const json_t *intent)
{
	return strcmp(text_of(intent, "capture_method"), "manual") == 0;
}

static json_t *charge_new(const json_t *intent, const json_t *method, const struct card *card)
{
	char id[ID_SIZE];
	bool paid = card->code == NULL, captured = paid && !is_manual(intent);
	json_int_t amount = int_of(intent, "amount");
	json_t *charge;

	new_id("ch_", id);
	charge = json_pack(
	    "{s:s, s:s, s:I, s:I, s:i, s:b, s:I, s:s, s:s?, s:s?, s:b, s:O, s:{s:s, s:s}, s:b, s:s, s:s, "
	    "s:b, s:s}",
	    "id", id, "object", "charge", "amount", amount, "amount_captured", captured ? amount : 0,
	    "amount_refunded", 0, "captured", captured, "created", (json_int_t)now_s(), "currency",
	    text_of(intent, "currency"), "failure_code", card->code, "failure_message", card->message,
	    "livemode", 0, "metadata", json_object_get(intent, "metadata"), "outcome", "network_status",
	    paid ? "approved_by_network" : "declined_by_network", "type",
	    paid ? "authorized" : "issuer_declined", "paid", paid, "payment_intent", text_of(intent, "id"),
	    "payment_method", text_of(method, "id"), "refunded", 0, "status", paid ? "succeeded" : "failed");
	book_put("charges", id, charge);
	return charge;
}

static void mark_succeeded(json_t *intent)
{
	set_text(intent, "status", "succeeded");
	set_int(intent, "amount_capturable", 0);
	set_int(intent, "amount_received", int_of(intent, "amount"));
	set_text(intent, "last_payment_error", NULL);
	event_emit("payment_intent.succeeded", intent);
}

/* The amount is held on the card: nothing is taken yet. */
static void mark_authorised(json_t *intent)
{
	set_text(intent, "status", "requires_capture");
	set_int(intent, "amount_capturable", int_of(intent, "amount"));
	set_text(intent, "last_payment_error", NULL);
	timer_set(text_of(intent, "id"), now_ms() + HOLD_MS);
	event_emit("payment_intent.amount_capturable_updated", intent);
}

static void mark_failed(json_t *intent, const json_t *method, const struct card *card, const char *charge)
{
	json_t *error =
	    json_pack("{s:s, s:s, s:s, s:o, s:s}", "code", card->code, "decline_code", card->decline_code,
		      "message", card->message, "payment_method", public_view(method), "type", "card_error");

	if (charge != NULL)
		set_text(error, "charge", charge);
	json_object_set_new(intent, "last_payment_error", error);
	set_text(intent, "status", "requires_payment_method");
	set_text(intent, "payment_method", NULL);
	event_emit("payment_intent.payment_failed", intent);
}

void intent_begin(json_t *intent, json_t *method)
{
	set_text(intent, "payment_method", text_of(method, "id"));
	set_text(intent, "last_payment_error", NULL);
	set_text(intent, "next_action", NULL);
	set_text(intent, "status", "processing");
	book_touch("intents", intent);
}

void intent_settle(json_t *intent)
{
	json_t *method = book_get("methods", text_of(intent, "payment_method"));
	const struct card *card = card_of(method);

	if (card->way == CARD_ASKS) {
		mark_failed(intent, method, card, NULL);
	} else {
		json_t *charge = charge_new(intent, method, card);

		set_text(intent, "latest_charge", text_of(charge, "id"));
		if (card->code != NULL)
			mark_failed(intent, method, card, text_of(charge, "id"));
		else if (is_manual(intent))
			mark_authorised(intent);
		else
			mark_succeeded(intent);
	}
	book_touch("intents", intent);
}

/* Stripe says that a charge whose hold is released was refunded; there is no refund of it. */
static void release(json_t *intent)
{
	json_t *charge = book_get("charges", text_of(intent, "latest_charge"));

	timer_clear(text_of(intent, "id"));
	set_int(intent, "amount_capturable", 0);
	set_int(charge, "amount_refunded", int_of(charge, "amount"));
	json_object_set_new(charge, "refunded", json_true());
	book_touch("charges", charge);
	event_emit("charge.refunded", charge);
}

void intent_end(json_t *intent, const char *reason)
{
	if (intent_is(intent, "requires_capture"))
		release(intent);
	set_text(intent, "status", "canceled");
	set_text(intent, "cancellation_reason", reason);
	set_int(intent, "canceled_at", now_s());
	set_text(intent, "next_action", NULL);
	book_touch("intents", intent);
	event_emit("payment_intent.canceled", intent);
}

static struct answer unexpected_state(const json_t *intent, const char *doing)
{
	char message[200];

	snprintf(message, sizeof message, "You cannot %s this PaymentIntent because it has a status of %s.",
		 doing, text_of(intent, "status"));
	return answer_state("payment_intent_unexpected_state", "payment_intent", intent, message);
}

struct answer intent_answer(const json_t *intent)
{
	const json_t *last = json_object_get(intent, "last_payment_error");
	json_t *error;

	if (!json_is_object(last))
		return answer_object(intent);
	error = json_copy((json_t *)last);
	json_object_set_new(error, "payment_intent", public_view(intent));
	return (struct answer){.status = 402, .lasting = true, .body = json_pack("{s:o}", "error", error)};
}

/* The payment method that the form names, NULL when it names none; a token is turned into a payment method
 * only once the whole form is valid. */
static bool want_card(const json_t *form, const struct card **ret_card, const char **ret_token,
		      struct answer *ret_no)
{
	const char *param = "payment_method", *token = form_text(form, param),
		   *type = form_text(form, "payment_method_data[type]");

	if (token == NULL) {
		param = "payment_method_data[card][token]";
		token = form_text(form, param);
		if (token != NULL || type != NULL) {
			if (type == NULL || strcmp(type, "card") != 0 || token == NULL) {
				*ret_no = answer_error(
				    400, "invalid_request_error", "parameter_missing", "payment_method_data",
				    "payment_method_data needs the type card and a card[token].");
				return false;
			}
		}
	}
	*ret_token = token;
	*ret_card = token != NULL ? card_find(token) : NULL;
	if (token == NULL || *ret_card != NULL)
		return true;
	*ret_no = answer_error(400, "invalid_request_error", "resource_missing", param, "No such %s: '%s'",
			       param[14] != '\0' ? "token" : "PaymentMethod", token);
	return false;
}

static json_t *method_for(const struct card *card, const char *token)
{
	json_t *method = book_get("methods", token);

	return method != NULL ? method : card_attach(card);
}

static struct answer confirm_payment(json_t *intent, bool error_on_action)
{
	json_t *method = book_get("methods", text_of(intent, "payment_method"));
	enum card_way way = card_of(method)->way;
	struct answer a;

	if (way == CARD_ASKS && !error_on_action) {
		set_text(intent, "status", "requires_action");
		json_object_set_new(intent, "next_action",
				    json_pack("{s:s, s:{}}", "type", "use_stripe_sdk", "use_stripe_sdk"));
		book_touch("intents", intent);
		return answer_object(intent);
	}
	intent_begin(intent, method);
	if (way == CARD_SLOW) {
		timer_set(text_of(intent, "id"), now_ms() + delay_ms("slow_ms"));
		a = (struct answer){0};
		snprintf(a.settling, sizeof a.settling, "%s", text_of(intent, "id"));
		return a;
	}
	intent_settle(intent);
	a = intent_answer(intent);
	if (way == CARD_LATE)
		a.not_before = now_ms() + delay_ms("late_ms");
	return a;
}

static void set_method(json_t *intent, const struct card *card, const char *token)
{
	set_text(intent, "payment_method", text_of(method_for(card, token), "id"));
	set_text(intent, "status", "requires_confirmation");
	book_touch("intents", intent);
}

bool want_capture_method(const json_t *form, const char *name, const char **ret_value, struct answer *ret_no)
{
	const char *value = form_text(form, name);

	*ret_value = value != NULL ? value : "automatic";
	if (strcmp(*ret_value, "automatic") == 0 || strcmp(*ret_value, "manual") == 0)
		return true;
	*ret_no = answer_error(400, "invalid_request_error", NULL, name,
			       "Invalid %s: must be one of automatic or manual", name);
	return false;
}

struct answer intent_create(const struct call *call)
{
	const json_t *form = call->form;
	const char *currency, *token, *capture_method;
	const struct card *card;
	long long amount;
	bool now, error_on_action;
	json_t *metadata;
	struct answer no;
	json_t *intent;

	if (!want_integer(form, "amount", 1, AMOUNT_MAX, &amount, &no) ||
	    !want_currency(form, "currency", &currency, &no) || !want_bool(form, "confirm", &now, &no) ||
	    !want_bool(form, "error_on_requires_action", &error_on_action, &no) ||
	    !want_capture_method(form, "capture_method", &capture_method, &no) ||
	    !want_card_only(form, &no) || !want_card(form, &card, &token, &no) ||
	    !want_metadata(form, "metadata", &metadata, &no))
		return no;
	intent = intent_new(amount, currency, form_text(form, "description"), capture_method, metadata);
	if (card != NULL)
		set_method(intent, card, token);
	if (!now)
		return answer_object(intent);
	if (card != NULL)
		return confirm_payment(intent, error_on_action);
	return unexpected_state(intent, "confirm");
}

struct answer intent_show(const struct call *call)
{
	const json_t *intent = book_get("intents", call->id);

	return intent != NULL ? answer_object(intent) : answer_missing("payment_intent", "intent", call->id);
}

/* Until its session is complete. */
static bool owned_by_session(const json_t *intent, struct answer *ret_no)
{
	if (json_object_get(intent, "_session") == NULL || intent_is(intent, "requires_capture"))
		return false;
	*ret_no = answer_state(
	    "payment_intent_unexpected_state", "payment_intent", intent,
	    "You cannot do this to a PaymentIntent of a Checkout Session. Expire the session instead.");
	return true;
}

struct answer intent_confirm(const struct call *call)
{
	json_t *intent = book_get("intents", call->id);
	const struct card *card;
	const char *token;
	bool error_on_action;
	struct answer no;
	bool open;

	if (intent == NULL)
		return answer_missing("payment_intent", "intent", call->id);
	if (owned_by_session(intent, &no) ||
	    !want_bool(call->form, "error_on_requires_action", &error_on_action, &no) ||
	    !want_card(call->form, &card, &token, &no))
		return no;
	open = intent_is(intent, "requires_confirmation") || intent_is(intent, "requires_payment_method") ||
	       intent_is(intent, "requires_action");
	if (!open || (card == NULL && !intent_is(intent, "requires_confirmation")))
		return unexpected_state(intent, "confirm");
	if (card != NULL)
		set_method(intent, card, token);
	return confirm_payment(intent, error_on_action);
}

struct answer intent_cancel(const struct call *call)
{
	static const char *const reasons[] = {"duplicate", "fraudulent", "requested_by_customer", "abandoned",
					      NULL};
	json_t *intent = book_get("intents", call->id);
	const char *reason = form_text(call->form, "cancellation_reason");
	struct answer no;
	const char *const *r;

	if (intent == NULL)
		return answer_missing("payment_intent", "intent", call->id);
	if (owned_by_session(intent, &no))
		return no;
	r = reasons;
	while (reason != NULL && *r != NULL && strcmp(*r, reason) != 0)
		r++;
	if (reason != NULL && *r == NULL)
		return answer_error(400, "invalid_request_error", NULL, "cancellation_reason",
				    "Invalid cancellation_reason: '%s'", reason);
	if (intent_is(intent, "succeeded") || intent_is(intent, "canceled") ||
	    intent_is(intent, "processing"))
		return unexpected_state(intent, "cancel");
	intent_end(intent, reason);
	return answer_object(intent);
}

/* A session of the intent's own is paid from now on. */
static void pay_session(const json_t *intent)
{
	const char *id = text_of(intent, "_session");
	json_t *session = id != NULL ? book_get("sessions", id) : NULL;

	if (session == NULL)
		return;
	set_text(session, "payment_status", "paid");
	book_touch("sessions", session);
}

/* The whole amount. */
struct answer intent_capture(const struct call *call)
{
	json_t *intent = book_get("intents", call->id), *charge;

	if (intent == NULL)
		return answer_missing("payment_intent", "intent", call->id);
	if (!intent_is(intent, "requires_capture"))
		return unexpected_state(intent, "capture");
	charge = book_get("charges", text_of(intent, "latest_charge"));
	json_object_set_new(charge, "captured", json_true());
	set_int(charge, "amount_captured", int_of(charge, "amount"));
	book_touch("charges", charge);
	timer_clear(text_of(intent, "id"));
	mark_succeeded(intent);
	book_touch("intents", intent);
	pay_session(intent);
	return answer_object(intent);
}
