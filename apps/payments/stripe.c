#include "apps/payments/stripe.h"
#include "apps/payments/reasons.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include <strings.h>

/* Titles may be longer than the names that Stripe takes. */
enum { NAME_BYTES = 200 };

static const char *key_of(struct http_slot *slot, const char *doing, const struct charge_row *c)
{
	return arena_printf(http_slot_arena(slot), "%s-%s", doing, id_text(http_slot_arena(slot), c->id));
}

static void field_amount(struct buf *form, const char *name, const struct charge_row *c)
{
	http_form_field(form, name, arena_printf(form->arena, "%lld", (long long)c->amount.v));
}

static void field_currency(struct buf *form, const char *name, const struct charge_row *c)
{
	char *lower = arena_strdup(form->arena, c->currency.v);

	text_lower(lower);
	http_form_field(form, name, lower);
}

/* Cuts between two characters of UTF-8. */
static const char *short_name(struct arena *a, title what)
{
	size_t len = strlen(what.v);

	if (len <= NAME_BYTES)
		return what.v;
	len = NAME_BYTES;
	while (((unsigned char)what.v[len] & 0xc0) == 0x80)
		len--;
	return arena_printf(a, "%.*s…", (int)len, what.v);
}

static enum provider_outcome outcome_of(const struct http_answer *w)
{
	if (w->status == 0 || w->json == NULL)
		return PROVIDER_UNKNOWN;
	if (w->status >= 200 && w->status < 300)
		return PROVIDER_DONE;
	if (w->status == 402)
		return PROVIDER_DECLINED;
	return w->status >= 400 && w->status < 500 && w->status != 409 && w->status != 429 ? PROVIDER_REFUSED
											   : PROVIDER_UNKNOWN;
}

/* The members of every answer. An error has the intent that it is about, as it is now. */
static struct provider_answer read_answer(const struct http_answer *w)
{
	struct provider_answer a = {.outcome = outcome_of(w), .reason = REASON_DECLINED};
	const struct json_t *error = w->json == NULL ? NULL : json_get(w->json, "error"), *intent;

	if (a.outcome == PROVIDER_DONE || error == NULL)
		return a;
	a.code = json_get_text(error, "code");
	a.param = json_get_text(error, "param");
	a.reason = reason_of_error(error);
	intent = json_get(error, "payment_intent");
	if (intent != NULL)
		a.intent = intent_of_json(intent);
	return a;
}

/* An answer without the object that was asked for leaves the outcome unknown. */
static void check_object(struct provider_answer *a, provider_id id)
{
	if (a->outcome == PROVIDER_DONE && id.v == NULL)
		a->outcome = PROVIDER_UNKNOWN;
}

static struct provider_answer read_intent(const struct http_answer *w)
{
	struct provider_answer a = read_answer(w);

	if (a.outcome == PROVIDER_DONE)
		a.intent = intent_of_json(w->json);
	check_object(&a, a.intent.id);
	return a;
}

static struct provider_answer read_checkout(const struct http_answer *w)
{
	struct provider_answer a = read_answer(w);

	if (a.outcome == PROVIDER_DONE)
		a.checkout = checkout_of_json(w->json);
	check_object(&a, a.checkout.id);
	return a;
}

static struct http_answer stripe_post(struct http_slot *slot, const char *path, const char *key,
				      const struct buf *form)
{
	const struct http_call call = {"POST", path, key, form};

	return http_send(slot, &call);
}

static struct http_answer stripe_get(struct http_slot *slot, const char *path)
{
	const struct http_call call = {"GET", path, NULL, NULL};

	return http_send(slot, &call);
}

static const char *path_of(struct http_slot *slot, const char *collection, provider_id id, const char *doing)
{
	struct arena *a = http_slot_arena(slot);

	return arena_printf(a, "/v1/%s/%s%s", collection, text_percent_encode(a, id.v), doing);
}

struct provider_answer stripe_intent_create(struct http_slot *slot, const struct charge_row *c, title what,
					    provider_token token)
{
	struct buf form = BUF(http_slot_arena(slot));
	struct http_answer w;

	field_amount(&form, "amount", c);
	field_currency(&form, "currency", c);
	http_form_field(&form, "payment_method_types[0]", "card");
	http_form_field(&form, "capture_method", "manual");
	if (text_starts(token.v, "tok_")) {
		http_form_field(&form, "payment_method_data[type]", "card");
		http_form_field(&form, "payment_method_data[card][token]", token.v);
	} else {
		http_form_field(&form, "payment_method", token.v);
	}
	http_form_field(&form, "description", short_name(form.arena, what));
	http_form_field(&form, "metadata[charge]", id_text(form.arena, c->id));
	w = stripe_post(slot, "/v1/payment_intents", key_of(slot, "charge", c), &form);
	return read_intent(&w);
}

struct provider_answer stripe_intent_confirm(struct http_slot *slot, const struct charge_row *c)
{
	struct buf form = BUF(http_slot_arena(slot));
	struct http_answer w;

	http_form_field(&form, "error_on_requires_action", "true");
	w = stripe_post(slot, path_of(slot, "payment_intents", c->stripe_intent_id, "/confirm"),
			key_of(slot, "confirm", c), &form);
	return read_intent(&w);
}

struct provider_answer stripe_intent_read(struct http_slot *slot, provider_id intent)
{
	struct http_answer w = stripe_get(slot, path_of(slot, "payment_intents", intent, ""));

	return read_intent(&w);
}

struct provider_answer stripe_capture(struct http_slot *slot, const struct charge_row *c, int64_t tries)
{
	const char *key = key_of(slot, "capture", c);
	struct http_answer w;

	if (tries > 0)
		key = arena_printf(http_slot_arena(slot), "%s-%lld", key, (long long)tries);
	w = stripe_post(slot, path_of(slot, "payment_intents", c->stripe_intent_id, "/capture"), key, NULL);
	return read_intent(&w);
}

static struct provider_answer cancel_intent(struct http_slot *slot, provider_id intent,
					    const struct buf *form)
{
	struct http_answer w =
	    stripe_post(slot, path_of(slot, "payment_intents", intent, "/cancel"), NULL, form);

	return read_intent(&w);
}

struct provider_answer stripe_intent_cancel(struct http_slot *slot, provider_id intent)
{
	return cancel_intent(slot, intent, NULL);
}

struct provider_answer stripe_void(struct http_slot *slot, provider_id intent)
{
	struct buf form = BUF(http_slot_arena(slot));

	http_form_field(&form, "cancellation_reason", PROVIDER_VOIDED);
	return cancel_intent(slot, intent, &form);
}

static void field_item(struct buf *form, const struct charge_row *c, title what)
{
	field_currency(form, "line_items[0][price_data][currency]", c);
	field_amount(form, "line_items[0][price_data][unit_amount]", c);
	http_form_field(form, "line_items[0][price_data][product_data][name]", short_name(form->arena, what));
	http_form_field(form, "line_items[0][quantity]", "1");
}

struct provider_answer stripe_checkout_create(struct http_slot *slot, const struct charge_row *c,
					      const struct checkout_terms *terms)
{
	struct buf form = BUF(http_slot_arena(slot));
	const char *charge = id_text(form.arena, c->id);
	struct http_answer w;

	http_form_field(&form, "mode", "payment");
	http_form_field(&form, "payment_method_types[0]", "card");
	field_item(&form, c, terms->what);
	http_form_field(&form, "success_url", terms->success_url);
	http_form_field(&form, "cancel_url", terms->cancel_url);
	http_form_field(&form, "client_reference_id", id_text(form.arena, c->order_id));
	http_form_field(&form, "metadata[charge]", charge);
	http_form_field(&form, "payment_intent_data[capture_method]", "manual");
	http_form_field(&form, "payment_intent_data[metadata][charge]", charge);
	http_form_field(&form, "expires_at",
			arena_printf(form.arena, "%lld", (long long)(terms->until.v / SECOND)));
	w = stripe_post(slot, "/v1/checkout/sessions", key_of(slot, "session", c), &form);
	return read_checkout(&w);
}

struct provider_answer stripe_checkout_read(struct http_slot *slot, provider_id session)
{
	struct http_answer w = stripe_get(slot, path_of(slot, "checkout/sessions", session, ""));

	return read_checkout(&w);
}

struct provider_answer stripe_checkout_expire(struct http_slot *slot, provider_id session)
{
	struct http_answer w =
	    stripe_post(slot, path_of(slot, "checkout/sessions", session, "/expire"), NULL, NULL);

	return read_checkout(&w);
}

/* The refund that exists: it was made by hand, or by us when the answer was lost longer ago than Stripe keeps
 * keys. */
static struct provider_answer read_refund(struct http_slot *slot, const struct charge_row *c)
{
	struct arena *arena = http_slot_arena(slot);
	const char *intent = text_percent_encode(arena, c->stripe_intent_id.v);
	struct http_answer w =
	    stripe_get(slot, arena_printf(arena, "/v1/refunds?payment_intent=%s&limit=1", intent));
	struct provider_answer a = read_answer(&w);
	const struct json_t *newest =
	    a.outcome == PROVIDER_DONE ? json_at(json_get(w.json, "data"), 0) : NULL;

	if (newest != NULL)
		a.refund = provider_id_of_json(newest, "id");
	if (a.outcome == PROVIDER_DONE && a.refund.v == NULL)
		a.outcome = PROVIDER_UNKNOWN;
	return a;
}

struct provider_answer stripe_refund(struct http_slot *slot, const struct charge_row *c)
{
	struct buf form = BUF(http_slot_arena(slot));
	struct provider_answer a;
	struct http_answer w;

	http_form_field(&form, "payment_intent", c->stripe_intent_id.v);
	field_amount(&form, "amount", c);
	http_form_field(&form, "metadata[charge]", id_text(form.arena, c->id));
	w = stripe_post(slot, "/v1/refunds", key_of(slot, "refund", c), &form);
	a = read_answer(&w);
	if (a.outcome == PROVIDER_REFUSED && text_same(a.code, "charge_already_refunded"))
		return read_refund(slot, c);
	if (a.outcome == PROVIDER_DONE)
		a.refund = provider_id_of_json(w.json, "id");
	if (a.outcome == PROVIDER_DONE && a.refund.v == NULL)
		a.outcome = PROVIDER_UNKNOWN;
	return a;
}
