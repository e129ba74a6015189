#include "apps/payments/order.h"
#include "apps/payments/pages.h"
#include "apps/payments/pay.h"
#include "apps/payments/view.h"

static err show_payment(struct web *w, const struct order_state *o, const struct charge_row *c, bool back)
{
	struct payment_view view = payment_view_of(w, o, c);
	struct page page;
	struct html *h = reply_page(w, view.stage == STAGE_ENDED ? 410 : 200, web_tr(w, *view.title), &page);

	view.back = back;
	view.sandbox = page.sandbox;
	page_payment(h, &page, &view);
	return OK;
}

/* Someone who comes back from the provider's page sees its answer even when the webhook is late. */
static err look_at(struct web *w, struct order_state *o, struct charge_row *c, bool back)
{
	if (back && c->status.v == charge_status_CREATED && c->stripe_session_id.v != NULL)
		return pay_refresh(w, o, c);
	return c->status.v == charge_status_AUTHORISED ? pay_await(w, o, c) : OK;
}

err payment_page(struct web *w, const struct payment_page_in *in)
{
	bool back = in->form.back.v;
	const struct charge_row *c;
	struct charge_row looked;
	struct order_state o;
	err e;

	if ((e = order_to_pay(w, in->id, &o)) != OK)
		return e;
	if ((e = charge_to_show(w, o.id, &c)) != OK)
		return e;
	if (c == NULL)
		return show_payment(w, &o, NULL, back);
	looked = *c;
	if ((e = look_at(w, &o, &looked, back)) != OK)
		return e;
	return show_payment(w, &o, &looked, back);
}

/* The provider's page; objects.c checked its address. */
static err go_to_provider(struct web *w, const struct charge_row *c)
{
	reply_empty(w, 303);
	reply_header(w, "Location", c->stripe_session_url.v);
	return OK;
}

static err continue_payment(struct web *w, const struct order_state *o, const struct charge_row *c)
{
	if (c->status.v == charge_status_CREATED && c->stripe_session_url.v != NULL && order_is_payable(o))
		return go_to_provider(w, c);
	reply_see_other(w, url_payment_page(w->arena, o->id));
	return OK;
}

/* A repeated request leads to the same page, since an order has one charge. */
err payment_pay(struct web *w, const struct payment_pay_in *in)
{
	const struct charge_row *before;
	struct charge_row made;
	struct order_state o;
	err e;

	if ((e = order_to_pay(w, in->id, &o)) != OK)
		return e;
	if ((e = charge_to_show(w, o.id, &before)) != OK)
		return e;
	if (before != NULL)
		return continue_payment(w, &o, before);
	e = pay_by_page(w, &o, &made);
	if (e == OK)
		return go_to_provider(w, &made);
	if (e == ERR_GONE)
		return show_payment(w, &o, NULL, false);
	if (e != ERR_DUPLICATE)
		return e;
	if ((e = charge_to_show(w, o.id, &before)) != OK)
		return e;
	return before == NULL ? ERR_UNAVAILABLE : continue_payment(w, &o, before);
}
