/*
 * Captures or voids what the payment provider holds, and stores what came of it.
 *
 * A program may be killed, or its connection cut, between the provider's answer and the commit, and requests
 * and jobs both come here. So nothing is decided by what was answered before: the state of the intent at the
 * provider decides. An answer that leaves it open is followed by a later review (task.h).
 *
 * What must hold:
 * - The caller has claimed the charge's task, so that one program at a time is here.
 * - An amount is captured only for a secured order, and voided only for one that has ended, that is a minute
 *   past its deadline and undecided, or whose amount the provider refuses to capture.
 * - Both settle the charge only by a final state of its intent: captured or cancelled.
 */
#include "apps/payments/outcome.h"
#include "apps/payments/order.h"
#include "apps/payments/reasons.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/text.h"

/* How long an order that orders has not decided yet is left alone. Its next event ends the wait. */
#define DECISION_TIME (10 * SECOND)

err outcome_of_checkout(struct http_slot *slot, provider_id session, struct checkout *ret_session,
			struct verdict *ret_verdict)
{
	struct provider_answer a = stripe_checkout_read(slot, session), i;
	struct verdict v = verdict_of_checkout(&a.checkout);

	if (a.outcome != PROVIDER_DONE)
		return ERR_UNAVAILABLE;
	if (v.status == charge_status_AUTHORISED) {
		i = stripe_intent_read(slot, v.intent);
		if (i.outcome != PROVIDER_DONE)
			return ERR_UNAVAILABLE;
		v = verdict_of_intent(&i.intent);
	}
	*ret_session = a.checkout;
	*ret_verdict = v;
	return OK;
}

err outcome_settle(struct db *db, struct charge_row *c, const struct verdict *v, struct next *ret_next)
{
	err e = charge_settle(db, c->id, v, c);

	*ret_next = e == ERR_CONFLICT ? next_after_failure() : next_later(0);
	return e == ERR_CONFLICT ? OK : e;
}

static bool is_final(const struct verdict *v)
{
	return v->status == charge_status_COMPLETED || v->status == charge_status_FAILED;
}

/* A cancelled or captured intent refuses. When the provider has declined the capture, the intent is cancelled
 * without the reason of stripe_void, because a webhook would report that as order_ended. */
static err void_charge(struct db *db, struct http_slot *slot, struct charge_row *c, const char *reason,
		       struct next *ret_next)
{
	struct provider_answer a;
	struct verdict v;

	FAILPOINT(void_due);
	a = text_same(reason, REASON_ORDER_ENDED) ? stripe_void(slot, c->stripe_intent_id)
						  : stripe_intent_cancel(slot, c->stripe_intent_id);
	FAILPOINT(void_made);
	v = verdict_of_intent(&a.intent);
	if (!is_final(&v)) {
		*ret_next = next_after_failure();
		return OK;
	}
	if (v.status == charge_status_FAILED)
		v.reason = reason;
	return outcome_settle(db, c, &v, ret_next);
}

/* The capture was refused: read the intent. Taken or released: settle. Still held: the provider will not
 * capture, so void. */
static err capture_refused(struct db *db, struct http_slot *slot, struct charge_row *c,
			   const struct provider_answer *refusal, struct next *ret_next)
{
	struct verdict v = verdict_of_intent(&refusal->intent);
	struct provider_answer a;

	if (!is_final(&v)) {
		a = stripe_intent_read(slot, c->stripe_intent_id);
		if (a.outcome != PROVIDER_DONE) {
			*ret_next = next_after_failure();
			return OK;
		}
		v = verdict_of_intent(&a.intent);
	}
	if (v.status == charge_status_AUTHORISED)
		return void_charge(db, slot, c, REASON_NOT_CAPTURED, ret_next);
	if (is_final(&v))
		return outcome_settle(db, c, &v, ret_next);
	*ret_next = next_after_failure();
	return OK;
}

static err capture_charge(struct db *db, struct http_slot *slot, struct charge_row *c, int64_t tries,
			  struct next *ret_next)
{
	struct provider_answer a;
	struct verdict v;

	FAILPOINT(capture_due);
	a = stripe_capture(slot, c, tries);
	FAILPOINT(capture_made);
	if (a.outcome == PROVIDER_REFUSED || a.outcome == PROVIDER_DECLINED)
		return capture_refused(db, slot, c, &a, ret_next);
	v = verdict_of_intent(&a.intent);
	if (a.outcome == PROVIDER_DONE && is_final(&v))
		return outcome_settle(db, c, &v, ret_next);
	*ret_next = next_after_failure();
	return OK;
}

err outcome_decide(struct db *db, struct http_slot *slot, struct charge_row *c, const struct order_state *o,
		   int64_t tries, struct next *ret_next)
{
	if (order_is_secured(o))
		return capture_charge(db, slot, c, tries, ret_next);
	if (order_has_ended(o) || order_is_undecided(o))
		return void_charge(db, slot, c, REASON_ORDER_ENDED, ret_next);
	*ret_next = next_later(DECISION_TIME);
	return OK;
}
