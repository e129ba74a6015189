/*
 * Cursors of keyset paging: "<number of the order>.<key>.<id>" as base64url. The next page is the rows
 * after that key and id, so its cost does not depend on how far the reader has come, and rows that were
 * listed or sold in between are neither repeated nor skipped. A page number could do neither.
 *
 * A cursor is not signed: it gives access to nothing that the list does not show anyway. But it comes from
 * outside, so cursor_parse accepts only what cursor_print can have written: the order must be the list's
 * own, since a key of another order means something else, and the key must fit the SQL that it is bound to
 * (UNDATED is the greatest time that the database stores). Encoded it is opaque, so that its form can
 * change.
 */
#include "apps/tickets/cursor.h"
#include "apps/tickets/day.h"
#include "common/base/text.h"
#include <stdio.h>

const char *cursor_print(struct arena *a, const struct cursor *c)
{
	const char *plain = arena_printf(a, "%d.%lld.%s", c->sort.v, (long long)c->key, id_text(a, c->id));

	return text_base64url(a, plain, strlen(plain));
}

err cursor_parse(struct arena *a, const char *text, ticket_sort sort, struct cursor *ret_cursor)
{
	struct cursor c = {0};
	uint8_t *plain;
	size_t len;
	long long key;
	int at = 0;

	if (strlen(text) > 100 || text_unbase64url(a, text, strlen(text), &plain, &len) != OK)
		return ERR_INVALID;
	text = arena_memdup(a, plain, len);
	if (sscanf(text, "%1d.%18lld.%n", &c.sort.v, &key, &at) != 2 || at == 0 ||
	    uuid_parse(text + at, c.id.b) != OK)
		return ERR_INVALID;
	if (c.sort.v != sort.v || key < 1 || key > UNDATED)
		return ERR_INVALID;
	c.key = key;
	*ret_cursor = c;
	return OK;
}
