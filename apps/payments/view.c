#include "apps/payments/view.h"
#include "apps/payments/order.h"
#include "apps/payments/reasons.h"
#include "common/base/clock.h"
#include "common/base/text.h"

static enum payment_stage stage_of_open(const struct order_state *o, const struct charge_row *c)
{
	return c->stripe_session_id.v != NULL && order_is_payable(o) ? STAGE_CONTINUE : STAGE_DECIDING;
}

/* An order that ended before it was secured ends the same way, whether or not the hold on the card is
 * released yet. */
static enum payment_stage stage_of_failed(const struct order_state *o, const struct charge_row *c)
{
	return order_has_ended(o) && text_same(c->failure_reason.v, REASON_ORDER_ENDED) ? STAGE_ENDED
											: STAGE_FAILED;
}

static enum payment_stage stage_of(const struct order_state *o, const struct charge_row *c)
{
	if (c == NULL)
		return order_is_payable(o) ? STAGE_CHECK : STAGE_ENDED;
	if (c->status.v == charge_status_CREATED)
		return stage_of_open(o, c);
	if (c->status.v == charge_status_AUTHORISED)
		return order_has_ended(o) ? STAGE_ENDED : STAGE_CONFIRMING;
	if (c->status.v == charge_status_FAILED)
		return stage_of_failed(o, c);
	if (c->stripe_refund_id.v != NULL)
		return STAGE_RETURNED;
	return order_is_cancelled(o) ? STAGE_RETURNING : STAGE_PAID;
}

/* After the deadline, the event of the expiry may not have arrived yet. */
static const struct message *why_ended(const struct order_state *o)
{
	static const struct message *const reasons[] = {
	    [cancel_reason_NULL] = &tr_ended_expired,
	    [cancel_reason_BUYER] = &tr_ended_buyer,
	    [cancel_reason_EXPIRED] = &tr_ended_expired,
	    [cancel_reason_PAYMENT_FAILED] = &tr_ended_payment_failed,
	    [cancel_reason_TICKET_CHANGED] = &tr_ended_ticket_changed,
	    [cancel_reason_UNKNOWN] = &tr_ended_otherwise,
	};
	CHOICE_TABLE(reasons, cancel_reason);

	return o->status.v == order_status_UNKNOWN ? &tr_ended_otherwise : reasons[o->cancel_reason.v];
}

struct payment_view payment_view_of(const struct web *w, const struct order_state *o,
				    const struct charge_row *charge)
{
	static const struct message *const titles[] = {
	    [STAGE_CHECK] = &tr_title_check,       [STAGE_CONTINUE] = &tr_title_continue,
	    [STAGE_DECIDING] = &tr_title_deciding, [STAGE_CONFIRMING] = &tr_title_confirming,
	    [STAGE_PAID] = &tr_title_paid,         [STAGE_FAILED] = &tr_title_failed,
	    [STAGE_ENDED] = &tr_title_ended,       [STAGE_RETURNING] = &tr_title_returning,
	    [STAGE_RETURNED] = &tr_title_returned,
	};
	enum payment_stage stage = stage_of(o, charge);

	return (struct payment_view){
	    .order = o,
	    .charge = charge,
	    .stage = stage,
	    .title = titles[stage],
	    .reason = charge == NULL ? NULL : reason_say(w->locale, charge->failure_reason.v),
	    .ended = why_ended(o),
	    .name = w->session.name,
	    .email = w->session.email,
	    .url = url_payment_page(w->arena, o->id),
	    .order_url = arena_printf(w->arena, "/orders/%s", id_text(w->arena, o->id)),
	    .now = {clock_now()},
	};
}
