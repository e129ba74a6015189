#include "apps/tickets/find.h"
#include "apps/tickets/pages_share.h"
#include "apps/tickets/seller.h"
#include "apps/tickets/suggestions.h"
#include "common/base/clock.h"
#include "common/base/text.h"

/* The page's form as typed, field by field, so that each problem is shown beside its field. */
static err read_form(struct web *w, struct browse_form *ret_form)
{
	struct number_format n = web_number_format(w);

	return record_from_form_params(w->arena, record_browse_form(), &n, w->typed, &w->problems, ret_form);
}

static err cards_of(struct web *w, const struct listings *l, struct card **ret_cards)
{
	struct card *cards = arena_array(w->arena, l->count, sizeof *cards);
	const char **sellers;
	err e;

	if ((e = seller_names(w->db, l->rows, l->count, &sellers)) != OK)
		return e;
	for (size_t i = 0; i < l->count; i++)
		cards[i] = (struct card){&l->rows[i], sellers[i]};
	*ret_cards = cards;
	return OK;
}

/* A page that is the whole list needs no count query. */
static err count_found(struct web *w, const struct browse_form *form, const struct listings *l,
		       int64_t *ret_found)
{
	if (form->cursor.v != NULL || l->next != NULL)
		return listings_found(w, form, ret_found);
	*ret_found = (int64_t)l->count;
	return OK;
}

/* How many there are, the active filters, and suggestions for an empty list. */
static err put_results(struct web *w, const struct browse_form *form, const struct listings *l,
		       struct browse_view *view)
{
	int64_t found;
	err e;

	view->first_page = form->cursor.v == NULL;
	view->count = l->count;
	view->next = l->next;
	view->start = list_address(w, all_fields, NULL);
	if ((e = count_found(w, form, l, &found)) != OK)
		return e;
	view->found = found_text(w, found);
	filters_active(w, form, &view->filters);
	if (l->count == 0 && view->first_page && (e = suggestions_find(w, form, &view->hints)) != OK)
		return e;
	return cards_of(w, l, &view->cards);
}

static bool is_filter_wrong(const struct web *w)
{
	const struct problem *p = w->problems.first;

	while (p != NULL && p->field != NULL && strcmp(p->field, "q") == 0)
		p = p->next;
	return p != NULL;
}

static struct browse_view browse_view_of(struct web *w, const struct browse_form *form)
{
	const char *code = form->currency.v != NULL ? form->currency.v : w->config->currency;
	ticket_sort sort = form->sort.v != 0 ? form->sort : (ticket_sort){.v = ticket_sort_STARTS_AT};

	return (struct browse_view){
	    .code = code,
	    .sign = locale_currency(w->arena, w->locale, code),
	    .hold = hold_text(w),
	    .order = web_tr(w, sort_label(sort)),
	    .now = {clock_now()},
	    .open = is_filter_wrong(w),
	};
}

/* Parameters of the address that have no field on the page: show their problems without a link to a field. */
static void unlink_hidden(struct problems *problems)
{
	static const char *const hidden[] = {"currency", "limit", "cursor"};

	for (struct problem *p = problems->first; p != NULL; p = p->next)
		for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
			if (text_same(p->field, hidden[i]))
				p->field = NULL;
}

err browse_page(struct web *w, const struct browse_page_in *in)
{
	struct browse_form form = {0};
	struct listings l;
	struct browse_view view;
	struct page page;
	struct html *h;
	bool wrong;
	err e;

	(void)in;
	if ((e = read_form(w, &form)) == OK)
		e = listings_find(w, &form, &l);
	if (e != OK && e != ERR_INVALID)
		return e;
	wrong = e == ERR_INVALID;
	unlink_hidden(&w->problems);
	view = browse_view_of(w, &form);
	if (!wrong && (e = put_results(w, &form, &l, &view)) != OK)
		return e;
	h = reply_page(w, wrong ? 400 : 200, web_tr(w, tr_title_browse), &page);
	page.head = share_front(w, h, page.title);
	page_browse(h, &page, &view);
	if (!wrong)
		reply_public(w);
	return OK;
}
