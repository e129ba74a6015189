#include "apps/payments/jobs.h"
#include "apps/payments/order.h"
#include "apps/payments/outcome.h"
#include "apps/payments/stripe.h"
#include "apps/payments/task.h"
#include "common/app/app.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"

/* Limit of all calls for one charge together; a claim lasts longer. */
#define PROVIDER_TIME (20 * SECOND)
/* An intent that is not confirmed by then is cancelled. */
#define CONFIRM_TIME (30 * SECOND)

enum { ROUND = 50, DAYS_KEPT = 30 };

/* The review of one charge. */
struct review {
	struct db *db;
	struct http_slot *slot;
	struct charge_row charge;
	struct order_state order;
	int64_t tries; /* how often the provider has failed before */
	when now;      /* the database's clock, as tests move it */
};

static err settle_charge(struct review *r, const struct verdict *v, struct next *ret_next)
{
	return outcome_settle(r->db, &r->charge, v, ret_next);
}

/* The intent was not confirmed, as far as is known: if it was since, it is still cancelled. */
static err stop_intent(struct review *r, const char *reason, struct next *ret_next)
{
	struct provider_answer a = order_has_ended(&r->order)
				       ? stripe_void(r->slot, r->charge.stripe_intent_id)
				       : stripe_intent_cancel(r->slot, r->charge.stripe_intent_id);
	struct verdict v = verdict_of_intent(&a.intent);

	if (v.status == 0) {
		*ret_next =
		    a.intent.state == INTENT_PROCESSING ? next_later(2 * SECOND) : next_after_failure();
		return OK;
	}
	if (v.status == charge_status_FAILED && reason != NULL)
		v.reason = reason;
	return settle_charge(r, &v, ret_next);
}

/* The request that made the intent may still be running: it decides then. */
static bool may_still_run(const struct review *r)
{
	return !order_has_ended(&r->order) && r->now.v < r->charge.created_at.v + CONFIRM_TIME;
}

static err review_intent(struct review *r, struct next *ret_next)
{
	struct provider_answer a;
	struct verdict v;

	if (may_still_run(r)) {
		*ret_next = next_later(2 * SECOND);
		return OK;
	}
	a = stripe_intent_read(r->slot, r->charge.stripe_intent_id);
	if (a.outcome != PROVIDER_DONE) {
		*ret_next = next_after_failure();
		return OK;
	}
	v = verdict_of_intent(&a.intent);
	if (v.status != 0)
		return settle_charge(r, &v, ret_next);
	if (a.intent.state == INTENT_OPEN)
		return stop_intent(r, a.intent.reason, ret_next);
	*ret_next = next_later(2 * SECOND);
	return OK;
}

static err end_checkout(struct review *r, struct next *ret_next)
{
	struct provider_answer a = stripe_checkout_expire(r->slot, r->charge.stripe_session_id);
	struct verdict v = verdict_of_checkout(&a.checkout);

	if (v.status != 0)
		return settle_charge(r, &v, ret_next);
	/* refused: since it was read it was paid or has expired, or a card is being decided */
	*ret_next = a.outcome == PROVIDER_REFUSED ? next_later(2 * SECOND) : next_after_failure();
	return OK;
}

static err review_checkout(struct review *r, struct next *ret_next)
{
	struct checkout session;
	struct verdict v;

	if (outcome_of_checkout(r->slot, r->charge.stripe_session_id, &session, &v) != OK) {
		*ret_next = next_after_failure();
		return OK;
	}
	if (v.status != 0)
		return settle_charge(r, &v, ret_next);
	if (session.state == CHECKOUT_OPEN && order_is_over(&r->order))
		return end_checkout(r, ret_next);
	*ret_next = next_later(10 * SECOND);
	return OK;
}

/* The bank has not answered for a minute: once a minute, since that is how often it is asked by now. */
static err review_authorised(struct review *r, struct next *ret_next)
{
	err e = outcome_decide(r->db, r->slot, &r->charge, &r->order, r->tries, ret_next);

	if (e == OK && ret_next->kind == NEXT_AFTER_FAILURE && r->tries >= TRIES_OF_A_MINUTE)
		log_alarm("the bank does not answer whether it %s charge %s: it is asked again every minute",
			  order_is_secured(&r->order) ? "captured" : "voided",
			  id_text(db_arena(r->db), r->charge.id));
	return e;
}

/* Of an older version, which took the money before orders had decided. */
static err refund_charge(struct review *r, struct next *ret_next)
{
	struct provider_answer a;

	FAILPOINT(refund_due);
	a = stripe_refund(r->slot, &r->charge);
	FAILPOINT(refund_made);
	if (a.outcome == PROVIDER_DONE) {
		*ret_next = next_done();
		return charge_keep_refund(r->db, r->charge.id, a.refund);
	}
	if (a.outcome == PROVIDER_REFUSED)
		log_alarm("the bank refuses the refund of charge %s: %s",
			  id_text(db_arena(r->db), r->charge.id), a.code == NULL ? "no code" : a.code);
	*ret_next = next_after_failure();
	return OK;
}

static err review_completed(struct review *r, struct next *ret_next)
{
	if (r->charge.stripe_refund_id.v == NULL && order_is_cancelled(&r->order))
		return refund_charge(r, ret_next);
	/* the end of the order makes the task due at once */
	*ret_next = r->charge.stripe_refund_id.v != NULL || r->order.status.v == order_status_COMPLETED ||
			    r->order.status.v == order_status_RETURNED
			? next_done()
			: next_later(60 * SECOND);
	return OK;
}

/* A program of a later version handles a status that this one does not know. */
static bool is_beyond_us(const struct review *r)
{
	return r->order.status.v == order_status_UNKNOWN || r->charge.status.v == charge_status_UNKNOWN;
}

static err review_charge(struct review *r, struct next *ret_next)
{
	if (is_beyond_us(r)) {
		*ret_next = next_later(60 * SECOND);
		return OK;
	}
	switch (r->charge.status.v) {
	case charge_status_CREATED:
		return r->charge.stripe_session_id.v != NULL ? review_checkout(r, ret_next)
							     : review_intent(r, ret_next);
	case charge_status_AUTHORISED:
		return review_authorised(r, ret_next);
	case charge_status_COMPLETED:
		return review_completed(r, ret_next);
	default:
		*ret_next = next_done();
		return OK;
	}
}

static err review_begin(struct db *db, struct http_client *client, charge_id id, struct review *r)
{
	err e;

	r->db = db;
	if ((e = charge_by_id(db, &(struct charge_by_id_in){.id = id}, &r->charge)) != OK)
		return e;
	if ((e = order_replica_by_id(db, &(struct order_replica_by_id_in){.id = r->charge.order_id},
				     &r->order)) != OK)
		return e;
	if ((e = db_now(db, &r->now)) != OK)
		return e;
	return http_slot_take(client, db_arena(db), PROVIDER_TIME, &r->slot);
}

/* Claims the task; does nothing when another program was faster. */
static err task_process(struct db *db, struct http_client *client, const struct charge_task_row *t)
{
	struct next next = next_after_failure();
	struct review r = {.tries = t->tries.v};
	bool ours;
	err e, put;

	if ((e = task_claim(db, t, &ours)) != OK || !ours)
		return e;
	if ((e = review_begin(db, client, t->charge_id, &r)) == OK)
		e = review_charge(&r, &next);
	if (e != OK)
		next = next_after_failure();
	put = task_put_back(db, t, next);
	return e != OK ? e : put;
}

/* Reviews the charges that are due, one after the other, each with an empty arena. */
static err process_due_tasks(struct db *db, void *app)
{
	struct arena *mine = db_arena(db), *a = arena_new();
	struct charge_task_row t;
	err e = OK;

	db_use(db, a);
	for (int i = 0; i < ROUND && e == OK && !app_stopping(); i++) {
		if ((e = charge_task_due(db, &(struct charge_task_due_in){0}, &t)) == OK)
			e = task_process(db, app, &t);
		arena_reset(a);
	}
	db_use(db, mine);
	arena_free(a);
	return e == ERR_NO_ROW ? OK : e;
}

static err delete_old_webhooks(struct db *db, int64_t *ret_met)
{
	struct webhooks_clean_in in = {0};
	err e;

	if ((e = db_now(db, &in.before)) != OK)
		return e;
	in.before.v -= DAYS_KEPT * INT64_C(86400) * SECOND;
	return webhooks_clean(db, &in, ret_met);
}

static err clean_webhooks(struct db *db, void *app)
{
	(void)app;
	return app_clean(db, delete_old_webhooks);
}

const struct job payments_jobs[] = {
    {"see charges through", 250, process_due_tasks},
    {"clean webhooks", 60 * 1000, clean_webhooks},
    {NULL, 0, NULL},
};
