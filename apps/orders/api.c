#include "apps/orders/order.h"
#include "apps/orders/order_list.h"
#include "apps/orders/terms.h"
#include "apps/orders/view.h"
#include "apps/orders/web.h"

err order_list(struct web *w, const struct order_list_in *in)
{
	struct json_t *list = json_array_new(w->arena);
	struct order_list page;
	err e;

	if ((e = order_list_read(w, in->form.cursor, web_rows(w, in->form.limit, API_PAGE_SIZE), &page)) !=
	    OK)
		return e;
	for (size_t i = 0; i < page.count; i++)
		json_append(list, order_json(w, &page.orders[i]));
	reply_json(w, 200, list);
	if (page.next) {
		const char *url = order_list_url(w, url_order_list(w->arena), in->form.limit, page.next);

		reply_header(w, "Link", arena_printf(w->arena, "<%s>; rel=\"next\"", url));
	}
	return OK;
}

err order_show(struct web *w, const struct order_show_in *in)
{
	struct order_row o;
	when now;
	err e;

	if ((e = order_of_caller(w, in->id, &o, &now)) != OK)
		return e;
	reply_json(w, 200, order_json(w, &o));
	return OK;
}

static struct json_t *terms_json(struct web *w, const struct terms *t)
{
	const struct number_format n = web_number_format(w);

	return json_of_record(w->arena, record_terms(), &n, t);
}

static const char *refusal_detail(struct web *w, const struct refusal *r)
{
	const char *why = refusal_sentence(w->arena, w->locale, r), *until;

	if (r->reason != REFUSED_COOL_DOWN)
		return why;
	until = locale_time(w->arena, w->locale, r->budget.allowed_at.v, w->session.zone.v, TIME_HOUR);
	return arena_printf(w->arena, "%s %s", why,
			    tr_text_refused_cool_down_until(w->arena, w->locale, until));
}

/* "current" is the listing as it is now, "seen" the one that the buyer saw, when that is still known. */
static err fail_refused(struct web *w, const struct order_request *request, const struct refusal *r)
{
	const struct terms now = offer_terms(&r->offer);
	const struct terms_of_in in = {.ticket_id = request->ticket, .revision = request->seen};
	struct terms seen;

	if (r->reason != REFUSED_OWN)
		web_problem_put(w, "current", terms_json(w, &now));
	if (r->reason == REFUSED_CHANGED && terms_of(w->db, &in, &seen) == OK)
		web_problem_put(w, "seen", terms_json(w, &seen));
	reply_retry_after(w, r);
	return web_fail_text(w, refusal_err(r->reason), refusal_detail(w, r));
}

err order_create(struct web *w, const struct order_create_in *in)
{
	const struct order_request request = order_request_of(w, &in->form);
	struct refusal refusal;
	err e = order_request_place(w, &request, &refusal);

	return refusal.reason == NOT_REFUSED ? e : fail_refused(w, &request, &refusal);
}

err order_cancel(struct web *w, const struct order_cancel_in *in)
{
	struct order_row o;
	err e = order_release(w->db, w->session.user, in->id, &o);

	if (e == ERR_CONFLICT) {
		web_problem_put(w, "current", order_json(w, &o));
		return web_fail(w, e, order_cancel_refusal(&o));
	}
	if (e == OK)
		reply_empty(w, 204);
	return e;
}
