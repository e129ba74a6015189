#include "apps/payments/pay.h"
#include "apps/payments/order.h"
#include "apps/payments/outcome.h"
#include "apps/payments/reasons.h"
#include "apps/payments/task.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include <time.h>

/* Longer than one attempt at the provider, shorter than the timeout of nginx and the life of a claim. */
#define PAY_TIME  (25 * SECOND)
#define READ_TIME (6 * SECOND)
/* how long a request waits for what becomes of an authorised payment; how much of it a capture needs */
#define OUTCOME_TIME (2 * SECOND)
#define CAPTURE_TIME (600 * INT64_C(1000))

struct sought {
	order_id id;
	struct order_state order;
	bool known;
};

/* ERR_TIMED_OUT: not yet. */
static err is_ready(struct web *w, void *context)
{
	struct sought *s = context;
	err e = order_replica_by_id(w->db, &(struct order_replica_by_id_in){.id = s->id}, &s->order);

	s->known = e == OK;
	if (e == ERR_NO_ROW)
		return ERR_TIMED_OUT;
	if (e == OK && s->order.status.v == order_status_CREATED &&
	    id_same(s->order.user_id, w->session.user))
		return ERR_TIMED_OUT;
	return e;
}

static err fail_not_yet(struct web *w, const struct sought *s)
{
	if (!s->known && !web_replica_may_lag(s->id.b))
		return web_fail(w, ERR_NOT_FOUND, tr_no_order);
	reply_header(w, "Retry-After", "1");
	return web_fail(w, ERR_UNAVAILABLE, tr_not_confirmed);
}

err order_to_pay(struct web *w, order_id id, struct order_state *ret_order)
{
	struct sought s = {.id = id};
	err e = is_ready(w, &s);

	if (e == ERR_TIMED_OUT)
		e = web_wait(w, is_ready, &s);
	if (e == ERR_TIMED_OUT)
		return fail_not_yet(w, &s);
	if (e != OK)
		return e;
	if (!id_same(s.order.user_id, w->session.user))
		return web_fail(w, ERR_NOT_FOUND, tr_no_order);
	*ret_order = s.order;
	return OK;
}

err charge_to_show(struct web *w, order_id id, const struct charge_row **ret_charge)
{
	struct charge_row *c = arena_alloc(w->arena, sizeof *c);
	err e = charge_of_order(w->db, &(struct charge_of_order_in){.order_id = id}, c);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	*ret_charge = e == OK ? c : NULL;
	return OK;
}

struct slot_wanted {
	int64_t time;
	struct http_slot *slot;
};

static err try_slot(struct web *w, void *context)
{
	struct slot_wanted *wanted = context;

	return http_slot_take(w->app, w->arena, wanted->time, &wanted->slot);
}

/* A call usually takes a few milliseconds, so a short wait for a slot is worth it. */
static err wait_for_slot(struct web *w, struct http_slot **ret_slot)
{
	struct slot_wanted wanted = {.time = PAY_TIME};
	err e = web_wait(w, try_slot, &wanted);

	if (e == OK) {
		*ret_slot = wanted.slot;
		return OK;
	}
	reply_header(w, "Retry-After", "2");
	return web_fail(w, e, tr_many_payments);
}

/* The provider made no intent and no session, so no money can move. */
static err fail_not_made(struct web *w, const struct provider_answer *a)
{
	if (a->outcome == PROVIDER_UNKNOWN) {
		reply_header(w, "Retry-After", "5");
		return web_fail(w, ERR_UNAVAILABLE, tr_provider_silent);
	}
	return web_fail(w, ERR_PROVIDER, tr_provider_refuses);
}

static err fail_no_such_card(struct web *w, const struct provider_answer *a)
{
	if (a->outcome == PROVIDER_DECLINED)
		return problems_add(
		    &w->problems, "token",
		    tr_text_other_card(w->arena, w->locale, reason_say(w->locale, a->reason)));
	return web_problem(w, "token", tr_unknown_card);
}

static bool blames_card(const struct provider_answer *a)
{
	return a->outcome == PROVIDER_DECLINED ||
	       (a->outcome == PROVIDER_REFUSED && a->param != NULL &&
		text_starts(a->param, "payment_method")) ||
	       (a->outcome == PROVIDER_REFUSED && text_same(a->code, "token_already_used"));
}

static err fail_ended(struct web *w)
{
	return web_fail(w, ERR_GONE, tr_order_ended);
}

/* The answer was not clear, but a webhook may have settled the charge. */
static err read_stored(struct web *w, struct charge_row *c)
{
	return charge_by_id(w->db, &(struct charge_by_id_in){.id = c->id}, c);
}

static err fail_unclear(struct web *w)
{
	return web_fail(w, ERR_PROVIDER, tr_provider_unclear);
}

/* The charge and its order as they are now, while the request waits. */
struct wait {
	struct web *w;
	struct http_slot *slot;
	struct charge_row *charge;
	struct order_state *order;
	int64_t end; /* clock_steady() */
};

static int64_t time_left(const struct wait *x)
{
	return x->end - clock_steady();
}

static err look_again(struct wait *x)
{
	struct charge_row c;
	struct order_state o;
	err e;

	if ((e = charge_by_id(x->w->db, &(struct charge_by_id_in){.id = x->charge->id}, &c)) != OK)
		return e;
	if ((e = order_replica_by_id(x->w->db, &(struct order_replica_by_id_in){.id = c.order_id}, &o)) != OK)
		return e;
	*x->charge = c;
	*x->order = o;
	return OK;
}

/* Does the answer say by now how the payment ended, and the order with it? */
static bool is_known(const struct charge_row *c, const struct order_state *o)
{
	if (c->status.v == charge_status_COMPLETED)
		return o->status.v == order_status_COMPLETED || order_has_ended(o);
	return c->status.v == charge_status_FAILED || order_has_ended(o);
}

/* The event that the order is secured made the task due. Whoever is first, this request or the jobs,
 * captures. What is to be voided is left to the jobs. */
static err capture_now(struct wait *x)
{
	struct next next = next_after_failure();
	struct charge_task_row t;
	bool ours;
	err e, put;

	if (x->charge->status.v != charge_status_AUTHORISED || time_left(x) < CAPTURE_TIME ||
	    !order_is_secured(x->order))
		return OK;
	e = charge_task_due_of(x->w->db, &(struct charge_task_due_of_in){.charge_id = x->charge->id}, &t);
	if (e != OK)
		return e == ERR_NO_ROW ? OK : e;
	if ((e = task_claim(x->w->db, &t, &ours)) != OK || !ours)
		return e;
	http_slot_limit(x->slot, time_left(x));
	e = outcome_decide(x->w->db, x->slot, x->charge, x->order, t.tries.v, &next);
	put = task_put_back(x->w->db, &t, e == OK ? next : next_after_failure());
	return e != OK ? e : put;
}

/*
 * The amount is held, and orders is told. Waits for what becomes of it, at most OUTCOME_TIME; the row
 * says it. Whoever waits has a slot, so that they are not more than half of the threads, and goes on
 * without the outcome when somebody else wants to pay meanwhile. An error of the database only ends the
 * wait: the jobs go on.
 */
static void await_outcome(struct web *w, struct http_slot *slot, struct charge_row *c, struct order_state *o)
{
	const struct timespec pause = {0, 15 * 1000 * 1000};
	struct wait x = {w, slot, c, o, clock_steady() + OUTCOME_TIME};
	err e = look_again(&x);

	while (e == OK && !is_known(c, o) && time_left(&x) > 0 && !http_slot_is_wanted(slot)) {
		if ((e = capture_now(&x)) != OK)
			break;
		nanosleep(&pause, NULL);
		e = look_again(&x);
	}
	if (e != OK)
		log_warn("the outcome of charge %s could not be waited for: %s", id_text(w->arena, c->id),
			 err_name(e));
}

static err apply_answer(struct web *w, struct charge_row *c, const struct provider_answer *a)
{
	struct verdict v = verdict_of_intent(&a->intent);

	if (a->outcome == PROVIDER_DECLINED)
		v = (struct verdict){.status = charge_status_FAILED, .reason = a->reason};
	if (v.status == 0)
		return read_stored(w, c);
	return charge_settle(w->db, c->id, &v, c);
}

/* The order ended between the commit and now: the card was not asked, and will not be. */
static err stop_payment(struct web *w, struct http_slot *slot, struct charge_row *c)
{
	struct provider_answer a = stripe_void(slot, c->stripe_intent_id);
	err e = apply_answer(w, c, &a);

	if (e != OK || c->status.v == charge_status_CREATED)
		return fail_ended(w);
	return c->status.v == charge_status_FAILED ? OK : fail_unclear(w);
}

static err confirm_payment(struct web *w, struct http_slot *slot, struct charge_row *c, struct order_state *o)
{
	struct provider_answer a;

	if (order_replica_by_id(w->db, &(struct order_replica_by_id_in){.id = c->order_id}, o) != OK)
		return fail_unclear(w);
	if (!order_is_payable(o))
		return stop_payment(w, slot, c);
	FAILPOINT(charge_kept);
	a = stripe_intent_confirm(slot, c);
	FAILPOINT(charge_authorised);
	if (apply_answer(w, c, &a) != OK || c->status.v == charge_status_CREATED)
		return fail_unclear(w);
	await_outcome(w, slot, c, o);
	return OK;
}

static bool is_token(provider_token token)
{
	return text_starts(token.v, "tok_") || text_starts(token.v, "pm_");
}

err pay_by_card(struct web *w, struct order_state *o, provider_token token, struct charge_row *ret_charge)
{
	struct charge_row *c = ret_charge;
	struct provider_answer a;
	struct http_slot *slot;
	err e;

	*c = charge_new(o);
	if (!is_token(token))
		return web_problem(w, "token", kind_provider_token.wrong);
	if (!order_is_payable(o))
		return fail_ended(w);
	if ((e = wait_for_slot(w, &slot)) != OK)
		return e;
	a = stripe_intent_create(slot, c, o->title, token);
	if (a.outcome != PROVIDER_DONE)
		return blames_card(&a) ? fail_no_such_card(w, &a) : fail_not_made(w, &a);
	c->stripe_intent_id = a.intent.id;
	e = charge_begin(w->db, c);
	if (e == ERR_OUTCOME_UNKNOWN)
		return fail_unclear(w);
	if (e != OK) {
		(void)stripe_intent_cancel(slot, c->stripe_intent_id);
		return e == ERR_GONE ? fail_ended(w) : e;
	}
	return confirm_payment(w, slot, c, o);
}

/* By the provider's clock, which tests do not move: at least 30 minutes from now, and after the deadline. */
static when page_end(const struct order_state *o)
{
	int64_t now = clock_now() - clock_offset(), end = o->expires_at.v - clock_offset() + 60 * SECOND;
	int64_t least = now + 31 * 60 * SECOND, most = now + (24 * 60 - 1) * 60 * SECOND;

	return (when){end < least ? least : end > most ? most : end};
}

static struct provider_answer make_page(struct web *w, struct http_slot *slot, const struct charge_row *c,
					const struct order_state *o)
{
	const char *site = w->config->site_url, *order = id_text(w->arena, o->id);
	const struct checkout_terms terms = {
	    .what = o->title,
	    .until = page_end(o),
	    .success_url = arena_printf(w->arena, "%s/payments/%s?back=true", site, order),
	    .cancel_url = arena_printf(w->arena, "%s/orders/%s", site, order),
	};

	return stripe_checkout_create(slot, c, &terms);
}

err pay_by_page(struct web *w, const struct order_state *o, struct charge_row *ret_charge)
{
	struct charge_row *c = ret_charge;
	struct provider_answer a;
	struct http_slot *slot;
	err e;

	*c = charge_new(o);
	if (!order_is_payable(o))
		return fail_ended(w);
	if ((e = wait_for_slot(w, &slot)) != OK)
		return e;
	a = make_page(w, slot, c, o);
	if (a.outcome != PROVIDER_DONE || a.checkout.url.v == NULL)
		return fail_not_made(w, &a);
	c->stripe_session_id = a.checkout.id;
	c->stripe_session_url = a.checkout.url;
	e = charge_begin(w->db, c);
	if (e == ERR_OUTCOME_UNKNOWN)
		return fail_unclear(w);
	if (e != OK) {
		(void)stripe_checkout_expire(slot, c->stripe_session_id);
		return e == ERR_GONE ? fail_ended(w) : e;
	}
	return OK;
}

err pay_refresh(struct web *w, struct order_state *o, struct charge_row *c)
{
	struct checkout session;
	struct http_slot *slot;
	struct verdict v;
	err e;

	if (http_slot_take(w->app, w->arena, READ_TIME, &slot) != OK)
		return OK;
	if (outcome_of_checkout(slot, c->stripe_session_id, &session, &v) != OK || v.status == 0)
		return OK;
	e = charge_settle(w->db, c->id, &v, c);
	if (e == OK)
		await_outcome(w, slot, c, o);
	return e == ERR_CONFLICT ? OK : e;
}

struct shown {
	struct order_state *order;
	struct charge_row *charge;
};

/* ERR_TIMED_OUT: not yet. */
static err is_decided(struct web *w, void *context)
{
	struct shown *s = context;
	struct wait x = {.w = w, .charge = s->charge, .order = s->order};
	err e = look_again(&x);

	return e == OK && !is_known(s->charge, s->order) ? ERR_TIMED_OUT : e;
}

err pay_await(struct web *w, struct order_state *o, struct charge_row *c)
{
	struct shown s = {o, c};
	err e = web_wait(w, is_decided, &s);

	return e == ERR_TIMED_OUT ? OK : e;
}
