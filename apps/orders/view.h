#ifndef STAGEDOOR_ORDERS_VIEW_H
#define STAGEDOOR_ORDERS_VIEW_H

#include "apps/orders/order.h"
#include "common/html/html.h"

/* What the pages of an order show. Texts are struct message of messages.def; other strings are static or live in
 * the arena. */

#define REFERENCE     ((markup){"<strong class=\"reference\">"})
#define REFERENCE_END ((markup){"</strong>"})

/* "7K4-2QX": common/base/reference.h. */
const char *order_reference(struct arena *a, order_id id);

/* A live order: where it stands. An ended one: what happened. From the buyer's side, without its full stop.
 */
const struct message *order_words(const struct order_row *o);

/* Why an order that cannot be cancelled cannot. */
struct message order_why_it_stays(const struct order_row *o);

/* What two offers of the same ticket say, and where they differ. */
struct terms_view {
	const struct terms *seen, *now; /* seen: NULL when it is not known */
	bool title, price, when, where, seat;
};
struct terms_view terms_compare(const struct terms *seen, const struct terms *now);
bool terms_differ(const struct terms_view *v);

/* The offer that an order was made for; strings are shared. */
struct terms order_terms(const struct order_row *o);

struct story_line {
	const struct message *what, *why; /* why: NULL when there is no more to say */
	when at;                          /* none: not known */
	int64_t place; /* by which lines are sorted: the time, or that of the line before */
	bool is_next;  /* it has not happened yet */
	bool is_show;  /* told at the venue's time, not the reader's */
};
enum { STORY_MAX = 8 };

struct order_view {
	const struct order_row *order;
	when now;
	const char *reference, *url, *payment_url, *calendar_url;
	bool paying;                 /* held, and a payment was begun */
	bool declined;               /* ended, because the bank said no */
	const struct message *money; /* of an ended one: was money taken, where is it now? NULL otherwise */
	const struct ticket_state
	    *again;              /* the listing when it is free to be ordered again; NULL: it is not */
	const char *mine_url;    /* the buyer's newer order of that ticket; NULL: none */
	struct terms_view terms; /* of the order and of that listing; NULL without one */
	struct story_line story[STORY_MAX];
	size_t story_count;
};

/* What can be done about the ticket of an ended order: at most one of the two. */
struct way_on {
	const struct ticket_state *again; /* the listing, free to be ordered again */
	const char *mine_url;             /* the buyer's newer order of it */
};

/* charge: NULL when none has been heard of. */
struct order_view order_view_of(struct arena *a, const struct order_row *o, when now,
				const struct known_charge *charge, const struct way_on *way);

/* What happened to the order, oldest first, and what comes next: story and story_count of the view. */
void order_tell(struct order_view *v, const struct known_charge *charge);

enum order_group { GROUP_LIVE, GROUP_BOUGHT, GROUP_ENDED, GROUPS };

/* One list of the page of orders. */
struct group_view {
	const char *id;
	const struct message *title, *empty;
	struct group_item {
		const struct order_row *order;
		const struct message *words;
		const char *reference, *left; /* left: NULL unless live */
		const char *url;
	} * items;
	size_t count;
	bool whole; /* these are all, so that it can say that there are none */
};

struct orders_view {
	struct group_view groups[GROUPS];
	when now;
	size_t count;          /* orders in all groups together */
	bool whole;            /* these are all */
	const char *next;      /* address of the older ones; NULL at the end */
	const char *first;     /* address of the newest; NULL when these are they */
	const char *reference; /* that was looked for, and not found; NULL: none was */
};

struct order_page_rows;
struct orders_view orders_view_of(struct arena *a, const struct locale *l,
				  const struct order_page_rows *part);

/* Why an order was not placed. */
struct refused_view {
	enum refusal why;
	const char *sentence;
	const struct ticket_state *offer; /* the listing as it stands */
	struct terms_view terms;          /* REFUSED_CHANGED: as the buyer saw it, and as it is now */
	when until; /* REFUSED_HELD: when it is free again at the latest; REFUSED_PAUSED: when
		       to order again */
	const char *listing_url;
	const char *order_url; /* the buyer's own order for it; NULL: none */
};

#endif
