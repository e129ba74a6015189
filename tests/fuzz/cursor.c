/* The cursor of a page of the list, and the filter by days. */
#include "apps/tickets/cursor.h"
#include "apps/tickets/day.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *text = arena_memdup(a, bytes, len);
	bool taken = day_is_real(text);

	HOLDS(!taken || strlen(text) == 10);
	for (int sort = 0; sort < 8; sort++) {
		struct cursor c, again;

		if (cursor_parse(a, text, (ticket_sort){.v = sort}, &c) != OK)
			continue;
		taken = true;
		HOLDS(c.sort.v == sort);
		HOLDS(cursor_parse(a, cursor_print(a, &c), c.sort, &again) == OK);
		HOLDS(again.key == c.key && id_same(again.id, c.id) && again.sort.v == c.sort.v);
	}
	return taken;
}
