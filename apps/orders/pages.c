#include "apps/orders/pages.h"
#include "apps/orders/order.h"
#include "apps/orders/web.h"
#include "common/base/clock.h"

err orders_page(struct web *w, const struct orders_page_in *in)
{
	struct order_part part;
	struct page page;
	err e;

	if ((e = my_orders(w, &in->form, &part)) != OK)
		return e;
	const char *next = part.next ? next_url(w, url_orders_page(w->arena), &in->form, part.next) : NULL;
	const struct orders_view view = orders_view_of(w->arena, part.orders, part.count, part.now, next);
	page_orders(reply_page(w, 200, "My orders", &page), &page, &view);
	return OK;
}

struct look {
	order_id id;
	struct order_row order;
	when now;
};

static err look_until_confirmed(struct web *w, void *context)
{
	struct look *look = context;
	err e;

	if ((e = my_order(w, look->id, &look->order, &look->now)) != OK)
		return e;
	return look->order.status.v == order_status_CREATED ? ERR_TIMED_OUT : OK;
}

/* In an order's first moments the answer of the ticket service is on its way: worth a short wait, so that
 * hardly anyone is told to. */
static err look_at(struct web *w, struct look *look)
{
	err e;

	if ((e = my_order(w, look->id, &look->order, &look->now)) != OK)
		return e;
	if (look->order.status.v != order_status_CREATED ||
	    look->now.v - look->order.created_at.v >= 2 * SECOND)
		return OK;
	e = web_wait(w, look_until_confirmed, look);
	return e == ERR_TIMED_OUT ? OK : e;
}

/* *ret_charge: NULL when none has been heard of. */
static err charge_for(struct web *w, order_id id, const struct charge_state **ret_charge)
{
	struct charge_state *charge = arena_alloc(w->arena, sizeof *charge);
	err e = charge_of_order(w->db, &(struct charge_of_order_in){.order_id = id}, charge);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	*ret_charge = e == OK ? charge : NULL;
	return OK;
}

/* *ret_offer: the listing, NULL unless it could be ordered again now. */
static err offer_again(struct web *w, const struct order_row *o, when now,
		       const struct ticket_state **ret_offer)
{
	struct ticket_state *t = arena_alloc(w->arena, sizeof *t);
	struct order_holder holder;
	struct order_row other;
	err e;

	*ret_offer = NULL;
	if (o->status.v != order_status_CANCELLED)
		return OK;
	if ((e = ticket_by_id(w->db, &(struct ticket_by_id_in){.id = o->ticket_id}, t)) != OK)
		return e == ERR_NO_ROW ? OK : e;
	if (t->status.v != ticket_status_LISTED)
		return OK;
	e = order_holding(w->db, &(struct order_holding_in){.ticket_id = o->ticket_id}, &holder);
	if (e == OK) {
		/* an overdue holder, such as this very order, gives way */
		if ((e = order_by_id(w->db, &(struct order_by_id_in){.id = holder.id}, &other)) != OK)
			return e;
		order_as_of(&other, now);
		if (other.status.v == order_status_CANCELLED)
			*ret_offer = t;
		return OK;
	}
	if (e == ERR_NO_ROW)
		*ret_offer = t;
	return e == ERR_NO_ROW ? OK : e;
}

err order_page(struct web *w, const struct order_page_in *in)
{
	static const char *const titles[] = {
	    [order_status_CREATED] = "Your order",
	    [order_status_AWAITING_PAYMENT] = "Held for you",
	    [order_status_COMPLETED] = "It is yours",
	    [order_status_CANCELLED] = "This order has ended",
	};
	struct look look = {.id = in->id};
	const struct charge_state *charge;
	const struct ticket_state *again;
	struct page page;
	err e;

	if ((e = look_at(w, &look)) != OK)
		return e;
	if ((e = charge_for(w, in->id, &charge)) != OK)
		return e;
	if ((e = offer_again(w, &look.order, look.now, &again)) != OK)
		return e;
	const struct order_view view = order_view_of(w->arena, &look.order, look.now, charge, again);
	page_order(reply_page(w, 200, titles[look.order.status.v], &page), &page, &view);
	return OK;
}

static err show_refusal(struct web *w, const struct placement *p, err e)
{
	const struct terms_of_in in = {.ticket_id = p->ticket, .revision = p->seen};
	struct refused_view view = {
	    .title = refusal_title(p->refusal),
	    .sentence = refusal_sentence(p->refusal),
	    .offer = &p->offer,
	    .changed = p->refusal == REFUSED_CHANGED,
	    .too_many = p->refusal == REFUSED_TOO_MANY,
	};
	struct terms seen;
	struct page page;

	if (view.changed && terms_of(w->db, &in, &seen) == OK)
		view.seen = &seen;
	if (p->refusal == REFUSED_MINE)
		view.order_url = url_order_page(w->arena, p->holder.id);
	page_refused(reply_page(w, err_status(e), view.title, &page), &page, &view);
	return e;
}

err order_place_page(struct web *w, const struct order_place_page_in *in)
{
	struct placement p;
	err e = place(w, &in->form, &p);

	return p.refusal == REFUSED_NOT ? e : show_refusal(w, &p, e);
}

err order_cancel_page(struct web *w, const struct order_cancel_page_in *in)
{
	struct order_row o;
	err e = order_give_up(w->db, w->session.user, in->id, &o);

	if (e == ERR_CONFLICT)
		return web_fail(w, e, "This order is paid, so it cannot be cancelled.");
	if (e == OK)
		reply_see_other(w, url_order_page(w->arena, in->id));
	return e;
}
