#include "apps/payments/order.h"
#include "apps/payments/pay.h"
#include "apps/payments/reasons.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/idempotency.h"

/* The order has a charge, made by another request. */
static err fail_taken(struct web *w, const struct charge_row *c)
{
	static const struct message *const sentences[] = {
	    [charge_status_CREATED] = &tr_pay_under_way, [charge_status_AUTHORISED] = &tr_pay_under_way,
	    [charge_status_FAILED] = &tr_pay_has_failed, [charge_status_COMPLETED] = &tr_paid_already,
	    [charge_status_UNKNOWN] = &tr_pay_under_way,
	};
	CHOICE_TABLE(sentences, charge_status);

	return web_fail(w, ERR_CONFLICT,
			c->stripe_refund_id.v != NULL ? tr_returned_already : *sentences[c->status.v]);
}

/* A payment, where it stands. *resumed: the first request with this key was cut off. */
struct payment {
	struct charge_row charge;
	struct order_state order;
	bool resumed;
};

static err create_payment(struct web *w, const struct payment_form *form, bool taken_over,
			  struct payment *ret_payment)
{
	struct payment *p = ret_payment;
	const struct charge_row *before;
	err e;

	if ((e = order_to_pay(w, form->order_id, &p->order)) != OK)
		return e;
	if ((e = charge_to_show(w, p->order.id, &before)) != OK)
		return e;
	if (before != NULL) {
		p->charge = *before;
		p->resumed = true;
		return taken_over ? OK : fail_taken(w, before);
	}
	e = pay_by_card(w, &p->order, form->token, &p->charge);
	if (e != ERR_DUPLICATE)
		return e;
	if ((e = charge_to_show(w, p->order.id, &before)) != OK)
		return e;
	return before == NULL ? ERR_UNAVAILABLE : fail_taken(w, before);
}

static err fail_declined(struct web *w, const struct payment *p)
{
	const char *why = reason_say(w->locale, p->charge.failure_reason.v);

	return web_fail_text(w, ERR_DECLINED,
			     p->resumed ? tr_text_was_declined(w->arena, w->locale, why)
					: tr_text_card_declined(w->arena, w->locale, why));
}

/* The result of the request: OK, ERR_DECLINED, ERR_GONE; ERR_PROVIDER while the outcome is unknown. Money for
 * an order that has ended was never taken, or is that of an older version and is returned. */
static err conclude_payment(struct web *w, const struct payment *p)
{
	switch (p->charge.status.v) {
	case charge_status_COMPLETED:
		return order_is_cancelled(&p->order) ? web_fail(w, ERR_GONE, tr_paid_too_late) : OK;
	case charge_status_AUTHORISED:
		return order_has_ended(&p->order) ? web_fail(w, ERR_GONE, tr_order_ended) : OK;
	case charge_status_FAILED:
		return text_same(p->charge.failure_reason.v, REASON_ORDER_ENDED)
			   ? web_fail(w, ERR_GONE, tr_order_ended)
			   : fail_declined(w, p);
	default:
		return web_fail(w, ERR_PROVIDER, tr_provider_unclear);
	}
}

static void reply_payment(struct web *w, const struct payment *p)
{
	const struct payment_made made = {
	    .id = p->charge.id, .status = p->charge.status, .order_status = p->order.status};

	reply_record(w, 201, record_payment_made(), &made);
	reply_header(w, "Location", url_payment_show(w->arena, p->charge.id));
}

/* The payment is valid even if its answer cannot be stored. */
static err store_answer(struct web *w)
{
	err e = web_claim_done(w);

	if (e != OK)
		log_warn("the answer to a payment could not be stored under its key: %s", err_name(e));
	return OK;
}

/*
 * Stores the result under the key: paid, declined, or order ended. Without a clear result the key stays
 * claimed until a request with it comes again; after a refusal it is free.
 */
err payment_create(struct web *w, const struct payment_create_in *in)
{
	struct payment p = {0};
	bool taken_over;
	err e, dropped;

	if ((e = web_claim(w, &taken_over)) != OK)
		return e == ERR_REPLAYED ? OK : e;
	if ((e = create_payment(w, &in->form, taken_over, &p)) == OK) {
		if ((e = conclude_payment(w, &p)) == ERR_PROVIDER)
			return e;
		if (e == OK)
			reply_payment(w, &p);
		else
			reply_error(w, e);
		return store_answer(w);
	}
	if (e != ERR_PROVIDER && (dropped = web_claim_drop(w)) != OK)
		log_warn("a key could not be set free: %s", err_name(dropped));
	return e;
}

/* A charge as its owner may see it: without the provider's ids. */
static struct json_t *charge_json(struct web *w, const struct charge_row *c)
{
	const struct number_format n = web_number_format(w);
	struct payment_body body = {
	    .refunded = {c->stripe_refund_id.v != NULL},
	    .failure_reason = {reason_say(w->locale, c->failure_reason.v)},
	};

	charge_row_to_payment_body(c, &body);
	return json_of_record(w->arena, record_payment_body(), &n, &body);
}

err payment_show(struct web *w, const struct payment_show_in *in)
{
	struct charge_row c;
	err e = charge_by_id(w->db, &(struct charge_by_id_in){.id = in->id}, &c);

	if (e == ERR_NO_ROW || (e == OK && !id_same(c.user_id, w->session.user)))
		return web_fail(w, ERR_NOT_FOUND, tr_no_payment);
	if (e != OK)
		return e;
	reply_json(w, 200, charge_json(w, &c));
	return OK;
}

static struct json_t *data_of(struct web *w, const struct charge_row *c)
{
	struct json_t *json = charge_json(w, c);

	json_put_text(json, "createdAt", when_print(w->arena, c->created_at));
	if (c->authorised_at.v != 0)
		json_put_text(json, "authorisedAt", when_print(w->arena, c->authorised_at));
	if (c->settled_at.v != 0)
		json_put_text(json, "settledAt", when_print(w->arena, c->settled_at));
	if (c->refunded_at.v != 0)
		json_put_text(json, "refundedAt", when_print(w->arena, c->refunded_at));
	return json;
}

static err read_cursor(struct web *w, const char *cursor, charge_id *ret_before)
{
	if (cursor != NULL && uuid_parse(cursor, ret_before->b) != OK)
		return web_problem(w, "cursor", kind_cursor_text.wrong);
	if (cursor == NULL)
		memset(ret_before->b, 0xff, sizeof ret_before->b);
	return OK;
}

/* The cursor is the id of the last charge of the page before. */
static err put_payments(struct web *w, const char *cursor, size_t rows, struct json_t *list,
			const char **ret_next)
{
	struct charges_of_user_in query = {.user_id = w->session.user, .limit = {(int64_t)rows + 1}};
	struct charge_row *charges;
	size_t count;
	err e;

	if ((e = read_cursor(w, cursor, &query.before)) != OK)
		return e;
	if ((e = charges_of_user(w->db, &query, &charges, &count)) != OK)
		return e;
	if (count > rows) {
		count = rows;
		*ret_next = id_text(w->arena, charges[rows - 1].id);
	}
	for (size_t i = 0; i < count; i++)
		json_append(list, data_of(w, &charges[i]));
	return OK;
}

err payments_data(struct web *w, const struct payments_data_in *in)
{
	return download_send(w, "payments", url_payments_data(w->arena), in->form.cursor, put_payments);
}
