#ifndef STAGEDOOR_TICKETS_CURSOR_H
#define STAGEDOOR_TICKETS_CURSOR_H

#include "apps/tickets/tickets.h"

/* Where a page of a list ended, for keyset paging: the order of the list, and sort key and id of its last
 * row. The key is in microseconds (starts_at, created_at, sold_at) or minor units (price); the id decides
 * between rows of the same key. */
struct cursor {
	ticket_sort sort;
	int64_t key;
	ticket_id id;
};

/* The cursor as text for an address: base64url without padding, at most 100 characters, opaque to clients.
 * In the arena. cursor_parse reads it. */
const char *cursor_print(struct arena *a, const struct cursor *c);

/* ERR_INVALID for text that cursor_print did not write, for a key outside 1 to UNDATED, and for the cursor
 * of a list in another order than sort. */
err cursor_parse(struct arena *a, const char *text, ticket_sort sort, struct cursor *ret_cursor) NODISCARD;

#endif
