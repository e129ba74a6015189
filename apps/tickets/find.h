#ifndef STAGEDOOR_TICKETS_FIND_H
#define STAGEDOOR_TICKETS_FIND_H

#include "apps/tickets/tickets.h"

/* Counts stop here: one more is "more than 200". Nobody looks through more, and rows that are not counted
 * cost nothing. */
enum { FOUND_MOST = 200 };

/* One page of a list, and the address of the next one; NULL: this was the last. In the request's arena. */
struct listings {
	struct ticket *rows;
	size_t count;
	const char *next;
};

/*
 * A page of the open listings (listed, held by nobody) that the form asks for, in its order. The next page
 * is the same list with a new cursor, so it goes on where this page ended, whatever was listed or sold in
 * between. Prices are compared within one currency, the form's or else the site's. A page (not the API)
 * never lists shows that have begun. ERR_INVALID for a day, or a cursor of another list: w->problems.
 */
err listings_find(struct web *w, const struct browse_form *form, struct listings *ret_listings) NODISCARD;

/* Is the list confined to the site's currency by its order alone: by price, with neither a price nor a
 * currency in the form? */
bool listings_by_price_alone(const struct browse_form *form);

/* The address of the list that was asked for, without the parameters `without` (ended by NULL), from that
 * cursor on; NULL: from the beginning. In the request's arena. */
const char *list_address(struct web *w, const char *const *without, const char *cursor);
extern const char *const all_fields[]; /* for `without`: none is left out */

/* How many listings the form asks for, on all pages together: 0 to FOUND_MOST + 1. ERR_INVALID as
 * listings_find. */
err listings_found(struct web *w, const struct browse_form *form, int64_t *ret_found) NODISCARD;

/* How many rows a page of a list has: `asked`, else for pages the signed-in user's preference, else 20. */
int64_t page_rows(const struct web *w, page_size asked);

#endif
