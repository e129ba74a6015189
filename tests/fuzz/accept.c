/* The header Accept-Language, as browsers and others send it. */
#include "common/base/locale.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *header = arena_memdup(a, bytes, len);
	const struct locale *l = locale_for(header), *first = locale_for(NULL);

	HOLDS(l != NULL && locale_of_tag(l->tag) == l);
	HOLDS(locale_for(header) == l);
	/* another header before does not change the result */
	HOLDS(locale_for("de-AT") == locale_of_tag("de-AT"));
	HOLDS(locale_for(header) == l);
	if (locale_of_tag(header) != NULL)
		HOLDS(locale_of_tag(header) == l);
	return l != first;
}
