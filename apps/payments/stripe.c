#include "apps/payments/stripe.h"
#include "apps/payments/reasons.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include <strings.h>

/* Titles may be longer than what the bank takes as a name. */
enum { NAME_BYTES = 200 };

static const char *key_of(struct lane *lane, const char *doing, const struct charge_row *c)
{
	return arena_printf(lane_arena(lane), "%s-%s", doing, id_text(lane_arena(lane), c->id));
}

static void field_amount(struct buf *form, const char *name, const struct charge_row *c)
{
	wire_field(form, name, arena_printf(form->arena, "%lld", (long long)c->amount.v));
}

static void field_currency(struct buf *form, const char *name, const struct charge_row *c)
{
	char *lower = arena_strdup(form->arena, c->currency.v);

	text_lower(lower);
	wire_field(form, name, lower);
}

/* Cut between two characters. */
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

static enum provider_outcome outcome_of(const struct wire_answer *w)
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

/* What all answers have; an error says which intent it is about, as it is now. */
static struct provider_answer read_answer(const struct wire_answer *w)
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

static struct provider_answer read_intent(const struct wire_answer *w)
{
	struct provider_answer a = read_answer(w);

	if (a.outcome == PROVIDER_DONE)
		a.intent = intent_of_json(w->json);
	if (a.outcome == PROVIDER_DONE && a.intent.id.v == NULL)
		a.outcome = PROVIDER_UNKNOWN;
	return a;
}

static struct provider_answer read_checkout(const struct wire_answer *w)
{
	struct provider_answer a = read_answer(w);

	if (a.outcome == PROVIDER_DONE)
		a.checkout = checkout_of_json(w->json);
	if (a.outcome == PROVIDER_DONE && a.checkout.id.v == NULL)
		a.outcome = PROVIDER_UNKNOWN;
	return a;
}

static struct wire_answer post(struct lane *lane, const char *path, const char *key, const struct buf *form)
{
	const struct wire_call call = {"POST", path, key, form};

	return wire_send(lane, &call);
}

static struct wire_answer get(struct lane *lane, const char *path)
{
	const struct wire_call call = {"GET", path, NULL, NULL};

	return wire_send(lane, &call);
}

static const char *path_of(struct lane *lane, const char *collection, provider_id id, const char *doing)
{
	struct arena *a = lane_arena(lane);

	return arena_printf(a, "/v1/%s/%s%s", collection, text_percent_encode(a, id.v), doing);
}

struct provider_answer stripe_intent_create(struct lane *lane, const struct charge_row *c, title what,
					    provider_token token)
{
	struct buf form = BUF(lane_arena(lane));
	struct wire_answer w;

	field_amount(&form, "amount", c);
	field_currency(&form, "currency", c);
	wire_field(&form, "payment_method_types[0]", "card");
	if (text_starts(token.v, "tok_")) {
		wire_field(&form, "payment_method_data[type]", "card");
		wire_field(&form, "payment_method_data[card][token]", token.v);
	} else {
		wire_field(&form, "payment_method", token.v);
	}
	wire_field(&form, "description", short_name(form.arena, what));
	wire_field(&form, "metadata[charge]", id_text(form.arena, c->id));
	w = post(lane, "/v1/payment_intents", key_of(lane, "charge", c), &form);
	return read_intent(&w);
}

struct provider_answer stripe_intent_confirm(struct lane *lane, const struct charge_row *c)
{
	struct buf form = BUF(lane_arena(lane));
	struct wire_answer w;

	wire_field(&form, "error_on_requires_action", "true");
	w = post(lane, path_of(lane, "payment_intents", c->stripe_intent_id, "/confirm"),
		 key_of(lane, "confirm", c), &form);
	return read_intent(&w);
}

struct provider_answer stripe_intent_read(struct lane *lane, provider_id intent)
{
	struct wire_answer w = get(lane, path_of(lane, "payment_intents", intent, ""));

	return read_intent(&w);
}

struct provider_answer stripe_intent_cancel(struct lane *lane, provider_id intent)
{
	struct wire_answer w = post(lane, path_of(lane, "payment_intents", intent, "/cancel"), NULL, NULL);

	return read_intent(&w);
}

static void field_item(struct buf *form, const struct charge_row *c, title what)
{
	field_currency(form, "line_items[0][price_data][currency]", c);
	field_amount(form, "line_items[0][price_data][unit_amount]", c);
	wire_field(form, "line_items[0][price_data][product_data][name]", short_name(form->arena, what));
	wire_field(form, "line_items[0][quantity]", "1");
}

struct provider_answer stripe_checkout_create(struct lane *lane, const struct charge_row *c,
					      const struct checkout_terms *terms)
{
	struct buf form = BUF(lane_arena(lane));
	const char *charge = id_text(form.arena, c->id);
	struct wire_answer w;

	wire_field(&form, "mode", "payment");
	wire_field(&form, "payment_method_types[0]", "card");
	field_item(&form, c, terms->what);
	wire_field(&form, "success_url", terms->success_url);
	wire_field(&form, "cancel_url", terms->cancel_url);
	wire_field(&form, "client_reference_id", id_text(form.arena, c->order_id));
	wire_field(&form, "metadata[charge]", charge);
	wire_field(&form, "payment_intent_data[metadata][charge]", charge);
	wire_field(&form, "expires_at",
		   arena_printf(form.arena, "%lld", (long long)(terms->until.v / SECOND)));
	w = post(lane, "/v1/checkout/sessions", key_of(lane, "session", c), &form);
	return read_checkout(&w);
}

struct provider_answer stripe_checkout_read(struct lane *lane, provider_id session)
{
	struct wire_answer w = get(lane, path_of(lane, "checkout/sessions", session, ""));

	return read_checkout(&w);
}

struct provider_answer stripe_checkout_expire(struct lane *lane, provider_id session)
{
	struct wire_answer w = post(lane, path_of(lane, "checkout/sessions", session, "/expire"), NULL, NULL);

	return read_checkout(&w);
}

/* The refund that is there already: made by hand, or by us with an answer that was lost longer ago than the
 * bank keeps keys. */
static struct provider_answer read_refund(struct lane *lane, const struct charge_row *c)
{
	struct arena *arena = lane_arena(lane);
	const char *intent = text_percent_encode(arena, c->stripe_intent_id.v);
	struct wire_answer w =
	    get(lane, arena_printf(arena, "/v1/refunds?payment_intent=%s&limit=1", intent));
	struct provider_answer a = read_answer(&w);
	const struct json_t *newest =
	    a.outcome == PROVIDER_DONE ? json_at(json_get(w.json, "data"), 0) : NULL;

	if (newest != NULL)
		a.refund = provider_id_of_json(newest, "id");
	if (a.outcome == PROVIDER_DONE && a.refund.v == NULL)
		a.outcome = PROVIDER_UNKNOWN;
	return a;
}

struct provider_answer stripe_refund(struct lane *lane, const struct charge_row *c)
{
	struct buf form = BUF(lane_arena(lane));
	struct provider_answer a;
	struct wire_answer w;

	wire_field(&form, "payment_intent", c->stripe_intent_id.v);
	field_amount(&form, "amount", c);
	wire_field(&form, "metadata[charge]", id_text(form.arena, c->id));
	w = post(lane, "/v1/refunds", key_of(lane, "refund", c), &form);
	a = read_answer(&w);
	if (a.outcome == PROVIDER_REFUSED && text_same(a.code, "charge_already_refunded"))
		return read_refund(lane, c);
	if (a.outcome == PROVIDER_DONE)
		a.refund = provider_id_of_json(w.json, "id");
	if (a.outcome == PROVIDER_DONE && a.refund.v == NULL)
		a.outcome = PROVIDER_UNKNOWN;
	return a;
}
