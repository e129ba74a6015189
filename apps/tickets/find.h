#ifndef STAGEDOOR_TICKETS_FIND_H
#define STAGEDOOR_TICKETS_FIND_H

#include "apps/tickets/tickets.h"

/* Counts stop here: one more is "more than 200". Nobody looks through more, and what is not counted costs
 * nothing. */
enum { FOUND_MOST = 200 };

/* One page of a list, and the address of the next one; NULL: this was the last. */
struct listings {
	struct ticket *rows;
	size_t count;
	const char *next;
};

/*
 * The open listings (listed, held by nobody) that the form asks for. The next page is the same list
 * with a new cursor: keyset paging, so that it goes on where this page ended, whatever was listed or sold in
 * between. Prices are compared within one currency, the form's or else the site's. A page (not the API) never
 * lists shows that have begun. ERR_INVALID for a day, or a cursor of another list: w->problems.
 */
err listings_find(struct web *w, const struct browse_form *form, struct listings *ret_listings) NODISCARD;

/* Is it the order by price, and nothing else, that confines the list to the site's currency? */
bool listings_by_price_alone(const struct browse_form *form);

/* The address of the list that was asked for, without these fields (NULL ends them), from that place on;
 * NULL: from its beginning. */
const char *list_address(struct web *w, const char *const *without, const char *cursor);
extern const char *const all_fields[]; /* none is left out */

/* How many the form asks for, on all pages together: 0 to FOUND_MOST + 1. */
err listings_found(struct web *w, const struct browse_form *form, int64_t *ret_found) NODISCARD;

/* How many rows a page of a list has: as asked for, else as the user likes pages, else 20. */
int64_t page_rows(const struct web *w, page_size asked);

#endif
