#include "apps/orders/calendar.h"
#include "apps/orders/messages.h"
#include "apps/orders/view.h"
#include "apps/orders/web.h"

static void offer_as_file(struct web *w, const char *name)
{
	reply_header(w, "Content-Disposition", arena_printf(w->arena, "attachment; filename=\"%s\"", name));
}

/* "tickets.example" of "https://tickets.example:8443": of the site, not of the request, so that an entry that
 * is fetched again replaces the first. */
static const char *site_host(const struct web *w)
{
	const char *host = strstr(w->config->site_url, "://");

	host = host == NULL ? w->config->site_url : host + 3;
	return arena_memdup(w->arena, host, strcspn(host, ":/"));
}

static const char *description(struct web *w, const struct order_row *o, const char *reference,
			       const char *url)
{
	const char *about = tr_text_calendar_reference(w->arena, w->locale, reference);

	if (o->seat.v != NULL)
		about = arena_printf(w->arena, "%s\n%s",
				     tr_text_calendar_seat(w->arena, w->locale, o->seat.v), about);
	return arena_printf(w->arena, "%s\n%s", about, url);
}

static const char *calendar_of(struct web *w, const struct order_row *o, const char *reference)
{
	const char *url =
	    arena_printf(w->arena, "%s%s", w->config->site_url, url_order_page(w->arena, o->id));
	const struct calendar_event event = {
	    .uid = arena_printf(w->arena, "%s@%s", id_text(w->arena, o->id), site_host(w)),
	    .stamp = o->ended_at,
	    .starts = o->starts_at,
	    .summary = o->title.v,
	    .location = o->venue.v,
	    .description = description(w, o, reference, url),
	    .url = url,
	};

	return calendar_text(w->arena, &event);
}

err order_calendar(struct web *w, const struct order_calendar_in *in)
{
	struct order_row o;
	when now;
	err e;

	if ((e = my_order(w, in->id, &o, &now)) != OK)
		return e;
	if (o.status.v != order_status_COMPLETED || o.starts_at.v == 0)
		return web_fail(w, ERR_NOT_FOUND, tr_no_calendar);
	const char *reference = order_reference(w->arena, o.id);
	reply_text(w, 200, "text/calendar", calendar_of(w, &o, reference));
	offer_as_file(w, arena_printf(w->arena, "stagedoor-%s.ics", reference));
	return OK;
}

static struct json_t *data_of(struct web *w, const struct order_row *o)
{
	struct json_t *json = order_json(w, o);

	json_put_text(json, "reference", order_reference(w->arena, o->id));
	if (o->held_at.v != 0)
		json_put_text(json, "heldAt", when_print(w->arena, o->held_at));
	if (o->ended_at.v != 0)
		json_put_text(json, "endedAt", when_print(w->arena, o->ended_at));
	return json;
}

static err put_orders(struct web *w, const char *cursor, size_t rows, struct json_t *list,
		      const char **ret_next)
{
	struct order_page_rows part;
	err e = my_orders(w, (cursor_text){cursor}, rows, &part);

	if (e != OK)
		return e;
	for (size_t i = 0; i < part.count; i++)
		json_append(list, data_of(w, &part.orders[i]));
	*ret_next = part.next;
	return OK;
}

err orders_data(struct web *w, const struct orders_data_in *in)
{
	return download_send(w, "orders", url_orders_data(w->arena), in->form.cursor, put_orders);
}
