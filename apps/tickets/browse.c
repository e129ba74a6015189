#include "apps/tickets/browse.h"
#include "apps/tickets/cursor.h"
#include "apps/tickets/day.h"
#include "apps/tickets/views.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum { ROWS = 20 };

static int64_t start_key(const struct ticket *t)
{
	return t->starts_at.v != 0 ? t->starts_at.v : UNDATED;
}

static int64_t price_key(const struct ticket *t)
{
	return t->price.v;
}

static int64_t age_key(const struct ticket *t)
{
	return t->created_at.v;
}

/* The next page begins at the last key, or after it: what is before it need not be read. */
static void begin_at_start(struct listing_span *s)
{
	s->from.v = s->key.v > s->from.v ? s->key.v : s->from.v;
}

static void begin_at_price(struct listing_span *s)
{
	s->min_price.v = s->key.v > s->min_price.v ? s->key.v : s->min_price.v;
}

static void begin_at_price_down(struct listing_span *s)
{
	s->max_price.v = s->key.v < s->max_price.v ? s->key.v : s->max_price.v;
}

static void begin_at_newest(struct listing_span *s)
{
	s->made.v = s->key.v;
}

static const struct order {
	err (*find)(struct db *db, const struct listing_span *span, struct ticket **ret_rows,
		    size_t *ret_count);
	int64_t (*key)(const struct ticket *t);
	void (*begin)(struct listing_span *span);
	bool down;
} orders[] = {
    [ticket_sort_STARTS_AT] = {listings_by_start, start_key, begin_at_start, false},
    [ticket_sort_PRICE] = {listings_by_price, price_key, begin_at_price, false},
    [ticket_sort_PRICE_DOWN] = {listings_by_price_down, price_key, begin_at_price_down, true},
    [ticket_sort_NEWEST] = {listings_by_newest, age_key, begin_at_newest, true},
};

static err bad_day(struct web *w, const char *field)
{
	return web_problem(w, field, kind_day_or_time.wrong);
}

/* A day goes by the venue's calendar, a time by the clock. Without either a show that has begun is no longer
 * listed. */
static err set_from(struct web *w, const char *from, struct listing_span *s)
{
	s->from_day.v = DAY_FIRST;
	s->from.v = from == NULL ? clock_now() : 1;
	if (from == NULL)
		return OK;
	if (day_is_real(from)) {
		s->from_day.v = from;
		return OK;
	}
	return when_parse(from, &s->from) == OK ? OK : bad_day(w, "from");
}

static err set_to(struct web *w, const char *to, struct listing_span *s)
{
	s->to_day.v = DAY_LAST;
	s->to.v = UNDATED;
	if (to == NULL)
		return OK;
	if (day_is_real(to)) {
		s->to_day.v = to;
		return OK;
	}
	return when_parse(to, &s->to) == OK ? OK : bad_day(w, "to");
}

static void set_prices(const struct web *w, const struct browse_form *form, struct listing_span *s)
{
	bool bounded = form->min_price.v != 0 || form->max_price.v != 0;

	s->min_price.v = form->min_price.v;
	s->max_price.v = form->max_price.v != 0 ? form->max_price.v : kind_money.max;
	/* amounts of different currencies do not compare */
	s->currency.v = bounded && form->currency.v == NULL ? w->config->currency : form->currency.v;
}

static err set_place(struct web *w, const struct browse_form *form, ticket_sort sort, struct listing_span *s)
{
	struct cursor c;

	s->made.v = UNDATED;
	s->key.v = orders[sort.v].down ? kind_tally.max : 0;
	if (form->cursor.v == NULL)
		return OK;
	if (cursor_parse(w->arena, form->cursor.v, sort, &c) != OK)
		return web_problem(w, "cursor", kind_cursor_text.wrong);
	s->key.v = c.key;
	s->id = c.id;
	orders[sort.v].begin(s);
	return OK;
}

static err span_of(struct web *w, const struct browse_form *form, ticket_sort sort,
		   struct listing_span *ret_span)
{
	struct listing_span s = {.category = form->category};
	err from, to, place;

	from = set_from(w, form->from.v, &s);
	to = set_to(w, form->to.v, &s);
	set_prices(w, form, &s);
	place = set_place(w, form, sort, &s);
	if (from != OK || to != OK || place != OK)
		return ERR_INVALID;
	/* one more than is shown tells whether there is a next page */
	s.rows.v = (form->limit.v != 0 ? form->limit.v : ROWS) + 1;
	*ret_span = s;
	return OK;
}

static const char *next_address(struct web *w, const char *path, const char *cursor)
{
	struct buf b = BUF(w->arena);

	buf_printf(&b, "%s?", path);
	for (size_t i = 0; i < w->typed->count; i++) {
		const struct pair *p = &w->typed->list[i];

		if (strcmp(p->name, "cursor") != 0 && *p->value != '\0')
			buf_printf(&b, "%s=%s&", p->name, text_percent_encode(w->arena, p->value));
	}
	buf_printf(&b, "cursor=%s", cursor);
	return buf_text(&b);
}

err listings_find(struct web *w, const struct browse_form *form, const char *path,
		  struct listings *ret_listings)
{
	ticket_sort sort = form->sort.v != 0 ? form->sort : (ticket_sort){ticket_sort_STARTS_AT};
	struct listings l = {0};
	struct listing_span span;
	err e;

	if ((e = span_of(w, form, sort, &span)) != OK)
		return e;
	if ((e = orders[sort.v].find(w->db, &span, &l.rows, &l.count)) != OK)
		return e;
	if (l.count == (size_t)span.rows.v) {
		const struct ticket *last = &l.rows[--l.count - 1];
		const struct cursor c = {sort, orders[sort.v].key(last), last->id};

		l.next = next_address(w, path, cursor_print(w->arena, &c));
	}
	*ret_listings = l;
	return OK;
}

err api_tickets(struct web *w, const struct api_tickets_in *in)
{
	struct notation n = web_notation(w);
	struct json_t *array = json_array_new(w->arena);
	struct listings l;
	err e;

	if ((e = listings_find(w, &in->form, w->request.path, &l)) != OK)
		return e;
	for (size_t i = 0; i < l.count; i++)
		json_append(array, json_of_record(w->arena, record_ticket(), &n, &l.rows[i]));
	reply_json(w, 200, array);
	if (l.next != NULL)
		reply_header(w, "Link", arena_printf(w->arena, "<%s>; rel=\"next\"", l.next));
	reply_public(w);
	return OK;
}

/* What was typed into the page's form, field by field, so that a fault is shown beside what was typed. */
static err read_words(struct web *w, struct browse_form *ret_form)
{
	struct notation n = web_notation(w);

	return record_from_pairs(w->arena, record_browse_form(), &n, w->typed, &w->problems, ret_form);
}

static err cards_of(struct web *w, const struct listings *l, struct card **ret_cards)
{
	struct card *cards = arena_array(w->arena, l->count, sizeof *cards);
	err e;

	for (size_t i = 0; i < l->count; i++)
		if ((e = card_of(w, &l->rows[i], &cards[i])) != OK)
			return e;
	*ret_cards = cards;
	return OK;
}

static err view_of(struct web *w, const struct browse_form *form, const struct listings *l,
		   struct browse_view *ret_view)
{
	const char *code = form->currency.v != NULL ? form->currency.v : w->config->currency;
	const char *sign = locale_currency(w->arena, w->locale, code);
	struct browse_view view = {
	    .lowest_label = arena_printf(w->arena, "Price from, %s", sign),
	    .highest_label = arena_printf(w->arena, "Price to, %s", sign),
	    .hold = hold_text(w),
	    .order = sort_label(form->sort.v != 0 ? form->sort.v : ticket_sort_STARTS_AT),
	    .asked = w->typed->count > 0,
	    .first_page = form->cursor.v == NULL,
	    .count = l->count,
	    .next = l->next,
	};
	err e;

	if ((e = cards_of(w, l, &view.cards)) != OK)
		return e;
	*ret_view = view;
	return OK;
}

err browse_page(struct web *w, const struct browse_page_in *in)
{
	struct browse_form form = {0};
	struct listings l = {0};
	struct browse_view view;
	struct page page;
	struct html *h;
	bool wrong;
	err e;

	(void)in;
	if ((e = read_words(w, &form)) == OK)
		e = listings_find(w, &form, w->request.path, &l);
	if (e != OK && e != ERR_INVALID)
		return e;
	wrong = e == ERR_INVALID;
	if ((e = view_of(w, &form, &l, &view)) != OK)
		return e;
	h = reply_page(w, wrong ? 400 : 200, "Tickets from people who can’t go", &page);
	page_browse(h, &page, &view);
	if (!wrong)
		reply_public(w);
	return OK;
}
