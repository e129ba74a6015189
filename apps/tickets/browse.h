#ifndef STAGEDOOR_TICKETS_BROWSE_H
#define STAGEDOOR_TICKETS_BROWSE_H

#include "apps/tickets/tickets.h"

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

#endif
