#include "apps/orders/pages.h"
#include "apps/orders/messages.h"
#include "apps/orders/order.h"
#include "apps/orders/web.h"
#include "common/base/clock.h"
#include "common/base/reference.h"

static err show_orders(struct web *w, const struct orders_query *query, int status)
{
	struct order_page_rows part;
	struct page page;
	err e;

	if ((e = my_orders_page(w, query->cursor, web_rows(w, query->limit, PAGE_PART), &part)) != OK)
		return e;
	struct orders_view view = orders_view_of(w->arena, w->locale, &part);
	if (part.next)
		view.next = next_url(w, url_orders_page(w->arena), query->limit, part.next);
	view.reference = query->reference.v;
	page_orders(reply_page(w, status, web_tr(w, tr_title_orders), &page), &page, &view);
	return OK;
}

/* ERR_NO_ROW when the caller has no such order. */
static err find_reference(struct web *w, const char *reference, order_id *ret_id)
{
	struct order_by_reference_in in = {.user_id = w->session.user};
	struct order_key found;
	err e;

	if (reference_parse(reference, &in.reference.v) != OK)
		return ERR_NO_ROW;
	if ((e = order_by_reference(w->db, &in, &found)) == OK)
		*ret_id = found.id;
	return e;
}

err orders_page(struct web *w, const struct orders_page_in *in)
{
	order_id id;
	err e;

	if (in->form.reference.v == NULL)
		return show_orders(w, &in->form, 200);
	e = find_reference(w, in->form.reference.v, &id);
	if (e == OK)
		reply_see_other(w, url_order_page(w->arena, id));
	if (e != ERR_NO_ROW)
		return e;
	(void)web_problem(w, "reference", tr_no_order_of_reference);
	return show_orders(w, &in->form, 404);
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

/* Who is overdue, such as this very order, gives way. */
static bool gives_way(const struct order_holder *h, when now)
{
	return h->status.v != order_status_COMPLETED && h->expires_at.v <= now.v;
}

static err offer_again(struct web *w, const struct order_row *o, struct way_on *way)
{
	struct ticket_state *t = arena_alloc(w->arena, sizeof *t);
	err e = ticket_by_id(w->db, &(struct ticket_by_id_in){.id = o->ticket_id}, t);

	if (e == OK && t->status.v == ticket_status_LISTED)
		way->again = t;
	return e == ERR_NO_ROW ? OK : e;
}

/* What the buyer of an ended order can do about its ticket. */
static err find_way_on(struct web *w, const struct order_row *o, when now, struct way_on *ret_way)
{
	struct way_on way = {NULL, NULL};
	struct order_holder holder;
	err e = OK;

	if (o->status.v == order_status_CANCELLED) {
		e = order_holding(w->db, &(struct order_holding_in){.ticket_id = o->ticket_id}, &holder);
		if (e == ERR_NO_ROW || (e == OK && gives_way(&holder, now)))
			e = offer_again(w, o, &way);
		else if (e == OK && id_same(holder.user_id, o->user_id))
			way.mine_url = url_order_page(w->arena, holder.id);
	}
	*ret_way = way;
	return e;
}

err order_page(struct web *w, const struct order_page_in *in)
{
	static const struct message *const titles[] = {
	    [order_status_CREATED] = &tr_title_created,  [order_status_AWAITING_PAYMENT] = &tr_title_held,
	    [order_status_COMPLETED] = &tr_title_bought, [order_status_CANCELLED] = &tr_title_ended,
	    [order_status_UNKNOWN] = &tr_title_unknown,
	};
	CHOICE_TABLE(titles, order_status);
	struct look look = {.id = in->id};
	const struct known_charge *charge;
	struct way_on way;
	struct page page;
	err e;

	if ((e = look_at(w, &look)) != OK)
		return e;
	if ((e = charge_for(w, in->id, &charge)) != OK)
		return e;
	if ((e = find_way_on(w, &look.order, look.now, &way)) != OK)
		return e;
	const struct order_view view = order_view_of(w->arena, &look.order, look.now, charge, &way);
	page_order(reply_page(w, 200, web_tr(w, *titles[look.order.status.v]), &page), &page, &view);
	return OK;
}

/* What the buyer saw and what is offered now; *ret_view.seen is NULL when that revision was never heard of.
 */
static err compare_terms(struct web *w, const struct placement *p, struct terms_view *ret_view)
{
	struct terms *both = arena_array(w->arena, 2, sizeof *both);
	const struct terms_of_in in = {.ticket_id = p->ticket, .revision = p->seen};
	err e = terms_of(w->db, &in, &both[0]);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	both[1] = offer_terms(&p->offer);
	*ret_view = terms_compare(e == OK ? &both[0] : NULL, &both[1]);
	return OK;
}

static err show_refusal(struct web *w, const struct placement *p, err refused)
{
	struct refused_view view = {
	    .why = p->refusal,
	    .sentence = refusal_sentence(w->arena, w->locale, p),
	    .offer = &p->offer,
	    .listing_url = arena_printf(w->arena, "/tickets/%s", id_text(w->arena, p->ticket)),
	};
	struct page page;
	err e;

	if (p->refusal == REFUSED_CHANGED && (e = compare_terms(w, p, &view.terms)) != OK)
		return e;
	if (p->refusal == REFUSED_HELD)
		view.until = p->holder.expires_at;
	if (p->refusal == REFUSED_PAUSED)
		view.until = p->budget.allowed_at;
	if (p->refusal == REFUSED_MINE || p->refusal == REFUSED_YOURS)
		view.order_url = url_order_page(w->arena, p->holder.id);
	page_refused(reply_page(w, err_status(refused), refusal_title(w->arena, w->locale, p), &page), &page,
		     &view);
	retry_after_pause(w, p);
	return refused;
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
		return web_fail(w, e, order_why_it_stays(&o));
	if (e == OK)
		reply_see_other(w, url_order_page(w->arena, in->id));
	return e;
}
