#ifndef STAGEDOOR_TICKETS_VIEWS_H
#define STAGEDOOR_TICKETS_VIEWS_H

#include "apps/tickets/tickets.h"

/* What the templates show. */

/* A listing as a ticket stub. */
struct card {
	const struct ticket *t;
	const char *clock;  /* "19:30" on the venue's clock; NULL: no date yet */
	const char *seller; /* NULL: not known here */
};

struct browse_view {
	const char *lowest_label, *highest_label; /* of the price fields: they name the currency */
	const char *hold;                         /* "15 minutes" */
	const char *order;                        /* "Soonest first" */
	bool asked;                               /* the form was used */
	bool first_page;
	struct card *cards;
	size_t count;
	const char *next;
};

/* The fields of an offer as text for a form, and what stands beside the form. */
struct offer_view {
	const char *title, *price, *venue, *starts_at, *time_zone, *seat, *face_value, *currency;
	category category;
	const struct ticket *t; /* the listing that is edited; NULL: a new one */
	bool barred;            /* a buyer is holding it: it cannot be changed now */
	bool compare;           /* what was typed rests on an older revision: show what stands now */
};

struct ticket_view {
	const struct ticket *t;
	const char *seller;
	bool free, own, signed_in;
	const char *hold;   /* "15 minutes" */
	const char *signin; /* where a signed-out buyer goes first */
};

struct selling_view {
	const struct ticket *rows;
	size_t count;
	bool first_page;
	const char *next;
};

err card_of(struct web *w, const struct ticket *t, struct card *ret_card) MUST;

/* "15 minutes", "45 seconds": how long a hold lasts. */
const char *hold_text(const struct web *w);

/* "Concert": a category as a heading. */
const char *category_label(category c);

/* "listed", "held by a buyer", "sold", "withdrawn" */
const char *state_label(const struct ticket *t);

/* "Soonest first": an order of the list. */
const char *sort_label(int word);

/* The codes of currencies.def; NULL ends them. */
extern const char *const currency_codes[];

#include "apps/tickets/pages.h"

#endif
