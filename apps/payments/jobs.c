#include "apps/payments/jobs.h"
#include "apps/payments/charge.h"
#include "apps/payments/order.h"
#include "apps/payments/stripe.h"
#include "common/app/app.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"

/* Limit of all calls for one charge together. */
#define PROVIDER_TIME (20 * SECOND)
/* Longer than PROVIDER_TIME. A task that a killed program had claimed is free again after it. */
#define CLAIM_TIME (25 * SECOND)
/* An intent that is not confirmed by then is cancelled. */
#define CONFIRM_TIME (30 * SECOND)

enum { ROUND = 50, DAYS_KEPT = 30 };

/* The review of one charge. */
struct review {
	struct db *db;
	struct http_slot *slot;
	struct charge_row charge;
	struct order_state order;
	when now; /* the database's clock, as tests move it */
};

/* When its next review is. */
enum next_kind { NEXT_NOTHING, NEXT_LATER, NEXT_AFTER_FAILURE };
struct next {
	enum next_kind kind;
	int64_t delay; /* NEXT_LATER: microseconds */
};

static struct next next_later(int64_t delay)
{
	return (struct next){NEXT_LATER, delay};
}

static const struct next done = {NEXT_NOTHING, 0}, failed = {NEXT_AFTER_FAILURE, 0};

/* A charge that was just settled is reviewed again at once, since the money may have to be returned. */
static err settle_charge(struct review *r, const struct verdict *v, struct next *ret_next)
{
	err e = charge_settle(r->db, r->charge.id, v, &r->charge);

	*ret_next = e == ERR_CONFLICT ? failed : next_later(0);
	return e == ERR_CONFLICT ? OK : e;
}

static err stop_intent(struct review *r, const char *reason, struct next *ret_next)
{
	struct provider_answer a = stripe_intent_cancel(r->slot, r->charge.stripe_intent_id);
	struct verdict v = verdict_of_intent(&a.intent);

	if (v.status == 0) {
		*ret_next = a.intent.state == INTENT_PROCESSING ? next_later(2 * SECOND) : failed;
		return OK;
	}
	if (v.status == charge_status_FAILED && reason != NULL)
		v.reason = reason;
	return settle_charge(r, &v, ret_next);
}

/* The request that made the intent may still be running: it decides then. */
static bool may_still_run(const struct review *r)
{
	return !order_is_cancelled(&r->order) && r->now.v < r->charge.created_at.v + CONFIRM_TIME;
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
		*ret_next = failed;
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
	*ret_next = a.outcome == PROVIDER_REFUSED ? next_later(2 * SECOND) : failed;
	return OK;
}

static err review_checkout(struct review *r, struct next *ret_next)
{
	struct provider_answer a = stripe_checkout_read(r->slot, r->charge.stripe_session_id);
	struct verdict v = verdict_of_checkout(&a.checkout);

	if (a.outcome != PROVIDER_DONE) {
		*ret_next = failed;
		return OK;
	}
	if (v.status != 0)
		return settle_charge(r, &v, ret_next);
	if (a.checkout.state == CHECKOUT_OPEN && order_is_over(&r->order))
		return end_checkout(r, ret_next);
	*ret_next = next_later(10 * SECOND);
	return OK;
}

static err refund_charge(struct review *r, struct next *ret_next)
{
	struct provider_answer a;

	FAILPOINT(refund_due);
	a = stripe_refund(r->slot, &r->charge);
	FAILPOINT(refund_made);
	if (a.outcome == PROVIDER_DONE) {
		*ret_next = done;
		return charge_keep_refund(r->db, r->charge.id, a.refund);
	}
	if (a.outcome == PROVIDER_REFUSED)
		log_alarm("the bank refuses the refund of charge %s: %s",
			  id_text(db_arena(r->db), r->charge.id), a.code == NULL ? "no code" : a.code);
	*ret_next = failed;
	return OK;
}

static err review_completed(struct review *r, struct next *ret_next)
{
	if (r->charge.stripe_refund_id.v == NULL && order_is_cancelled(&r->order))
		return refund_charge(r, ret_next);
	/* the end of the order makes the task due at once */
	*ret_next = r->charge.stripe_refund_id.v != NULL || r->order.status.v == order_status_COMPLETED
			? done
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
	case charge_status_COMPLETED:
		return review_completed(r, ret_next);
	default:
		*ret_next = done;
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

/* A task that was made due meanwhile has another next_try_at, and keeps it. */
static err task_reschedule(struct db *db, const struct charge_task_row *t, when claim, struct next next)
{
	int64_t tries = next.kind == NEXT_AFTER_FAILURE ? t->tries.v + 1 : 0;
	int64_t delay = next.kind == NEXT_AFTER_FAILURE
			    ? (t->tries.v < 6 ? SECOND << t->tries.v : 60 * SECOND)
			    : next.delay;

	if (next.kind == NEXT_NOTHING)
		return charge_task_drop(
		    db, &(struct charge_task_drop_in){.charge_id = t->charge_id, .seen = claim}, NULL);
	return charge_task_later(
	    db,
	    &(struct charge_task_later_in){
		.delay = {delay}, .tries = {tries}, .charge_id = t->charge_id, .seen = claim},
	    NULL);
}

/* Claims the task by moving next_try_at; does nothing when another program was faster. */
static err task_process(struct db *db, struct http_client *client, const struct charge_task_row *t)
{
	const when claim = {t->now.v + CLAIM_TIME};
	const struct charge_task_move_in move = {
	    .next_try_at = claim, .tries = t->tries, .charge_id = t->charge_id, .seen = t->next_try_at};
	struct next next = failed;
	struct review r;
	int64_t met;
	err e, put;

	if ((e = charge_task_move(db, &move, &met)) != OK || met == 0)
		return e;
	if ((e = review_begin(db, client, t->charge_id, &r)) == OK)
		e = review_charge(&r, &next);
	if (e != OK)
		next = failed;
	put = task_reschedule(db, t, claim, next);
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
