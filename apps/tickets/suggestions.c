/*
 * Each filter of the form of listings is a row of filters[]: its text, how to drop it, its name in a
 * suggestion, and its parameters in the address. An empty list is searched again without one filter at a
 * time, and those without which it is not empty are suggested. Two filters at once are not tried: that
 * would be ten count queries more for a suggestion that few understand.
 */
#include "apps/tickets/suggestions.h"
#include "apps/tickets/day.h"
#include "apps/tickets/find.h"

static const char *filter_words_text(struct web *w, const struct browse_form *form)
{
	return form->q.v == NULL ? NULL : tr_text_filter_words(w->arena, w->locale, form->q.v);
}

static const char *filter_category_text(struct web *w, const struct browse_form *form)
{
	return form->category.v == 0 ? NULL : web_tr(w, category_label(form->category));
}

/* "3 December 2026"; a time with its hour. */
static const char *day_text(struct web *w, const char *day)
{
	const char *rfc3339 = day_is_real(day) ? arena_printf(w->arena, "%sT00:00:00Z", day) : day;
	when at;

	if (when_parse(rfc3339, &at) != OK)
		return day;
	return locale_time(w->arena, w->locale, at.v, "UTC", rfc3339 == day ? TIME_MOMENT : TIME_DATE);
}

/* "From a", "Until b", "a to b" */
static const char *range_text(struct web *w, const char *from, const char *to,
			      const char *(*until)(struct arena *, const struct locale *, const char *))
{
	if (from != NULL && to != NULL)
		return tr_text_filter_between(w->arena, w->locale, from, to);
	if (from != NULL)
		return tr_text_filter_from(w->arena, w->locale, from);
	return to != NULL ? until(w->arena, w->locale, to) : NULL;
}

static const char *filter_dates_text(struct web *w, const struct browse_form *form)
{
	return range_text(w, form->from.v == NULL ? NULL : day_text(w, form->from.v),
			  form->to.v == NULL ? NULL : day_text(w, form->to.v), tr_text_filter_to);
}

static const char *filter_prices_text(struct web *w, const struct browse_form *form)
{
	const char *code = form->currency.v != NULL ? form->currency.v : w->config->currency;
	const char *range =
	    range_text(w, money_text(w->arena, w->locale, form->min_price, code),
		       money_text(w->arena, w->locale, form->max_price, code), tr_text_filter_up_to);

	if (range != NULL || form->currency.v == NULL)
		return range;
	return tr_text_filter_currency(w->arena, w->locale, code);
}

static const char *filter_order_text(struct web *w, const struct browse_form *form)
{
	if (!listings_by_price_alone(form))
		return NULL;
	return tr_text_filter_ordered(w->arena, w->locale, web_tr(w, sort_label(form->sort)),
				      w->config->currency);
}

static void drop_words(struct browse_form *form)
{
	form->q.v = NULL;
}

static void drop_category(struct browse_form *form)
{
	form->category.v = 0;
}

static void drop_dates(struct browse_form *form)
{
	form->from.v = form->to.v = NULL;
}

static void drop_prices(struct browse_form *form)
{
	form->min_price.v = form->max_price.v = 0;
	form->currency.v = NULL;
}

static void drop_order(struct browse_form *form)
{
	form->sort.v = 0;
}

static const struct filter {
	const char *(*text)(struct web *w, const struct browse_form *form); /* NULL: not set */
	void (*drop)(struct browse_form *form);
	const struct message *any;
	const char *fields[4];
} filters[] = {
    {filter_words_text, drop_words, &tr_any_words, {"q"}},
    {filter_category_text, drop_category, &tr_any_category, {"category"}},
    {filter_dates_text, drop_dates, &tr_any_date, {"from", "to"}},
    {filter_prices_text, drop_prices, &tr_any_price, {"minPrice", "maxPrice", "currency"}},
    {filter_order_text, drop_order, &tr_any_currency, {"sort"}},
};
enum { FILTERS = sizeof filters / sizeof *filters };

const char *found_text(const struct web *w, int64_t found)
{
	if (found > FOUND_MOST)
		return tr_text_found_more(w->arena, w->locale,
					  locale_number(w->arena, w->locale, FOUND_MOST));
	return tr_text_found(w->arena, w->locale, found);
}

void filters_active(struct web *w, const struct browse_form *form, struct links *ret_filters)
{
	struct links l = {.list = arena_array(w->arena, FILTERS, sizeof *l.list)};

	for (const struct filter *f = filters; f < filters + FILTERS; f++) {
		const char *text = f->text(w, form);

		if (text != NULL)
			l.list[l.count++] = (struct link){text, list_address(w, f->fields, NULL)};
	}
	*ret_filters = l;
}

err suggestions_find(struct web *w, const struct browse_form *form, struct links *ret_hints)
{
	struct links l = {.list = arena_array(w->arena, FILTERS, sizeof *l.list)};
	err e;

	for (const struct filter *f = filters; f < filters + FILTERS; f++) {
		struct browse_form without = *form;
		int64_t found;

		if (f->text(w, form) == NULL)
			continue;
		f->drop(&without);
		if ((e = listings_found(w, &without, &found)) != OK)
			return e;
		if (found > 0)
			l.list[l.count++] = (struct link){
			    tr_text_suggestion(w->arena, w->locale, web_tr(w, *f->any), found_text(w, found)),
			    list_address(w, f->fields, NULL)};
	}
	*ret_hints = l;
	return OK;
}
