#ifndef STAGEDOOR_TICKETS_VIEWS_H
#define STAGEDOOR_TICKETS_VIEWS_H

#include "apps/tickets/tickets.h"

/* What the templates show. */

struct link {
	const char *text, *url;
};

struct links {
	struct link *list;
	size_t count;
};

/* A listing as a ticket stub. */
struct card {
	const struct ticket *t;
	const char *seller; /* NULL: not known here */
};

struct browse_view {
	const char *code, *sign; /* the currency of the price fields */
	const char *hold;        /* "15 minutes" */
	const char *found;       /* "58 tickets", on all pages */
	const char *order;       /* "soonest first" */
	when now;
	bool open;            /* show the filters: one of them is wrong */
	struct links filters; /* what narrows the list, and the list without it */
	struct links hints;   /* of an empty list: without which filter there would be something */
	bool first_page;
	struct card *cards;
	size_t count;
	const char *next, *start; /* addresses: of the next page, of the first */
};

/* A field of an offer as it stands, and as somebody typed it who had not seen that; NULL: empty. */
struct offer_difference {
	struct message label;
	const char *now, *typed;
	bool differs;
};

/* An offer for a form, with those fields as text that a form writes in its own way, and what stands beside the form. */
struct offer_view {
	struct ticket offer;
	const char *price, *starts_at, *time_zone, *face_value;
	const struct ticket *t; /* the listing that is edited, or that a new one is like; NULL: neither */
	bool barred;            /* a buyer is holding it: it cannot be changed now */
	bool compare;           /* what was sent rests on an older revision: show what stands now */
	bool untold;            /* … of which nothing else on the page tells */
	revision revision;      /* that the form rests on */
	struct offer_difference *differences; /* when there is something to compare */
	size_t difference_count;
	const char *hold; /* "15 minutes" */
};

struct ticket_view {
	const struct ticket *t;
	const char *seller; /* NULL: not known here */
	when since;         /* when the seller signed up */
	int64_t sold;       /* how much the seller sold, at most FOUND_MOST + 1 */
	when now;
	bool free, own, signed_in;
	const char *hold;   /* "15 minutes" */
	const char *signin; /* where a signed-out buyer goes first */
};

/* A listing as its seller sees it. */
struct own_listing {
	const struct ticket *t;
	when held_until; /* none: not held, or not known */
};

struct selling_view {
	const struct own_listing *rows;
	size_t count;
	struct state_counts states;
	when now;
	bool first_page;
	const char *next;
};

struct sales_view {
	const struct ticket *rows;
	size_t count;
	const struct sales_total *totals;
	size_t total_count;
	bool first_page;
	const char *next;
};

/* What a page says of itself to those who show links to it: Open Graph. Plain text, absolute addresses. */
struct card_tags {
	const char *title, *type, *description, *url, *locale, *image;
};

/* A listing as an entry of the feed; times as Atom writes them. */
struct feed_entry {
	const char *id, *title, *url, *published, *updated, *author, *summary;
	category category;
};

struct feed_view {
	const char *site, *self, *title, *updated;
	const struct feed_entry *entries;
	size_t count;
};

/* "15 minutes", "45 seconds": how long a hold lasts. */
const char *hold_text(const struct web *w);

/* "Concert": a category as a heading. */
struct message category_label(category c);

/* "soonest first": an order of the list. */
struct message sort_label(ticket_sort sort);

/* For form_choice: the currencies; the categories, with `any` (NULL: without) for none; the orders of a list.
 */
extern const struct choice currency_choices[];
const struct choice *category_choices(const struct html *h, const char *any);

/* The same for an offer's form; a category of a later version stays as it is, under an entry without a value.
 */
const struct choice *offered_categories(const struct html *h, category now);
const struct choice *sort_choices(const struct html *h);

/* "1,234" */
const char *number_text(const struct html *h, natural n);

#include "apps/tickets/pages.h"

#endif
