/*
 * Lists of open listings: filters, order, paging and counting.
 *
 * Every list query takes the same record, listing_span: the bounds of the form, or the ends of the range
 * where the form has none (DAY_FIRST, DAY_LAST, UNDATED, kind_money.max). So one statement for each order
 * serves all combinations of filters. The list by start is answered from a covering index (docs/LISTS.md);
 * the other orders choose a page by index and read its rows. A search takes a second statement for each
 * order, since with OR the server would not use the full-text index.
 *
 * Paging is by key (cursor.h): the page begins after the key and id of the last row shown. Begin moves the
 * bound of the index range to that key as well, so that the rows of earlier pages are not read again.
 *
 * What must hold:
 * - key, begin and down of an order agree with the ORDER BY of its queries, id deciding between equal
 *   keys.
 * - begin excludes no row after the cursor.
 * - listings_count uses the same bounds as the lists, so that the count is that of the list.
 */
#include "apps/tickets/find.h"
#include "apps/tickets/cursor.h"
#include "apps/tickets/day.h"
#include "apps/tickets/search.h"
#include "common/base/clock.h"
#include "common/base/text.h"

enum { DEFAULT_ROWS = 20 };

const char *const all_fields[] = {NULL};

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

/* The range that the index is read in begins at the last key: the same key may go on after the cursor. */
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

typedef err find_page(struct db *db, const struct listing_span *span, struct ticket **ret_rows,
		      size_t *ret_count);

static const struct order {
	find_page *all, *matching;
	int64_t (*key)(const struct ticket *t);
	void (*begin)(struct listing_span *span);
	bool down;
} orders[] = {
    [ticket_sort_STARTS_AT] = {listings_by_start, matches_by_start, start_key, begin_at_start, false},
    [ticket_sort_PRICE] = {listings_by_price, matches_by_price, price_key, begin_at_price, false},
    [ticket_sort_PRICE_DOWN] = {listings_by_price_down, matches_by_price_down, price_key, begin_at_price_down,
				true},
    [ticket_sort_NEWEST] = {listings_by_newest, matches_by_newest, age_key, begin_at_newest, true},
};

static err day_problem(struct web *w, const char *field)
{
	return web_problem(w, field, kind_day_or_time.wrong);
}

/* A day is compared with the venue's calendar, a time with the clock. Only programs get shows that have
 * begun, when they ask for them. */
static err set_from(struct web *w, const char *from, struct listing_span *s)
{
	const int64_t now = clock_now();

	s->from_day.v = DAY_FIRST;
	s->from.v = from == NULL ? now : 1;
	if (from != NULL && day_is_real(from))
		s->from_day.v = from;
	else if (from != NULL && when_parse(from, &s->from) != OK)
		return day_problem(w, "from");
	if (!w->request.api && s->from.v < now)
		s->from.v = now;
	return OK;
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
	return when_parse(to, &s->to) == OK ? OK : day_problem(w, "to");
}

bool listings_by_price_alone(const struct browse_form *form)
{
	bool bounded = form->min_price.v != 0 || form->max_price.v != 0;
	bool ordered = form->sort.v == ticket_sort_PRICE || form->sort.v == ticket_sort_PRICE_DOWN;

	return ordered && !bounded && form->currency.v == NULL;
}

/* Amounts of different currencies cannot be compared. */
static const char *currency_of(const struct web *w, const struct browse_form *form)
{
	bool compares = form->min_price.v != 0 || form->max_price.v != 0 || listings_by_price_alone(form);

	return compares && form->currency.v == NULL ? w->config->currency : form->currency.v;
}

static void set_prices(const struct web *w, const struct browse_form *form, struct listing_span *s)
{
	s->min_price.v = form->min_price.v;
	s->max_price.v = form->max_price.v != 0 ? form->max_price.v : kind_money.max;
	s->currency.v = currency_of(w, form);
}

/* The whole list, from its beginning. */
static err span_of(struct web *w, const struct browse_form *form, struct listing_span *ret_span)
{
	struct listing_span s = {
	    .words = {search_terms(w->arena, form->q.v)},
	    .made = {UNDATED},
	    .by_category = {form->category.v != 0},
	    .category = form->category,
	};
	err from, to;

	from = set_from(w, form->from.v, &s);
	to = set_to(w, form->to.v, &s);
	set_prices(w, form, &s);
	if (from != OK || to != OK)
		return ERR_INVALID;
	*ret_span = s;
	return OK;
}

static err set_cursor(struct web *w, const struct browse_form *form, ticket_sort sort, struct listing_span *s)
{
	struct cursor c;

	s->key.v = orders[sort.v].down ? kind_natural.max : 0;
	if (form->cursor.v == NULL)
		return OK;
	if (cursor_parse(w->arena, form->cursor.v, sort, &c) != OK)
		return web_problem(w, "cursor", kind_cursor_text.wrong);
	s->key.v = c.key;
	s->id = c.id;
	orders[sort.v].begin(s);
	return OK;
}

int64_t page_rows(const struct web *w, page_size asked)
{
	if (asked.v != 0)
		return asked.v;
	return w->signed_in && !w->request.api && w->session.rows.v != 0 ? w->session.rows.v : DEFAULT_ROWS;
}

static bool is_among(const char *const *names, const char *name)
{
	for (; *names != NULL; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

const char *list_address(struct web *w, const char *const *without, const char *cursor)
{
	struct buf b = BUF(w->arena);
	char before = '?';

	buf_puts(&b, w->request.path);
	for (size_t i = 0; i < w->typed->count; i++) {
		const struct pair *p = &w->typed->list[i];

		if (*p->value == '\0' || strcmp(p->name, "cursor") == 0 || is_among(without, p->name))
			continue;
		buf_printf(&b, "%c%s=%s", before, p->name, text_percent_encode(w->arena, p->value));
		before = '&';
	}
	if (cursor != NULL)
		buf_printf(&b, "%ccursor=%s", before, cursor);
	return buf_text(&b);
}

err listings_find(struct web *w, const struct browse_form *form, struct listings *ret_listings)
{
	ticket_sort sort = form->sort.v != 0 ? form->sort : (ticket_sort){.v = ticket_sort_STARTS_AT};
	const struct order *order = &orders[sort.v];
	struct listings l = {0};
	struct listing_span span = {0};
	err e, cursor;

	e = span_of(w, form, &span);
	cursor = set_cursor(w, form, sort, &span);
	if (e != OK || cursor != OK)
		return ERR_INVALID;
	/* one row more than the page shows: if it is there, there is a next page */
	span.rows.v = page_rows(w, form->limit) + 1;
	e = (span.words.v == NULL ? order->all : order->matching)(w->db, &span, &l.rows, &l.count);
	if (e != OK)
		return e;
	if (l.count == (size_t)span.rows.v) {
		const struct ticket *last = &l.rows[--l.count - 1];
		const struct cursor c = {sort, order->key(last), last->id};

		l.next = list_address(w, all_fields, cursor_print(w->arena, &c));
	}
	*ret_listings = l;
	return OK;
}

err listings_found(struct web *w, const struct browse_form *form, int64_t *ret_found)
{
	struct listing_span span;
	struct count found;
	err e;

	if ((e = span_of(w, form, &span)) != OK)
		return e;
	span.rows.v = FOUND_MOST + 1;
	e = (span.words.v == NULL ? listings_count : matches_count)(w->db, &span, &found);
	if (e == OK)
		*ret_found = found.count.v;
	return e;
}
