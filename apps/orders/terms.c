#include "apps/orders/terms.h"
#include "common/base/text.h"

struct terms offer_terms(const struct known_ticket *t)
{
	struct terms terms = {.ticket_id = t->id};

	known_ticket_to_terms(t, &terms);
	return terms;
}

struct terms order_terms(const struct order_row *o)
{
	struct terms terms = {.revision = o->ticket_revision};

	order_row_to_terms(o, &terms);
	return terms;
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
