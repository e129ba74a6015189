#ifndef STAGEDOOR_TICKETS_FIND_H
#define STAGEDOOR_TICKETS_FIND_H

#include "apps/tickets/tickets.h"

/* Counts stop here: one more is "more than 1,000". */
enum { FOUND_MOST = 1000 };

/* One page of a list, and the address of the next one below `path`; NULL: this was the last. */
struct listings {
	struct ticket *rows;
	size_t count;
	const char *next;
};

/*
 * The open listings (listed, held by nobody) that the form asks for. The address of the next page is path
 * with the parameters that were sent and a new cursor: keyset paging, so that it goes on where this page
 * ended, whatever was listed or sold in between. ERR_INVALID for a day, or a cursor of another list:
 * w->problems.
 */
err listings_find(struct web *w, const struct browse_form *form, const char *path,
		  struct listings *ret_listings) MUST;

/* How many the form asks for, on all pages together: 0 to FOUND_MOST + 1. */
err listings_found(struct web *w, const struct browse_form *form, int64_t *ret_found) MUST;

/* How many rows a page of a list has: as asked for, else as the user likes it, else 20. */
int64_t page_rows(const struct web *w, page_size asked);

#endif
