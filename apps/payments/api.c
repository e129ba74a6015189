#include "apps/payments/pay.h"
#include "common/base/log.h"
#include "common/http/idempotency.h"

static err say_declined(struct web *w, const struct charge_row *c)
{
	return web_fail(w, ERR_DECLINED, "%s No money was taken, and the order has ended.",
			c->failure_reason.v);
}

/* The order has a charge, made by another request. */
static err say_taken(struct web *w, const struct charge_row *c)
{
	static const char *const sentences[] = {
	    [charge_status_CREATED] =
		"A payment of this order is under way already. Look at the order in a moment.",
	    [charge_status_FAILED] = "The payment of this order has failed, and the order has ended with it.",
	    [charge_status_COMPLETED] = "This order is paid already.",
	};

	return web_fail(w, ERR_CONFLICT, "%s",
			c->stripe_refund_id.v != NULL ? "This order has ended; its payment was returned."
						      : sentences[c->status.v]);
}

/* The first request with this key was cut off: what had it come to? */
static err go_on(struct web *w, const struct charge_row *c)
{
	if (c->status.v == charge_status_COMPLETED)
		return OK;
	return c->status.v == charge_status_FAILED ? say_declined(w, c) : ERR_BANK;
}

static err pay(struct web *w, const struct payment_form *form, bool taken_over, struct charge_row *ret_charge)
{
	const struct charge_row *before;
	struct order_state o;
	err e;

	if ((e = order_to_pay(w, form->order_id, &o)) != OK)
		return e;
	if ((e = charge_to_show(w, o.id, &before)) != OK)
		return e;
	if (before != NULL) {
		*ret_charge = *before;
		return taken_over ? go_on(w, before) : say_taken(w, before);
	}
	e = pay_by_card(w, &o, form->token, ret_charge);
	if (e != ERR_DUPLICATE)
		return e;
	if ((e = charge_to_show(w, o.id, &before)) != OK)
		return e;
	return before == NULL ? ERR_AWAY : say_taken(w, before);
}

/* The payment stands, whatever becomes of the record of its answer. */
static err remember(struct web *w)
{
	err e = web_claim_done(w);

	if (e != OK)
		log_warn("the answer to a payment could not be stored under its key: %s", err_name(e));
	return OK;
}

/* A decline is an answer as good as a payment. Without a clear answer the key stays taken, until somebody
 * asks with it again. */
err payment_create(struct web *w, const struct payment_create_in *in)
{
	struct charge_row c;
	bool taken_over;
	err e, dropped;

	if ((e = web_claim(w, &taken_over)) != OK)
		return e == ERR_REPLAYED ? OK : e;
	e = pay(w, &in->form, taken_over, &c);
	if (e == OK) {
		reply_record(w, 201, record_payment_made(), &(struct payment_made){c.id});
		reply_header(w, "Location", url_payment_show(w->arena, c.id));
		return remember(w);
	}
	if (e == ERR_DECLINED) {
		reply_error(w, e);
		return remember(w);
	}
	if (e != ERR_BANK && (dropped = web_claim_drop(w)) != OK)
		log_warn("a key could not be set free: %s", err_name(dropped));
	return e;
}

err payment_show(struct web *w, const struct payment_show_in *in)
{
	struct charge_row c;
	err e = charge_by_id(w->db, &(struct charge_by_id_in){.id = in->id}, &c);

	if (e == ERR_NO_ROW || (e == OK && !id_same(c.user_id, w->session.user)))
		return web_fail(w, ERR_NOT_FOUND, "There is no such payment.");
	if (e != OK)
		return e;
	const struct payment_body body = {
	    .id = c.id,
	    .order_id = c.order_id,
	    .status = c.status,
	    .amount = c.amount,
	    .currency = c.currency,
	    .refunded = {c.stripe_refund_id.v != NULL},
	    .failure_reason = c.failure_reason,
	};
	reply_record(w, 200, record_payment_body(), &body);
	return OK;
}
