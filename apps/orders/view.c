#include "apps/orders/view.h"
#include "apps/orders/messages.h"
#include "apps/orders/pages.h"
#include "apps/orders/web.h"
#include "common/base/reference.h"
#include "common/base/text.h"

const char *order_reference(struct arena *a, order_id id)
{
	return reference_print(a, reference_of(id.b));
}

const struct message *order_words(const struct order_row *o)
{
	static const struct message *const live[] = {
	    [order_status_CREATED] = &tr_is_created,     [order_status_AWAITING_PAYMENT] = &tr_is_held,
	    [order_status_COMPLETED] = &tr_title_bought, [order_status_CANCELLED] = &tr_title_ended,
	    [order_status_UNKNOWN] = &tr_is_unknown,
	};
	static const struct message *const ended[] = {
	    [cancel_reason_NULL] = &tr_title_ended,
	    [cancel_reason_BUYER] = &tr_ended_buyer,
	    [cancel_reason_EXPIRED] = &tr_ended_expired,
	    [cancel_reason_PAYMENT_FAILED] = &tr_ended_payment_failed,
	    [cancel_reason_TICKET_CHANGED] = &tr_ended_ticket_changed,
	    [cancel_reason_UNKNOWN] = &tr_title_ended,
	};
	CHOICE_TABLE(live, order_status);
	CHOICE_TABLE(ended, cancel_reason);

	return o->status.v == order_status_CANCELLED ? ended[o->cancel_reason.v] : live[o->status.v];
}

struct message order_why_it_stays(const struct order_row *o)
{
	return o->status.v == order_status_COMPLETED ? tr_paid_stays : tr_unknown_stays;
}

struct terms_view terms_compare(const struct terms *seen, const struct terms *now)
{
	struct terms_view v = {.seen = seen, .now = now};

	if (seen == NULL || now == NULL)
		return v;
	v.title = !text_same(seen->title.v, now->title.v);
	v.price = seen->price.v != now->price.v || !text_same(seen->currency.v, now->currency.v);
	v.when = seen->starts_at.v != now->starts_at.v || !text_same(seen->time_zone.v, now->time_zone.v);
	v.where = !text_same(seen->venue.v, now->venue.v);
	v.seat = !text_same(seen->seat.v, now->seat.v);
	return v;
}

bool terms_differ(const struct terms_view *v)
{
	return v->title || v->price || v->when || v->where || v->seat;
}

struct terms order_terms(const struct order_row *o)
{
	struct terms terms = {.revision = o->ticket_revision};

	order_row_to_terms(o, &terms);
	return terms;
}

static const struct message *money_words(const struct known_charge *charge)
{
	if (charge == NULL || charge->status.v == charge_status_FAILED)
		return &tr_money_none;
	if (charge->status.v != charge_status_COMPLETED)
		return &tr_money_unsure;
	return charge->refunded.v ? &tr_money_returned : &tr_money_returning;
}

static struct terms_view compare_again(struct arena *a, const struct order_row *o,
				       const struct ticket_state *again)
{
	struct terms *both = arena_array(a, 2, sizeof *both);

	both[0] = order_terms(o);
	both[1] = offer_terms(again);
	return terms_compare(&both[0], &both[1]);
}

struct order_view order_view_of(struct arena *a, const struct order_row *o, when now,
				const struct known_charge *charge, const struct way_on *way)
{
	bool is_held = o->status.v == order_status_AWAITING_PAYMENT,
	     is_ended = o->status.v == order_status_CANCELLED;
	struct order_view v = {
	    .order = o,
	    .now = now,
	    .reference = order_reference(a, o->id),
	    .url = url_order_page(a, o->id),
	    .payment_url = arena_printf(a, "/payments/%s", id_text(a, o->id)),
	    .calendar_url = url_order_calendar(a, o->id),
	    .paying = is_held && charge != NULL && charge->status.v == charge_status_CREATED,
	    .declined = is_ended && o->cancel_reason.v == cancel_reason_PAYMENT_FAILED,
	    .money = is_ended ? money_words(charge) : NULL,
	    .again = way->again,
	    .mine_url = way->mine_url,
	    .terms = way->again == NULL ? (struct terms_view){0} : compare_again(a, o, way->again),
	};

	order_tell(&v, charge);
	return v;
}

static enum order_group group_of(const struct order_row *o)
{
	if (order_is_live(o))
		return GROUP_LIVE;
	return o->status.v == order_status_COMPLETED ? GROUP_BOUGHT : GROUP_ENDED;
}

static void add_to_group(struct arena *a, const struct locale *l, struct orders_view *v,
			 const struct order_row *o)
{
	struct group_view *g = &v->groups[group_of(o)];

	g->items[g->count++] = (struct group_item){
	    .order = o,
	    .reference = order_reference(a, o->id),
	    .words = order_words(o),
	    .left = order_is_live(o) ? hold_left(a, l, o->expires_at, v->now) : NULL,
	    .url = url_order_page(a, o->id),
	};
}

struct orders_view orders_view_of(struct arena *a, const struct locale *l, const struct order_page_rows *part)
{
	const bool whole = part->next == NULL && !part->is_later;
	struct orders_view v = {
	    .groups = {[GROUP_LIVE] = {"live", &tr_orders_live, &tr_orders_live_none, NULL, 0,
				       !part->is_later},
		       [GROUP_BOUGHT] = {"bought", &tr_orders_bought, &tr_orders_bought_none, NULL, 0, whole},
		       [GROUP_ENDED] = {"ended", &tr_orders_ended, &tr_orders_ended_none, NULL, 0, whole}},
	    .now = part->now,
	    .count = part->count,
	    .whole = whole,
	    .first = part->is_later ? url_orders_page(a) : NULL,
	};

	for (size_t i = 0; i < GROUPS; i++)
		v.groups[i].items = arena_array(a, part->count + 1, sizeof *v.groups[i].items);
	for (size_t i = 0; i < part->count; i++)
		add_to_group(a, l, &v, &part->orders[i]);
	return v;
}
