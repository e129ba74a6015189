#include "apps/payments/jobs.h"
#include "apps/payments/charge.h"
#include "apps/payments/order.h"
#include "apps/payments/stripe.h"
#include "common/app/app.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"

/* For all calls for one charge. */
#define PROVIDER_TIME (20 * SECOND)
/* Longer than that; what a program that was killed has claimed has to wait for it. */
#define CLAIM_TIME (25 * SECOND)
/* An intent that is not confirmed by then is stopped. */
#define CONFIRM_TIME (30 * SECOND)

enum { ROUND = 50, DAYS_KEPT = 30 };

/* One charge being looked at. */
struct look {
	struct db *db;
	struct http_slot *slot;
	struct charge_row charge;
	struct order_state order;
	when now; /* the database's clock, as tests move it */
};

/* What to do next about it. */
enum next_kind { NEXT_NOTHING, NEXT_LATER, NEXT_AFTER_FAILURE };
struct next {
	enum next_kind kind;
	int64_t delay; /* NEXT_LATER: microseconds */
};

static struct next later(int64_t delay)
{
	return (struct next){NEXT_LATER, delay};
}

static const struct next done = {NEXT_NOTHING, 0}, failed = {NEXT_AFTER_FAILURE, 0};

/* Settled rows are looked at once more at once: the money may have to go back. */
static err settle(struct look *l, const struct verdict *v, struct next *ret_next)
{
	err e = charge_settle(l->db, l->charge.id, v, &l->charge);

	*ret_next = e == ERR_CONFLICT ? failed : later(0);
	return e == ERR_CONFLICT ? OK : e;
}

static err stop_intent(struct look *l, const char *reason, struct next *ret_next)
{
	struct provider_answer a = stripe_intent_cancel(l->slot, l->charge.stripe_intent_id);
	struct verdict v = verdict_of_intent(&a.intent);

	if (v.status == 0) {
		*ret_next = a.intent.state == INTENT_PROCESSING ? later(2 * SECOND) : failed;
		return OK;
	}
	if (v.status == charge_status_FAILED && reason != NULL)
		v.reason = reason;
	return settle(l, &v, ret_next);
}

/* While the request that made it may still be at work, or its answer on the way, nothing is decided here. */
static bool may_still_run(const struct look *l)
{
	return !order_is_cancelled(&l->order) && l->now.v < l->charge.created_at.v + CONFIRM_TIME;
}

static err look_at_intent(struct look *l, struct next *ret_next)
{
	struct provider_answer a;
	struct verdict v;

	if (may_still_run(l)) {
		*ret_next = later(2 * SECOND);
		return OK;
	}
	a = stripe_intent_read(l->slot, l->charge.stripe_intent_id);
	if (a.outcome != PROVIDER_DONE) {
		*ret_next = failed;
		return OK;
	}
	v = verdict_of_intent(&a.intent);
	if (v.status != 0)
		return settle(l, &v, ret_next);
	if (a.intent.state == INTENT_OPEN)
		return stop_intent(l, a.intent.reason, ret_next);
	*ret_next = later(2 * SECOND);
	return OK;
}

static err end_checkout(struct look *l, struct next *ret_next)
{
	struct provider_answer a = stripe_checkout_expire(l->slot, l->charge.stripe_session_id);
	struct verdict v = verdict_of_checkout(&a.checkout);

	if (v.status != 0)
		return settle(l, &v, ret_next);
	/* refused: it was paid, or ended, or a card is being decided, since it was read */
	*ret_next = a.outcome == PROVIDER_REFUSED ? later(2 * SECOND) : failed;
	return OK;
}

static err look_at_checkout(struct look *l, struct next *ret_next)
{
	struct provider_answer a = stripe_checkout_read(l->slot, l->charge.stripe_session_id);
	struct verdict v = verdict_of_checkout(&a.checkout);

	if (a.outcome != PROVIDER_DONE) {
		*ret_next = failed;
		return OK;
	}
	if (v.status != 0)
		return settle(l, &v, ret_next);
	if (a.checkout.state == CHECKOUT_OPEN && order_is_over(&l->order))
		return end_checkout(l, ret_next);
	*ret_next = later(10 * SECOND);
	return OK;
}

static err refund(struct look *l, struct next *ret_next)
{
	struct provider_answer a;

	FAILPOINT(refund_due);
	a = stripe_refund(l->slot, &l->charge);
	FAILPOINT(refund_made);
	if (a.outcome == PROVIDER_DONE) {
		*ret_next = done;
		return charge_keep_refund(l->db, l->charge.id, a.refund);
	}
	if (a.outcome == PROVIDER_REFUSED)
		log_alarm("the bank refuses the refund of charge %s: %s",
			  id_text(db_arena(l->db), l->charge.id), a.code == NULL ? "no code" : a.code);
	*ret_next = failed;
	return OK;
}

static err look_at_completed(struct look *l, struct next *ret_next)
{
	if (l->charge.stripe_refund_id.v == NULL && order_is_cancelled(&l->order))
		return refund(l, ret_next);
	/* the order's end wakes it */
	*ret_next = l->charge.stripe_refund_id.v != NULL || l->order.status.v == order_status_COMPLETED
			? done
			: later(60 * SECOND);
	return OK;
}

/* A status that a later version has added is left to that version. */
static bool is_beyond_us(const struct look *l)
{
	return l->order.status.v == order_status_UNKNOWN || l->charge.status.v == charge_status_UNKNOWN;
}

static err look_at(struct look *l, struct next *ret_next)
{
	if (is_beyond_us(l)) {
		*ret_next = later(60 * SECOND);
		return OK;
	}
	switch (l->charge.status.v) {
	case charge_status_CREATED:
		return l->charge.stripe_session_id.v != NULL ? look_at_checkout(l, ret_next)
							     : look_at_intent(l, ret_next);
	case charge_status_COMPLETED:
		return look_at_completed(l, ret_next);
	default:
		*ret_next = done;
		return OK;
	}
}

static err begin(struct db *db, struct http_client *client, charge_id id, struct look *l)
{
	err e;

	l->db = db;
	if ((e = charge_by_id(db, &(struct charge_by_id_in){.id = id}, &l->charge)) != OK)
		return e;
	if ((e = order_replica_by_id(db, &(struct order_replica_by_id_in){.id = l->charge.order_id},
				     &l->order)) != OK)
		return e;
	if ((e = db_now(db, &l->now)) != OK)
		return e;
	return http_slot_take(client, db_arena(db), PROVIDER_TIME, &l->slot);
}

/* Whoever woke the task meanwhile has moved it, and it stays so. */
static err put_back(struct db *db, const struct charge_task_row *t, when claim, struct next next)
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

/* Claims the task by moving it on; nothing when another program was faster. */
static err work_on(struct db *db, struct http_client *client, const struct charge_task_row *t)
{
	const when claim = {t->now.v + CLAIM_TIME};
	const struct charge_task_move_in move = {
	    .next_try_at = claim, .tries = t->tries, .charge_id = t->charge_id, .seen = t->next_try_at};
	struct next next = failed;
	struct look l;
	int64_t met;
	err e, put;

	if ((e = charge_task_move(db, &move, &met)) != OK || met == 0)
		return e;
	if ((e = begin(db, client, t->charge_id, &l)) == OK)
		e = look_at(&l, &next);
	if (e != OK)
		next = failed;
	put = put_back(db, t, claim, next);
	return e != OK ? e : put;
}

/* What has become due, one charge after the other, each in an arena of its own. */
static err see_through(struct db *db, void *app)
{
	struct arena *mine = db_arena(db), *a = arena_new();
	struct charge_task_row t;
	err e = OK;

	db_use(db, a);
	for (int i = 0; i < ROUND && e == OK && !app_stopping(); i++) {
		if ((e = charge_task_due(db, &(struct charge_task_due_in){0}, &t)) == OK)
			e = work_on(db, app, &t);
		arena_reset(a);
	}
	db_use(db, mine);
	arena_free(a);
	return e == ERR_NO_ROW ? OK : e;
}

static err old_webhooks(struct db *db, int64_t *ret_met)
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
	return app_clean(db, old_webhooks);
}

const struct job payments_jobs[] = {
    {"see charges through", 250, see_through},
    {"clean webhooks", 60 * 1000, clean_webhooks},
    {NULL, 0, NULL},
};
