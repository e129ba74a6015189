#include "apps/tickets/views.h"
#include "apps/tickets/words.h"

const char *const currency_codes[] = {
#define CURRENCY(code, digits) code,
#include "common/schema/currencies.def"
#undef CURRENCY
    NULL};

const char *hold_text(const struct web *w)
{
	return locale_duration(w->arena, w->locale, w->config->hold_seconds);
}

struct words category_label(category c)
{
	const struct words labels[] = {[category_CONCERT] = say_category_concert,
				       [category_SPORTS] = say_category_sports,
				       [category_THEATRE] = say_category_theatre,
				       [category_OTHER] = say_category_other};

	return labels[c.v];
}

struct words sort_label(ticket_sort sort)
{
	const struct words labels[] = {[ticket_sort_STARTS_AT] = say_sort_soonest,
				       [ticket_sort_PRICE] = say_sort_cheapest,
				       [ticket_sort_PRICE_DOWN] = say_sort_dearest,
				       [ticket_sort_NEWEST] = say_sort_newest};

	return labels[sort.v];
}
