#include "apps/orders/view.h"
#include "apps/orders/order.h"
#include "common/base/clock.h"
#include "common/base/text.h"

const char *order_reference(struct arena *a, order_id id)
{
	static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint32_t bits =
	    (uint32_t)id.b[12] << 24 | (uint32_t)id.b[13] << 16 | (uint32_t)id.b[14] << 8 | id.b[15];
	char text[6];

	for (size_t i = sizeof text; i > 0; i--, bits >>= 5)
		text[i - 1] = digits[bits & 31];
	return arena_printf(a, "%.3s-%.3s", text, text + 3);
}

const char *time_left(struct arena *a, const struct order_row *o, when now)
{
	int64_t seconds = (o->expires_at.v - now.v) / SECOND;

	if (seconds < 60)
		return "less than a minute left";
	return arena_printf(a, seconds < 120 ? "%d minute left" : "%d minutes left", (int)(seconds / 60));
}

const char *order_words(const struct order_row *o)
{
	static const char *const live[] = {
	    [order_status_CREATED] = "The seller’s listing is being confirmed.",
	    [order_status_AWAITING_PAYMENT] =
		"The ticket is locked for you. Nobody else can buy it while you pay.",
	    [order_status_COMPLETED] = "It is yours.",
	};
	static const char *const ended[] = {
	    [cancel_reason_NONE] = "The order has ended.",
	    [cancel_reason_BUYER] = "You released the ticket.",
	    [cancel_reason_EXPIRED] = "The time to pay ran out, so the ticket is no longer held for you.",
	    [cancel_reason_PAYMENT_FAILED] = "The payment failed, so the order ended.",
	    [cancel_reason_TICKET_CHANGED] =
		"The seller changed or withdrew the listing before it was locked for you.",
	};

	return o->status.v == order_status_CANCELLED ? ended[o->cancel_reason.v] : live[o->status.v];
}

static const char *money_words(const struct charge_state *charge)
{
	if (charge == NULL)
		return "No money was taken.";
	if (charge->status.v == charge_status_FAILED)
		return "The payment did not go through. No money was taken.";
	if (charge->status.v == charge_status_CREATED)
		return "A payment was begun. If money was taken it goes back by itself.";
	return charge->refunded.v
		   ? "Your money was returned."
		   : "Your payment came after the order had ended. It is being returned to you.";
}

static void tell(struct order_view *v, const char *what, when at, bool next)
{
	v->story[v->story_count++] = (struct story_line){what, at, next};
}

static void tell_story(struct order_view *v)
{
	const struct order_row *o = v->order;

	tell(v, "Order placed", o->created_at, false);
	if (o->held_at.v != 0)
		tell(v, "Ticket locked for you, at the price that you saw", o->held_at, false);
	if (o->status.v == order_status_CREATED)
		tell(v, "The seller’s listing is being confirmed", (when){0}, true);
	else if (o->status.v == order_status_AWAITING_PAYMENT)
		tell(v, "Waiting for payment", o->expires_at, true);
	else
		tell(v, o->status.v == order_status_COMPLETED ? "Paid: the ticket is yours" : order_words(o),
		     o->ended_at, false);
}

struct order_view order_view_of(struct arena *a, const struct order_row *o, when now,
				const struct charge_state *charge, const struct ticket_state *again)
{
	struct order_view v = {
	    .order = o,
	    .now = now,
	    .reference = order_reference(a, o->id),
	    .left = order_is_live(o) ? time_left(a, o, now) : NULL,
	    .money = o->status.v == order_status_CANCELLED ? money_words(charge) : NULL,
	    .again = again,
	};

	tell_story(&v);
	return v;
}

static enum order_group group_of(const struct order_row *o)
{
	if (order_is_live(o))
		return GROUP_LIVE;
	return o->status.v == order_status_COMPLETED ? GROUP_BOUGHT : GROUP_ENDED;
}

struct orders_view orders_view_of(struct arena *a, const struct order_row *orders, size_t count, when now,
				  const char *next)
{
	struct orders_view v = {
	    .groups = {[GROUP_LIVE] = {"live", "Needs payment", "Nothing is waiting for you to pay.", NULL,
				       0},
		       [GROUP_BOUGHT] = {"bought", "Bought", "No tickets bought yet.", NULL, 0},
		       [GROUP_ENDED] = {"ended", "Ended", "No orders have ended without a sale.", NULL, 0}},
	    .count = count,
	    .next = next,
	};

	for (size_t i = 0; i < GROUPS; i++)
		v.groups[i].items = arena_array(a, count + 1, sizeof *v.groups[i].items);
	for (size_t i = 0; i < count; i++) {
		const struct order_row *o = &orders[i];
		struct group_view *g = &v.groups[group_of(o)];

		g->items[g->count++] = (struct group_item){
		    .order = o,
		    .reference = order_reference(a, o->id),
		    .words = order_words(o),
		    .left = order_is_live(o) ? time_left(a, o, now) : NULL,
		    .url = url_order_page(a, o->id),
		};
	}
	return v;
}

bool terms_moved(const struct terms *seen, const struct ticket_state *offer)
{
	return seen->starts_at.v != offer->starts_at.v || !text_same(seen->venue.v, offer->venue.v) ||
	       !text_same(seen->seat.v, offer->seat.v) || !text_same(seen->time_zone.v, offer->time_zone.v);
}
