#include "apps/payments/charge.h"
#include "apps/payments/messages.h"
#include "apps/payments/reasons.h"
#include "apps/payments/signature.h"
#include "common/base/log.h"
#include "common/http/web.h"

/* An event of the bank (docs.stripe.com/api/events): what happened, and the object as it was then. */
struct notice {
	provider_id id;
	short_text type;
	const struct json_t *object;
	enum outcome { WAS_APPLIED, WAS_KNOWN, WAS_IGNORED, WAS_UNKNOWN, WAS_MISMATCH } outcome;
};

static err apply(struct db *db, struct charge_row *c, const struct verdict *v, struct notice *n)
{
	static const enum outcome outcomes[] = {
	    [EFFECT_KNOWN] = WAS_KNOWN, [EFFECT_APPLIED] = WAS_APPLIED, [EFFECT_MISMATCH] = WAS_MISMATCH};
	enum effect effect;
	err e = charge_apply(db, c, v, &effect);

	if (e == OK)
		n->outcome = outcomes[effect];
	return e;
}

static err on_intent_succeeded(struct db *db, struct charge_row *c, struct notice *n)
{
	const struct intent i = intent_of_json(n->object);
	const struct verdict v = verdict_of_intent(&i);

	return apply(db, c, &v, n);
}

/* On the bank's page another card may be tried; a program's card has failed for good. */
static err on_intent_failed(struct db *db, struct charge_row *c, struct notice *n)
{
	const struct intent i = intent_of_json(n->object);
	struct verdict v = {.intent = i.id};

	if (c->stripe_session_id.v == NULL) {
		v.status = charge_status_FAILED;
		v.reason = i.reason != NULL ? i.reason : REASON_DECLINED;
	}
	return apply(db, c, &v, n);
}

/* A page's intent goes with its session, which has an event of its own. */
static err on_intent_canceled(struct db *db, struct charge_row *c, struct notice *n)
{
	const struct intent i = intent_of_json(n->object);
	struct verdict v = verdict_of_intent(&i);

	if (c->stripe_session_id.v != NULL)
		v.status = charge_status_NULL;
	return apply(db, c, &v, n);
}

static err on_checkout(struct db *db, struct charge_row *c, struct notice *n)
{
	const struct checkout s = checkout_of_json(n->object);
	const struct verdict v = verdict_of_checkout(&s);

	if (s.id.v == NULL || c->stripe_session_id.v == NULL || strcmp(s.id.v, c->stripe_session_id.v) != 0) {
		log_alarm("an event of the bank about charge %s is of another session than ours",
			  id_text(db_arena(db), c->id));
		n->outcome = WAS_MISMATCH;
		return OK;
	}
	return apply(db, c, &v, n);
}

static err keep_refund(struct db *db, struct charge_row *c, provider_id refund, struct notice *n)
{
	enum effect effect;
	err e;

	if (refund.v == NULL)
		return OK;
	if ((e = charge_refunded(db, c, refund, &effect)) == OK)
		n->outcome = effect == EFFECT_APPLIED ? WAS_APPLIED : WAS_KNOWN;
	return e;
}

/* The object is the refund: ours carries the charge's id. */
static err on_refund_created(struct db *db, struct charge_row *c, struct notice *n)
{
	return keep_refund(db, c, provider_id_of_json(n->object, "id"), n);
}

/* The object is the bank's charge; what it holds of its refunds depends on the API's version. */
static err on_charge_refunded(struct db *db, struct charge_row *c, struct notice *n)
{
	const struct json_t *refunds = json_get(n->object, "refunds"),
			    *list = refunds == NULL ? NULL : json_get(refunds, "data");
	const struct json_t *newest = list == NULL ? NULL : json_at(list, 0);

	if (newest == NULL || !json_get_flag(n->object, "refunded", false))
		return OK;
	return keep_refund(db, c, provider_id_of_json(newest, "id"), n);
}

static err on_refund_failed(struct db *db, struct charge_row *c, struct notice *n)
{
	(void)n;
	log_alarm("the refund of charge %s has failed at the bank: somebody must return the money by hand",
		  id_text(db_arena(db), c->id));
	return OK;
}

static const struct {
	const char *type;
	err (*act)(struct db *db, struct charge_row *c, struct notice *n);
} acts[] = {
    {"payment_intent.succeeded", on_intent_succeeded},
    {"payment_intent.payment_failed", on_intent_failed},
    {"payment_intent.canceled", on_intent_canceled},
    {"checkout.session.completed", on_checkout},
    {"checkout.session.async_payment_succeeded", on_checkout},
    {"checkout.session.expired", on_checkout},
    {"charge.refunded", on_charge_refunded},
    {"refund.created", on_refund_created},
    {"refund.failed", on_refund_failed},
};

static err act_on(struct db *db, struct notice *n)
{
	const charge_id id = charge_of_json(n->object);
	struct charge_row c;
	err e;

	n->outcome = WAS_UNKNOWN;
	if (id_is_null(id))
		return OK;
	if ((e = charge_lock(db, &(struct charge_lock_in){.id = id}, &c)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	n->outcome = WAS_IGNORED;
	for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
		if (strcmp(acts[i].type, n->type.v) == 0)
			return acts[i].act(db, &c, n);
	return OK;
}

static err keep(struct db *db, const struct notice *n)
{
	static const char *const words[] = {"applied", "known", "ignored", "unknown", "mismatch"};
	struct webhook_row row = {.id = n->id, .type = n->type, .outcome = {words[n->outcome]}};
	err e;

	if ((e = db_now(db, &row.received_at)) != OK)
		return e;
	e = webhook_insert(db, &row);
	/* the same event, taken by another at this moment: then it is known */
	return e == ERR_DUPLICATE ? ERR_RETRY : e;
}

/* The event's id and its effect are one transaction: each happens once, however often it is sent. */
static err take(struct db *db, void *context)
{
	struct notice *n = context;
	struct webhook_seen seen;
	err e = webhook_by_id(db, &(struct webhook_by_id_in){.id = n->id}, &seen);

	if (e != ERR_NO_ROW) {
		n->outcome = WAS_KNOWN;
		return e;
	}
	if ((e = act_on(db, n)) != OK)
		return e;
	return keep(db, n);
}

static err read_notice(struct web *w, struct notice *ret_notice)
{
	struct notice n = {0};
	const struct json_t *data;
	struct json_t *json;

	if (json_parse(w->arena, w->request.body, w->request.body_len, &json) != OK)
		return ERR_MALFORMED;
	n.id = provider_id_of_json(json, "id");
	n.type.v = json_get_text(json, "type");
	data = json_get(json, "data");
	n.object = data == NULL ? NULL : json_get(data, "object");
	if (n.id.v == NULL || n.object == NULL || n.type.v == NULL || !kind_fits(&kind_short_text, &n.type))
		return web_fail(w, ERR_MALFORMED, tr_no_event);
	*ret_notice = n;
	return OK;
}

err payment_webhook(struct web *w, const struct payment_webhook_in *in)
{
	struct notice n;
	err e;

	(void)in;
	if (!signature_matches(w->arena, w->config->stripe_webhook_secret, web_header(w, "Stripe-Signature"),
			       w->request.body, w->request.body_len))
		return web_fail(w, ERR_MALFORMED, tr_no_signature);
	if ((e = read_notice(w, &n)) != OK)
		return e;
	if ((e = db_transaction(w->db, take, &n)) != OK)
		return e;
	if (n.outcome == WAS_UNKNOWN)
		log_info("the bank's event %s (%s) is of no charge that is known here", n.id.v, n.type.v);
	reply_record(w, 200, record_webhook_taken(), &(struct webhook_taken){{true}});
	return OK;
}
