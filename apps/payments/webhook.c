#include "apps/payments/charge.h"
#include "apps/payments/reasons.h"
#include "apps/payments/signature.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/web.h"
#include <strings.h>

/*
 * An event of the payment provider (docs.stripe.com/api/events): what happened, and the object at that time.
 */
struct provider_event {
	provider_id id;
	short_text type;
	const struct json_t *object;
	enum outcome { WAS_APPLIED, WAS_KNOWN, WAS_IGNORED, WAS_UNKNOWN, WAS_MISMATCH } outcome;
};

static err apply_verdict(struct db *db, struct charge_row *c, const struct verdict *v,
			 struct provider_event *event)
{
	static const enum outcome outcomes[] = {
	    [EFFECT_KNOWN] = WAS_KNOWN, [EFFECT_APPLIED] = WAS_APPLIED, [EFFECT_MISMATCH] = WAS_MISMATCH};
	enum effect effect;
	err e = charge_apply(db, c, v, &effect);

	if (e == OK)
		event->outcome = outcomes[effect];
	return e;
}

/* It was paid, or its amount is held: the object says which. */
static err on_intent(struct db *db, struct charge_row *c, struct provider_event *event)
{
	const struct intent i = intent_of_json(event->object);
	const struct verdict v = verdict_of_intent(&i);

	return apply_verdict(db, c, &v, event);
}

/* The provider's page lets the payer try another card; a card that a program sent has failed for good. An
 * intent that is authorised by now failed earlier, so the event changes nothing. */
static err on_intent_failed(struct db *db, struct charge_row *c, struct provider_event *event)
{
	const struct intent i = intent_of_json(event->object);
	struct verdict v = {.intent = i.id};

	if (c->stripe_session_id.v == NULL && c->status.v == charge_status_CREATED) {
		v.status = charge_status_FAILED;
		v.reason = i.reason != NULL ? i.reason : REASON_DECLINED;
	}
	return apply_verdict(db, c, &v, event);
}

/* Until it is authorised, the intent of a page ends with its session, which has its own event. */
static err on_intent_canceled(struct db *db, struct charge_row *c, struct provider_event *event)
{
	const struct intent i = intent_of_json(event->object);
	struct verdict v = verdict_of_intent(&i);

	if (c->stripe_session_id.v != NULL && c->status.v == charge_status_CREATED)
		v.status = charge_status_NULL;
	return apply_verdict(db, c, &v, event);
}

static err on_checkout(struct db *db, struct charge_row *c, struct provider_event *event)
{
	const struct checkout s = checkout_of_json(event->object);
	const struct verdict v = verdict_of_checkout(&s);

	if (s.id.v == NULL || c->stripe_session_id.v == NULL || strcmp(s.id.v, c->stripe_session_id.v) != 0) {
		log_alarm("an event of the bank about charge %s is of another session than ours",
			  id_text(db_arena(db), c->id));
		event->outcome = WAS_MISMATCH;
		return OK;
	}
	return apply_verdict(db, c, &v, event);
}

/* Our metadata alone does not make an object one about our payment. */
static bool is_about(const struct charge_row *c, const struct json_t *object)
{
	const provider_id intent = belonging_of_json(object).intent;
	const char *currency = json_get_text(object, "currency");

	return (intent.v == NULL || text_same(intent.v, c->stripe_intent_id.v)) &&
	       (currency == NULL || strcasecmp(currency, c->currency.v) == 0);
}

static err store_refund(struct db *db, struct charge_row *c, provider_id refund, struct provider_event *event)
{
	enum effect effect;
	err e;

	if (refund.v == NULL)
		return OK;
	if (!is_about(c, event->object)) {
		log_alarm("an event of the bank about a refund of charge %s is of another payment than ours",
			  id_text(db_arena(db), c->id));
		event->outcome = WAS_MISMATCH;
		return OK;
	}
	if ((e = charge_refunded(db, c, refund, &effect)) == OK)
		event->outcome = effect == EFFECT_APPLIED ? WAS_APPLIED : WAS_KNOWN;
	return e;
}

/* The object is the refund, ours or one that was made by hand. Only a refund of the whole amount ends the
 * payment. */
static err on_refund_created(struct db *db, struct charge_row *c, struct provider_event *event)
{
	if (json_get_number(event->object, "amount", 0) != c->amount.v ||
	    text_same(json_get_text(event->object, "status"), "failed"))
		return OK;
	return store_refund(db, c, provider_id_of_json(event->object, "id"), event);
}

/* The object is Stripe's charge; whether it contains its refunds depends on the version of the API. */
static err on_charge_refunded(struct db *db, struct charge_row *c, struct provider_event *event)
{
	const struct json_t *refunds = json_get(event->object, "refunds"),
			    *list = refunds == NULL ? NULL : json_get(refunds, "data");
	const struct json_t *newest = list == NULL ? NULL : json_at(list, 0);

	if (newest == NULL || !json_get_flag(event->object, "refunded", false))
		return OK;
	return store_refund(db, c, provider_id_of_json(newest, "id"), event);
}

static err on_refund_failed(struct db *db, struct charge_row *c, struct provider_event *event)
{
	(void)event;
	log_alarm("the refund of charge %s has failed at the bank: somebody must return the money by hand",
		  id_text(db_arena(db), c->id));
	return OK;
}

static const struct {
	const char *type;
	err (*act)(struct db *db, struct charge_row *c, struct provider_event *event);
} acts[] = {
    {"payment_intent.amount_capturable_updated", on_intent},
    {"payment_intent.succeeded", on_intent},
    {"payment_intent.payment_failed", on_intent_failed},
    {"payment_intent.canceled", on_intent_canceled},
    {"checkout.session.completed", on_checkout},
    {"checkout.session.async_payment_succeeded", on_checkout},
    {"checkout.session.expired", on_checkout},
    {"charge.refunded", on_charge_refunded},
    {"refund.created", on_refund_created},
    {"refund.failed", on_refund_failed},
};

/* An object without our metadata (made by hand or by the provider) is matched by its intent or session. */
static err find_charge(struct db *db, const struct json_t *object, struct charge_row *ret_charge)
{
	const struct belonging b = belonging_of_json(object);
	err e = ERR_NO_ROW;

	if (!id_is_null(b.charge))
		e = charge_lock(db, &(struct charge_lock_in){.id = b.charge}, ret_charge);
	if (e == ERR_NO_ROW && b.session.v != NULL)
		e = charge_lock_by_session(db, &(struct charge_lock_by_session_in){.session = b.session},
					   ret_charge);
	if (e == ERR_NO_ROW && b.intent.v != NULL)
		e = charge_lock_by_intent(db, &(struct charge_lock_by_intent_in){.intent = b.intent},
					  ret_charge);
	return e;
}

static err event_dispatch(struct db *db, struct provider_event *event)
{
	struct charge_row c;
	err e;

	event->outcome = WAS_UNKNOWN;
	if ((e = find_charge(db, event->object, &c)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	event->outcome = WAS_IGNORED;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(acts[i].type, event->type.v) == 0)
			return acts[i].act(db, &c, event);
	return OK;
}

static err event_store(struct db *db, const struct provider_event *event)
{
	static const char *const words[] = {"applied", "known", "ignored", "unknown", "mismatch"};
	struct webhook_row row = {.id = event->id, .type = event->type, .outcome = {words[event->outcome]}};
	err e;

	if ((e = db_now(db, &row.received_at)) != OK)
		return e;
	e = webhook_insert(db, &row);
	/* another request stored the same event: the retry finds it */
	return e == ERR_DUPLICATE ? ERR_RETRY : e;
}

/* The event's id and its effect are committed together, so an event that is sent again has no effect. */
static err event_process(struct db *db, void *context)
{
	struct provider_event *event = context;
	struct webhook_seen seen;
	err e = webhook_by_id(db, &(struct webhook_by_id_in){.id = event->id}, &seen);

	if (e != ERR_NO_ROW) {
		event->outcome = WAS_KNOWN;
		return e;
	}
	if ((e = event_dispatch(db, event)) != OK)
		return e;
	return event_store(db, event);
}

static err event_read(struct web *w, struct provider_event *ret_event)
{
	struct provider_event event = {0};
	const struct json_t *data;
	struct json_t *json;

	if (json_parse(w->arena, w->request.body, w->request.body_len, &json) != OK)
		return ERR_MALFORMED;
	event.id = provider_id_of_json(json, "id");
	event.type.v = json_get_text(json, "type");
	data = json_get(json, "data");
	event.object = data == NULL ? NULL : json_get(data, "object");
	if (event.id.v == NULL || event.object == NULL || event.type.v == NULL ||
	    !kind_fits(&kind_short_text, &event.type))
		return web_fail(w, ERR_MALFORMED, tr_no_event);
	*ret_event = event;
	return OK;
}

err payment_webhook(struct web *w, const struct payment_webhook_in *in)
{
	struct provider_event event;
	err e;

	(void)in;
	if (!signature_matches(w->arena, w->config->stripe_webhook_secret, web_header(w, "Stripe-Signature"),
			       w->request.body, w->request.body_len))
		return web_fail(w, ERR_MALFORMED, tr_no_signature);
	if ((e = event_read(w, &event)) != OK)
		return e;
	if ((e = db_transaction(w->db, event_process, &event)) != OK)
		return e;
	if (event.outcome == WAS_UNKNOWN)
		log_info("the bank's event %s (%s) is of no charge that is known here", event.id.v,
			 event.type.v);
	reply_record(w, 200, record_webhook_taken(), &(struct webhook_taken){{true}});
	return OK;
}
