/* One value of each kind: a line with the kind's name, a byte for the notation of amounts and times, then the
 * text. */
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/schema/kind.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

/* The kind with the name; an unknown name selects one of the kinds too, so that the fuzzer reaches all. */
static const struct kind *kind_of(const char *name)
{
	size_t n = 0, sum = 0;

	for (; kinds[n] != NULL; n++)
		if (strcmp(kinds[n]->name, name) == 0)
			return kinds[n];
	for (; *name != '\0'; name++)
		sum += (unsigned char)*name;
	return kinds[sum % n];
}

union value {
	uint8_t id[16];
	int64_t number;
	const char *text;
	int word;
	bool flag;
};

static bool same(const struct kind *k, const union value *x, const union value *y)
{
	return k->class == KIND_STRING ? text_same(x->text, y->text) : memcmp(x, y, k->size) == 0;
}

static void prints_back(struct arena *a, const struct kind *k, const struct number_format *n,
			const union value *v)
{
	const char *text = kind_print(a, k, n, v);
	union value again = {{0}};

	HOLDS(kind_is_null(k, v) || kind_fits(k, v));
	HOLDS(text_is_utf8(text, strlen(text)));
	HOLDS(kind_parse(a, k, n, text, &again) == OK);
	HOLDS(same(k, v, &again));
	HOLDS(strcmp(kind_print(a, k, n, &again), text) == 0);
}

static void is_what_it_says(const struct kind *k, const union value *v)
{
	if (k->class != KIND_STRING || v->text == NULL)
		return;
	HOLDS(text_length(v->text) >= (size_t)k->min && text_length(v->text) <= (size_t)k->max);
	HOLDS(k->rule == RULE_RAW || !text_has_control(v->text));
	if (k->rule == RULE_EMAIL)
		for (const char *c = v->text; *c != '\0'; c++)
			HOLDS(*c > ' ' && *c < 0x7f && !(*c >= 'A' && *c <= 'Z') &&
			      strchr("<>\",;", *c) == NULL);
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	static const char *const codes[] = {"USD", "JPY", "KWD", "EUR"};
	const struct kind *k;
	struct number_format n;
	union value v = {{0}};
	unsigned char how;

	k = kind_of(fuzz_part(a, &bytes, &len, '\n'));
	if (len < 1)
		return false;
	how = (unsigned char)bytes[0];
	n = (struct number_format){.major = (how & 1) != 0,
				   .comma = (how & 2) != 0,
				   .currency = codes[how >> 2 & 3],
				   .zone = (how & 16) != 0 ? "Europe/Berlin" : NULL};
	if (kind_parse(a, k, &n, arena_memdup(a, bytes + 1, len - 1), &v) != OK)
		return false;
	is_what_it_says(k, &v);
	prints_back(a, k, &n, &v);
	return true;
}
