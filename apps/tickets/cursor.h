#ifndef STAGEDOOR_TICKETS_CURSOR_H
#define STAGEDOOR_TICKETS_CURSOR_H

#include "apps/tickets/tickets.h"

/* Where a page of a list ended: its order, the sort key of the last row (microseconds or minor units) and
 * that row's id. Opaque as text. */
struct cursor {
	ticket_sort sort;
	int64_t key;
	ticket_id id;
};

const char *cursor_print(struct arena *a, const struct cursor *c);

/* ERR_INVALID for text that cursor_print did not write, or of a list in another order. */
err cursor_parse(struct arena *a, const char *text, ticket_sort sort, struct cursor *ret_cursor) NODISCARD;

#endif
