#include "apps/orders/messages.h"
#include "apps/orders/order.h"
#include "apps/orders/view.h"
#include "apps/orders/web.h"

err order_list(struct web *w, const struct order_list_in *in)
{
	struct json_t *list = json_array_new(w->arena);
	struct order_page_rows part;
	err e;

	if ((e = my_orders(w, in->form.cursor, web_rows(w, in->form.limit, API_PART), &part)) != OK)
		return e;
	for (size_t i = 0; i < part.count; i++)
		json_append(list, order_json(w, &part.orders[i]));
	reply_json(w, 200, list);
	if (part.next) {
		const char *url = next_url(w, url_order_list(w->arena), in->form.limit, part.next);

		reply_header(w, "Link", arena_printf(w->arena, "<%s>; rel=\"next\"", url));
	}
	return OK;
}

err order_show(struct web *w, const struct order_show_in *in)
{
	struct order_row o;
	when now;
	err e;

	if ((e = my_order(w, in->id, &o, &now)) != OK)
		return e;
	reply_json(w, 200, order_json(w, &o));
	return OK;
}

static struct json_t *terms_json(struct web *w, const struct terms *t)
{
	const struct number_format n = web_number_format(w);

	return json_of_record(w->arena, record_terms(), &n, t);
}

static const char *sentence(struct web *w, const struct placement *p)
{
	const char *why = refusal_sentence(w->arena, w->locale, p), *until;

	if (p->refusal != REFUSED_PAUSED)
		return why;
	until = locale_time(w->arena, w->locale, p->budget.allowed_at.v, w->session.zone.v, TIME_HOUR);
	return arena_printf(w->arena, "%s %s", why, tr_text_refused_paused_until(w->arena, w->locale, until));
}

/* The listing as it stands and, when that is still known, as the buyer saw it. */
static err refused(struct web *w, const struct placement *p, err e)
{
	const struct terms now = offer_terms(&p->offer);
	const struct terms_of_in in = {.ticket_id = p->ticket, .revision = p->seen};
	struct terms seen;

	if (p->refusal != REFUSED_OWN)
		web_problem_put(w, "current", terms_json(w, &now));
	if (p->refusal == REFUSED_CHANGED && terms_of(w->db, &in, &seen) == OK)
		web_problem_put(w, "seen", terms_json(w, &seen));
	retry_after_pause(w, p);
	return web_fail_text(w, e, sentence(w, p));
}

err order_create(struct web *w, const struct order_create_in *in)
{
	struct placement p;
	err e = place(w, &in->form, &p);

	return p.refusal == REFUSED_NOT ? e : refused(w, &p, e);
}

err order_cancel(struct web *w, const struct order_cancel_in *in)
{
	struct order_row o;
	err e = order_give_up(w->db, w->session.user, in->id, &o);

	if (e == ERR_CONFLICT) {
		web_problem_put(w, "current", order_json(w, &o));
		return web_fail(w, e, order_why_it_stays(&o));
	}
	if (e == OK)
		reply_empty(w, 204);
	return e;
}
