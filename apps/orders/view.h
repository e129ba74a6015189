#ifndef STAGEDOOR_ORDERS_VIEW_H
#define STAGEDOOR_ORDERS_VIEW_H

#include "apps/orders/orders.h"

/* What the pages of an order show, in words. Strings are static or live in the arena. */

/* "7K4-2QX": what people read to each other; from the random end of the id, in Crockford's base 32. */
const char *order_reference(struct arena *a, order_id id);

/* "12 minutes left", "less than a minute left". */
const char *time_left(struct arena *a, const struct order_row *o, when now);

/* A live order: where it stands. An ended one: what happened. One sentence, from the buyer's side. */
const char *order_words(const struct order_row *o);

struct story_line {
	const char *what;
	when at;
	bool next; /* not yet: until `at`, or none */
};

struct order_view {
	const struct order_row *order;
	when now;
	const char *reference;
	const char *left;  /* of a live order */
	const char *money; /* of an ended one: was money taken, where is it now? NULL otherwise */
	const struct ticket_state
	    *again; /* the listing when it is free to be ordered again; NULL: it is not */
	struct story_line story[4];
	size_t story_count;
};

/* charge: NULL when none has been heard of. again: as above. */
struct order_view order_view_of(struct arena *a, const struct order_row *o, when now,
				const struct charge_state *charge, const struct ticket_state *again);

enum order_group { GROUP_LIVE, GROUP_BOUGHT, GROUP_ENDED, GROUPS };

/* One list of the page of orders. */
struct group_view {
	const char *id, *title, *empty;
	struct group_item {
		const struct order_row *order;
		const char *reference, *words, *left; /* left: NULL unless live */
		const char *url;
	} * items;
	size_t count;
};

struct orders_view {
	struct group_view groups[GROUPS];
	size_t count;     /* orders in all groups together */
	const char *next; /* address of the older ones; NULL at the end */
};

struct orders_view orders_view_of(struct arena *a, const struct order_row *orders, size_t count, when now,
				  const char *next);

/* Why an order was not placed. */
struct refused_view {
	const char *title, *sentence;
	bool changed; /* the listing is another than the buyer saw: it may be ordered at the new terms */
	const struct terms *seen;         /* the old terms; NULL: unknown */
	const struct ticket_state *offer; /* the listing as it stands */
	bool too_many;                    /* the buyer has to make room first */
	const char *order_url;            /* the buyer's own order for it; NULL: none */
};

/* Do the two say another thing about the date, the place or the seat? */
bool terms_moved(const struct terms *seen, const struct ticket_state *offer);

#endif
