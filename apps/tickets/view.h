#ifndef STAGEDOOR_TICKETS_VIEW_H
#define STAGEDOOR_TICKETS_VIEW_H

#include "apps/tickets/tickets.h"

/* The view models of the templates (pages/), and what several of them need. Nothing here is owned: all of
 * it is in the request's arena, or constant. */

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
	bool open;            /* open the filters: one of them has a problem */
	struct links filters; /* each active filter, with the address of the list without it */
	struct links hints;   /* for an empty list: the filters without which it would not be */
	bool first_page;
	struct card *cards;
	size_t count;
	const char *next, *start; /* addresses: of the next page, of the first */
};

/* A field of an offer: its current value, and what its seller typed without having seen that; NULL: empty. */
struct offer_difference {
	struct message label;
	const char *now, *typed;
	bool differs;
};

/* An offer for a form. Some fields are text as well, since a form writes them differently from a page. */
struct offer_view {
	struct ticket offer;
	const char *price, *starts_at, *time_zone, *face_value;
	const struct ticket *t; /* the listing that is edited, or that a new one is like; NULL: neither */
	struct proposal last;   /* the last proposal; version null: there was none */
	bool sent;              /* it is undecided, so no other can be made */
	const char *refused;    /* why it was refused; NULL: it was not, or the page reports it as an error */
	bool barred;            /* a buyer holds the ticket, so the offer cannot be changed */
	bool compare;           /* the form is based on an older revision: show the current offer beside it */
	bool explain_change;    /* with compare: no error on the page says that the offer was changed */
	revision revision;      /* that the form is based on */
	struct offer_difference *differences; /* when compare */
	size_t difference_count;
	const char *hold; /* "15 minutes" */
};

struct ticket_view {
	const struct ticket *t;
	const char *seller; /* NULL: not known here */
	when since;         /* when the seller signed up */
	int64_t sold;       /* how many tickets the seller sold, at most FOUND_MOST + 1 */
	when now;
	bool free, own, signed_in;
	bool saved;          /* the seller's change has just been made */
	const char *refused; /* the seller's last change or withdrawal was, and why; NULL: not */
	const char *hold;    /* "15 minutes" */
	const char *signin;  /* where a signed-out buyer goes first */
};

/* A listing as its seller sees it. */
struct own_listing {
	const struct ticket *t;
	when held_until; /* null: not held, or not known yet */
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

/* Open Graph: what those who show a link to the page show with it. Plain text, absolute addresses. */
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

/* How long a hold lasts, in the reader's language: "15 minutes", "45 seconds". */
const char *hold_text(const struct web *w);

/* A category as a heading: "Concert". One of a later version is "Other". */
struct message category_label(category c);

/* An order of the list: "soonest first". */
struct message sort_label(ticket_sort sort);

/* The choices of a <select>, for form_choice: value and label, ended by a NULL value. */
extern const struct choice currency_choices[];

/* The categories; `any` is the label of an entry without a value before them, NULL: no such entry. */
const struct choice *category_choices(const struct html *h, const char *any);

/* The categories for the form of an offer. One that a later version has added stays as it is: it is shown
 * as an entry without a value. */
const struct choice *offered_categories(const struct html *h, category now);

/* The orders of a list of listings. */
const struct choice *sort_choices(const struct html *h);

/* A count with the reader's separators: "1,234". */
const char *number_text(const struct html *h, natural n);

#include "apps/tickets/pages.h"

#endif
