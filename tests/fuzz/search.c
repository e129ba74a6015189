/* Search words, as passed to the database's boolean search, and as data for search engines on a page. */
#include "apps/tickets/search.h"
#include "common/base/text.h"
#include "common/html/json_ld.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

/* Terms are "+__word*", separated by spaces: the user's words contain no operators of the search. */
static bool terms(struct arena *a, const char *words)
{
	const char *text = search_terms(a, words);
	bool some = false;

	for (const char *at = text; *at != '\0';) {
		size_t len = strcspn(at, " ");

		HOLDS(text_starts(at, "+__"));
		at += 3;
		len -= 3;
		if (len > 0 && at[len - 1] == '*')
			HOLDS(len > 1);
		for (size_t i = 0; i + (len > 0 && at[len - 1] == '*') < len; i++)
			HOLDS(strchr("+-<>()~*\"@%'\\ ", at[i]) == NULL);
		some |= len > 0 && *at != '_';
		at += len + (at[len] == ' ');
	}
	HOLDS(text_is_utf8(text, strlen(text)));
	return some;
}

/* With any value the element ends where it should, and contains the same JSON. */
static void on_a_page(struct arena *a, const char *value)
{
	static const char begin[] = "<script type=\"application/ld+json\">", end[] = "</script>";
	struct json_t *json = json_object_new(a), *again;
	const char *text, *inside;

	json_put_text(json, "name", value);
	text = html_json_ld(a, json).v;
	HOLDS(text_starts(text, begin) && strlen(text) >= sizeof begin + sizeof end - 2);
	inside = arena_memdup(a, text + sizeof begin - 1, strlen(text) - sizeof begin - sizeof end + 2);
	HOLDS(strcmp(text + sizeof begin - 1 + strlen(inside), end) == 0);
	HOLDS(strpbrk(inside, "<>&") == NULL);
	HOLDS(json_parse(a, inside, strlen(inside), &again) == OK);
	HOLDS(strcmp(json_text(a, again), json_text(a, json)) == 0);
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *text = arena_memdup(a, bytes, len);

	if (!text_is_utf8(text, strlen(text)))
		return false;
	on_a_page(a, text);
	return terms(a, text);
}
