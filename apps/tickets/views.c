#include "apps/tickets/views.h"
#include "apps/tickets/seller.h"
#include "apps/tickets/ticket.h"
#include "common/base/zone.h"

const char *const currency_codes[] = {
#define CURRENCY(code, digits) code,
#include "common/schema/currencies.def"
#undef CURRENCY
    NULL};

static const char *clock_of(struct arena *a, const struct ticket *t)
{
	struct wall wall;

	if (t->starts_at.v == 0 ||
	    zone_wall(t->starts_at.v, t->time_zone.v == NULL ? "UTC" : t->time_zone.v, &wall) != OK)
		return NULL;
	return arena_printf(a, "%02d:%02d", wall.hour, wall.minute);
}

err card_of(struct web *w, const struct ticket *t, struct card *ret_card)
{
	struct card c = {.t = t, .clock = clock_of(w->arena, t)};
	err e;

	if ((e = seller_name(w->db, t->user_id, &c.seller)) != OK)
		return e;
	*ret_card = c;
	return OK;
}

const char *hold_text(const struct web *w)
{
	int64_t seconds = w->config->hold_seconds;

	if (seconds % 60 != 0 || seconds < 60)
		return arena_printf(w->arena, "%lld seconds", (long long)seconds);
	return seconds == 60 ? "a minute" : arena_printf(w->arena, "%lld minutes", (long long)(seconds / 60));
}

const char *category_label(category c)
{
	static const char *const labels[] = {[category_NONE] = "",
					     [category_CONCERT] = "Concert",
					     [category_SPORTS] = "Sports",
					     [category_THEATRE] = "Theatre",
					     [category_OTHER] = "Other"};

	return labels[c.v];
}

const char *state_label(const struct ticket *t)
{
	if (t->status.v == ticket_status_LISTED && !ticket_is_free(t))
		return "held by a buyer";
	return kind_ticket_status.words[t->status.v];
}

const char *sort_label(int word)
{
	static const char *const labels[] = {[ticket_sort_NONE] = "",
					     [ticket_sort_STARTS_AT] = "Soonest first",
					     [ticket_sort_PRICE] = "Cheapest first",
					     [ticket_sort_PRICE_DOWN] = "Dearest first",
					     [ticket_sort_NEWEST] = "Newest first"};

	return labels[word];
}
