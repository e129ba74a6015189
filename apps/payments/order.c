#include "apps/payments/order.h"
#include "common/base/clock.h"

enum { GRACE_SECONDS = 10, UNDECIDED_SECONDS = 60 };

static bool is_open(const struct order_state *o)
{
	return o->secured_at.v == 0 &&
	       (o->status.v == order_status_CREATED || o->status.v == order_status_AWAITING_PAYMENT);
}

static bool is_past(const struct order_state *o, int64_t seconds)
{
	return clock_now() >= o->expires_at.v + seconds * SECOND;
}

bool order_is_payable(const struct order_state *o)
{
	return o->status.v == order_status_AWAITING_PAYMENT && is_open(o) && !is_past(o, 0);
}

bool order_is_secured(const struct order_state *o)
{
	return o->status.v == order_status_COMPLETED ||
	       (o->status.v == order_status_AWAITING_PAYMENT && o->secured_at.v != 0);
}

bool order_is_cancelled(const struct order_state *o)
{
	return o->status.v == order_status_CANCELLED;
}

bool order_has_ended(const struct order_state *o)
{
	return order_is_cancelled(o) || o->status.v == order_status_RETURNED;
}

bool order_is_over(const struct order_state *o)
{
	return order_has_ended(o) || (is_open(o) && is_past(o, GRACE_SECONDS));
}

bool order_is_undecided(const struct order_state *o)
{
	return is_open(o) && is_past(o, UNDECIDED_SECONDS);
}
