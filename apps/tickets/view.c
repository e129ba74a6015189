#include "apps/tickets/view.h"

const struct choice currency_choices[] = {
#define CURRENCY(code, digits) {code, code},
#include "common/schema/currencies.def"
#undef CURRENCY
    {NULL, NULL}};

const char *hold_text(const struct web *w)
{
	return locale_duration(w->arena, w->locale, w->config->hold_seconds);
}

struct message category_label(category c)
{
	const struct message labels[] = {
	    [category_CONCERT] = tr_category_concert, [category_SPORTS] = tr_category_sports,
	    [category_THEATRE] = tr_category_theatre, [category_OTHER] = tr_category_other,
	    [category_UNKNOWN] = tr_category_other,
	};
	CHOICE_TABLE(labels, category);

	return labels[c.v];
}

struct message sort_label(ticket_sort sort)
{
	const struct message labels[] = {
	    [ticket_sort_STARTS_AT] = tr_sort_soonest,
	    [ticket_sort_PRICE] = tr_sort_cheapest,
	    [ticket_sort_PRICE_DOWN] = tr_sort_most_expensive,
	    [ticket_sort_NEWEST] = tr_sort_newest,
	};

	return labels[sort.v];
}

static struct choice choice_of(const struct html *h, const struct kind *k, int word, struct message label)
{
	return (struct choice){k->words[word], TR(h, label)};
}

const struct choice *category_choices(const struct html *h, const char *any)
{
	struct choice *list = arena_array(h->out.arena, category_OTHER + 2, sizeof *list), *end = list;

	if (any != NULL)
		*end++ = (struct choice){"", any};
	for (int i = category_CONCERT; i <= category_OTHER; i++)
		*end++ = choice_of(h, &kind_category, i, category_label((category){.v = i}));
	return list;
}

const struct choice *offered_categories(const struct html *h, category now)
{
	return category_choices(h, now.v == category_UNKNOWN ? TR(h, tr_category_other) : NULL);
}

const struct choice *sort_choices(const struct html *h)
{
	struct choice *list = arena_array(h->out.arena, ticket_sort_NEWEST + 1, sizeof *list), *end = list;

	for (int i = ticket_sort_STARTS_AT; i <= ticket_sort_NEWEST; i++)
		*end++ = choice_of(h, &kind_ticket_sort, i, sort_label((ticket_sort){.v = i}));
	return list;
}

const char *number_text(const struct html *h, natural n)
{
	return locale_number(h->out.arena, h->locale, n.v);
}
