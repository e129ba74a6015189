#include "apps/payments/order.h"
#include "common/base/clock.h"

enum { GRACE_SECONDS = 10 };

bool order_is_payable(const struct order_state *o)
{
	return o->status.v == order_status_AWAITING_PAYMENT && clock_now() < o->expires_at.v;
}

bool order_is_cancelled(const struct order_state *o)
{
	return o->status.v == order_status_CANCELLED;
}

bool order_is_over(const struct order_state *o)
{
	bool late = clock_now() >= o->expires_at.v + GRACE_SECONDS * SECOND;

	return order_is_cancelled(o) || (late && o->status.v != order_status_UNKNOWN);
}
