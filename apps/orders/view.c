#include "apps/orders/view.h"
#include "apps/orders/order.h"
#include "apps/orders/pages.h"
#include "common/base/reference.h"

const char *order_reference(struct arena *a, order_id id)
{
	return reference_print(a, reference_of(id.b));
}

const struct message *order_summary(const struct order_row *o)
{
	static const struct message *const live[] = {
	    [order_status_CREATED] = &tr_is_created,      [order_status_AWAITING_PAYMENT] = &tr_is_held,
	    [order_status_COMPLETED] = &tr_title_bought,  [order_status_CANCELLED] = &tr_title_ended,
	    [order_status_RETURNED] = &tr_title_returned, [order_status_UNKNOWN] = &tr_is_unknown,
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

	if (o->status.v == order_status_CANCELLED)
		return ended[o->cancel_reason.v];
	return order_is_secured(o) ? &tr_is_secured : live[o->status.v];
}

struct message order_cancel_refusal(const struct order_row *o)
{
	if (order_is_secured(o))
		return tr_secured_stays;
	if (o->status.v == order_status_RETURNED)
		return tr_returned_stays;
	return o->status.v == order_status_COMPLETED ? tr_paid_stays : tr_unknown_stays;
}

static const struct message *money_message(const struct order_row *o, const struct known_charge *charge)
{
	if (o->status.v == order_status_RETURNED)
		return &tr_money_undone;
	if (charge == NULL || charge->status.v == charge_status_FAILED)
		return &tr_money_none;
	if (charge->status.v == charge_status_AUTHORISED)
		return &tr_money_released;
	if (charge->status.v != charge_status_COMPLETED)
		return &tr_money_unsure;
	return charge->refunded.v ? &tr_money_returned : &tr_money_returning;
}

static struct terms_view compare_with_offer(struct arena *a, const struct order_row *o,
					    const struct known_ticket *again)
{
	struct terms *both = arena_array(a, 2, sizeof *both);

	both[0] = order_terms(o);
	both[1] = offer_terms(again);
	return terms_compare(&both[0], &both[1]);
}

struct order_view order_view_of(struct arena *a, const struct order_row *o, when now,
				const struct known_charge *charge, const struct reorder *reorder)
{
	bool is_ended = o->status.v == order_status_CANCELLED || o->status.v == order_status_RETURNED;
	const struct order_view v = {
	    .order = o,
	    .now = now,
	    .reference = order_reference(a, o->id),
	    .url = url_order_page(a, o->id),
	    .payment_url = arena_printf(a, "/payments/%s", id_text(a, o->id)),
	    .calendar_url = url_order_calendar(a, o->id),
	    .paying = order_is_being_paid(o, charge),
	    .secured = order_is_secured(o),
	    .declined = is_ended && o->cancel_reason.v == cancel_reason_PAYMENT_FAILED,
	    .money = is_ended ? money_message(o, charge) : NULL,
	    .again = reorder->again,
	    .newer_url = reorder->newer_url,
	    .terms =
		reorder->again == NULL ? (struct terms_view){0} : compare_with_offer(a, o, reorder->again),
	    .timeline = timeline_of(o, now, charge),
	};

	return v;
}

static enum order_group order_group_of(const struct order_row *o)
{
	if (order_is_live(o))
		return GROUP_LIVE;
	return o->status.v == order_status_COMPLETED ? GROUP_BOUGHT : GROUP_ENDED;
}

static void group_add(struct arena *a, const struct locale *l, struct orders_view *v,
		      const struct order_row *o)
{
	struct group_view *g = &v->groups[order_group_of(o)];

	g->items[g->count++] = (struct group_item){
	    .order = o,
	    .reference = order_reference(a, o->id),
	    .summary = order_summary(o),
	    .left = order_is_live(o) && !order_is_secured(o) ? hold_left(a, l, o->expires_at, v->now) : NULL,
	    .url = url_order_page(a, o->id),
	};
}

struct orders_view orders_view_of(struct arena *a, const struct locale *l, const struct order_list *list)
{
	const bool is_whole = list->next == NULL && !list->is_later;
	struct orders_view v = {
	    .groups = {[GROUP_LIVE] = {"live", &tr_orders_live, &tr_orders_live_none, NULL, 0,
				       !list->is_later},
		       [GROUP_BOUGHT] = {"bought", &tr_orders_bought, &tr_orders_bought_none, NULL, 0,
					 is_whole},
		       [GROUP_ENDED] = {"ended", &tr_orders_ended, &tr_orders_ended_none, NULL, 0, is_whole}},
	    .now = list->now,
	    .count = list->count,
	    .is_whole = is_whole,
	    .first = list->is_later ? url_orders_page(a) : NULL,
	};

	for (size_t i = 0; i < GROUPS; i++)
		v.groups[i].items = arena_array(a, list->count + 1, sizeof *v.groups[i].items);
	for (size_t i = 0; i < list->count; i++)
		group_add(a, l, &v, &list->orders[i]);
	return v;
}
