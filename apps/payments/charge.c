#include "apps/payments/charge.h"
#include "apps/payments/order.h"
#include "apps/payments/reasons.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include <strings.h>

/* How long after its commit the jobs review a new charge for the first time. */
enum { FIRST_REVIEW_SECONDS = 5 };

struct charge_row charge_new(const struct order_state *o)
{
	struct charge_row c = {
	    .version = {1},
	    .order_id = o->id,
	    .user_id = o->user_id,
	    .amount = o->price,
	    .currency = o->currency,
	    .status = {charge_status_CREATED},
	};

	uuid_new(c.id.b);
	return c;
}

static struct charge_state state_of(const struct charge_row *c)
{
	struct charge_state state = {.refunded = {c->stripe_refund_id.v != NULL}};

	charge_row_to_charge_state(c, &state);
	return state;
}

static err charge_store(struct db *db, const struct charge_row *c)
{
	const struct charge_task_add_in task = {
	    .charge_id = c->id, .order_id = c->order_id, .delay = {FIRST_REVIEW_SECONDS * SECOND}};
	const struct charge_state state = state_of(c);
	err e;

	if ((e = charge_insert(db, c)) != OK)
		return e;
	if ((e = charge_task_add(db, &task)) != OK)
		return e;
	return publish_charge_created(db, &state);
}

/*
 * The order's row stays locked until the commit: the order ends either before it, or when the charge is
 * there.
 */
static err charge_begin_in(struct db *db, void *context)
{
	struct charge_row c = *(const struct charge_row *)context;
	struct order_state o;
	err e;

	if ((e = order_replica_lock(db, &(struct order_replica_lock_in){.id = c.order_id}, &o)) != OK)
		return e;
	if (order_is_secured(&o))
		return ERR_DUPLICATE;
	if (!order_is_payable(&o))
		return ERR_GONE;
	if ((e = db_now(db, &c.created_at)) != OK)
		return e;
	return charge_store(db, &c);
}

/* If the outcome of the commit is unknown, the row tells. */
err charge_begin(struct db *db, const struct charge_row *c)
{
	struct charge_row found;
	err e = db_transaction(db, charge_begin_in, (void *)(uintptr_t)c);

	if (e != ERR_OUTCOME_UNKNOWN)
		return e;
	e = charge_by_id(db, &(struct charge_by_id_in){.id = c->id}, &found);
	if (e == OK || e == ERR_NO_ROW)
		return e == OK ? OK : ERR_UNAVAILABLE;
	return ERR_OUTCOME_UNKNOWN;
}

struct verdict verdict_of_intent(const struct intent *i)
{
	struct verdict v = {.intent = i->id, .amount = i->amount, .currency = i->currency};

	if (i->state == INTENT_AUTHORISED)
		v.status = charge_status_AUTHORISED;
	if (i->state == INTENT_SUCCEEDED)
		v.status = charge_status_COMPLETED;
	if (i->state == INTENT_CANCELED) {
		v.status = charge_status_FAILED;
		v.reason = i->reason != NULL ? i->reason : REASON_STOPPED;
	}
	return v;
}

struct verdict verdict_of_checkout(const struct checkout *c)
{
	struct verdict v = {.intent = c->intent, .amount = c->amount, .currency = c->currency};

	if (c->state == CHECKOUT_COMPLETE)
		v.status = c->paid ? charge_status_COMPLETED : charge_status_AUTHORISED;
	if (c->state == CHECKOUT_EXPIRED) {
		v.status = charge_status_FAILED;
		v.reason = REASON_UNPAID;
	}
	return v;
}

/* If the row changed despite the lock, retry the transaction. */
static err charge_update(struct db *db, struct charge_row *c, const struct charge_row *next)
{
	struct charge_change_in in;
	struct charge_state state;
	err e;

	charge_row_to_charge_change_in(next, &in);
	e = charge_change(db, &in);
	if (e != OK)
		return e == ERR_STALE ? ERR_RETRY : e;
	*c = *next;
	c->version.v++;
	state = state_of(c);
	return publish_charge_updated(db, &state);
}

static bool is_ours(const struct charge_row *c, const struct verdict *v)
{
	if (c->stripe_intent_id.v != NULL && v->intent.v != NULL &&
	    strcmp(c->stripe_intent_id.v, v->intent.v) != 0)
		return false;
	if (v->status != charge_status_COMPLETED && v->status != charge_status_AUTHORISED)
		return true;
	return v->amount == c->amount.v && v->currency != NULL &&
	       strcasecmp(v->currency, c->currency.v) == 0 &&
	       (v->intent.v != NULL || c->stripe_intent_id.v != NULL);
}

static err charge_mismatch(struct db *db, const struct charge_row *c, const struct verdict *v,
			   enum effect *ret_effect)
{
	log_alarm("charge %s is %s of %lld %s here; the bank says %s of %lld %s (intent %s)",
		  id_text(db_arena(db), c->id), kind_print(NULL, &kind_charge_status, NULL, &c->status),
		  (long long)c->amount.v, c->currency.v,
		  v->status == 0 ? "nothing" : kind_charge_status.words[v->status], (long long)v->amount,
		  v->currency == NULL ? "none" : v->currency, v->intent.v == NULL ? "none" : v->intent.v);
	*ret_effect = EFFECT_MISMATCH;
	return OK;
}

/* Does the verdict advance the charge? One that reports an earlier state does not. */
static bool moves_on(const struct charge_row *c, const struct verdict *v)
{
	if (c->status.v == charge_status_CREATED)
		return v->status != charge_status_NULL;
	return c->status.v == charge_status_AUTHORISED && v->status != charge_status_NULL &&
	       v->status != charge_status_AUTHORISED;
}

/* An intent that somebody else cancelled no longer holds the amount. */
static const char *failure_of(const struct charge_row *c, const struct verdict *v)
{
	bool released = c->status.v == charge_status_AUTHORISED && text_same(v->reason, REASON_STOPPED);

	return released ? REASON_NOT_CAPTURED : v->reason;
}

static err charge_advance(struct db *db, struct charge_row *next, const struct verdict *v)
{
	if (v->status == charge_status_FAILED)
		next->failure_reason.v = failure_of(next, v);
	next->status.v = (int)v->status;
	return db_now(db, v->status == charge_status_AUTHORISED ? &next->authorised_at : &next->settled_at);
}

err charge_apply(struct db *db, struct charge_row *c, const struct verdict *v, enum effect *ret_effect)
{
	struct charge_row next = *c;
	bool moves = moves_on(c, v);
	err e;

	if (!is_ours(c, v) || (c->status.v == charge_status_FAILED && v->status == charge_status_COMPLETED))
		return charge_mismatch(db, c, v, ret_effect);
	*ret_effect = EFFECT_KNOWN;
	if (next.stripe_intent_id.v == NULL)
		next.stripe_intent_id = v->intent;
	if (!moves && next.stripe_intent_id.v == c->stripe_intent_id.v)
		return OK;
	if (moves && (e = charge_advance(db, &next, v)) != OK)
		return e;
	*ret_effect = EFFECT_APPLIED;
	return charge_update(db, c, &next);
}

struct settling {
	charge_id id;
	const struct verdict *verdict;
	struct charge_row charge;
	enum effect effect;
};

static err charge_settle_in(struct db *db, void *context)
{
	struct settling *s = context;
	err e = charge_lock(db, &(struct charge_lock_in){.id = s->id}, &s->charge);

	return e != OK ? e : charge_apply(db, &s->charge, s->verdict, &s->effect);
}

err charge_settle(struct db *db, charge_id id, const struct verdict *v, struct charge_row *ret_charge)
{
	struct settling s = {.id = id, .verdict = v};
	err e = db_transaction(db, charge_settle_in, &s);

	/* repeating it is safe and gives the outcome */
	if (e == ERR_OUTCOME_UNKNOWN)
		e = db_transaction(db, charge_settle_in, &s);
	if (e != OK)
		return e;
	*ret_charge = s.charge;
	return s.effect == EFFECT_MISMATCH ? ERR_CONFLICT : OK;
}

err charge_refunded(struct db *db, struct charge_row *c, provider_id refund, enum effect *ret_effect)
{
	struct charge_row next = *c;
	err e;

	*ret_effect = EFFECT_KNOWN;
	if (c->status.v != charge_status_COMPLETED || c->stripe_refund_id.v != NULL)
		return OK;
	next.stripe_refund_id = refund;
	if ((e = db_now(db, &next.refunded_at)) != OK)
		return e;
	*ret_effect = EFFECT_APPLIED;
	return charge_update(db, c, &next);
}

struct refunding {
	charge_id id;
	provider_id refund;
};

static err charge_store_refund_in(struct db *db, void *context)
{
	const struct refunding *r = context;
	struct charge_row c;
	enum effect effect;
	err e = charge_lock(db, &(struct charge_lock_in){.id = r->id}, &c);

	return e != OK ? e : charge_refunded(db, &c, r->refund, &effect);
}

err charge_keep_refund(struct db *db, charge_id id, provider_id refund)
{
	struct refunding r = {id, refund};

	return db_transaction(db, charge_store_refund_in, &r);
}
