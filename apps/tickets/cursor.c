#include "apps/tickets/cursor.h"
#include "apps/tickets/day.h"
#include "common/base/text.h"
#include <stdio.h>

/* "<number of the order>.<key>.<id>" */
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
