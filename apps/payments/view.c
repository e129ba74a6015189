#include "apps/payments/view.h"
#include "apps/payments/order.h"
#include "common/base/clock.h"

static enum payment_stage stage_of_open(const struct order_state *o, const struct charge_row *c)
{
	return c->stripe_session_id.v != NULL && order_is_payable(o) ? STAGE_CONTINUE : STAGE_DECIDING;
}

static enum payment_stage stage_of(const struct order_state *o, const struct charge_row *c)
{
	if (c == NULL)
		return order_is_payable(o) ? STAGE_CHECK : STAGE_ENDED;
	if (c->status.v == charge_status_CREATED)
		return stage_of_open(o, c);
	if (c->status.v == charge_status_FAILED)
		return STAGE_FAILED;
	if (c->stripe_refund_id.v != NULL)
		return STAGE_RETURNED;
	return order_is_cancelled(o) ? STAGE_RETURNING : STAGE_PAID;
}

static const char *time_left(struct arena *a, const struct order_state *o, int64_t now)
{
	int64_t minutes = (o->expires_at.v - now) / (60 * SECOND);

	if (minutes < 1)
		return "less than a minute left";
	return arena_printf(a, minutes == 1 ? "%d minute left" : "%d minutes left", (int)minutes);
}

struct payment_view payment_view_of(struct arena *a, const struct order_state *o,
				    const struct charge_row *charge)
{
	static const char *const titles[] = {
	    [STAGE_CHECK] = "Check and pay",
	    [STAGE_CONTINUE] = "Go on paying",
	    [STAGE_DECIDING] = "The bank has not told us yet",
	    [STAGE_PAID] = "It is paid",
	    [STAGE_FAILED] = "The payment did not go through",
	    [STAGE_ENDED] = "This order has ended",
	    [STAGE_RETURNING] = "Your money is on its way back",
	    [STAGE_RETURNED] = "Your money was returned",
	};
	enum payment_stage stage = stage_of(o, charge);
	int64_t now = clock_now();

	return (struct payment_view){
	    .order = o,
	    .stage = stage,
	    .title = titles[stage],
	    .reason = charge == NULL ? NULL : charge->failure_reason.v,
	    .left = time_left(a, o, now),
	    .now = {now},
	};
}
