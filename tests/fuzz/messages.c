/* Sentences with values: message_fill, ICU messages, and both on a page. The lines of the bytes are the
 * values. */
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/html/html.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

static const struct message one_of = TEXTS("{0,plural,one{# ticket}other{# tickets}} for {1}, {2}",
					   "{0,plural,one{# Ticket}other{# Tickets}} für {1}, {2}");
static const struct message fill =
    TEXTS("Held for {0} by {1}’s friend {0}{2}", "Für {0} von {1} gehalten {0}{2}");

static size_t count_of(const char *text, const char *what)
{
	size_t n = 0;

	while (*what != '\0' && (text = strstr(text, what)) != NULL) {
		text += strlen(what);
		n++;
	}
	return n;
}

static void filled(struct arena *a, const char *const *args)
{
	const char *text = message_fill(a, "<{0}|{1}|{0}>", args, 2);

	HOLDS(strcmp(text, arena_printf(a, "<%s|%s|%s>", args[0], args[1], args[0])) == 0);
	/* a value is not parsed for placeholders */
	HOLDS(strcmp(message_fill(a, "{0}", args, 1), args[0]) == 0);
	HOLDS(strcmp(message_fill(a, "{1}{9}{x", args, 1), "{1}{9}{x") == 0);
}

static void message(struct arena *a, const struct locale *l, int64_t n, const char *const *args)
{
	const char *text = locale_message(a, l, message_in(l, one_of), n, args, 2);

	HOLDS(text_is_utf8(text, strlen(text)));
	/* the sentence, never the pattern */
	HOLDS(text_starts(text, "{") == false);
	HOLDS(strstr(text, args[0]) != NULL && strstr(text, args[1]) != NULL);
	HOLDS(count_of(text, "icket") >= 1);
}

/* Values are put into sentences as HTML by html_put: a value never becomes a tag. */
static void on_a_page(struct arena *a, const struct locale *l, int64_t n, const char *const *args)
{
	struct html h = {.out = BUF(a), .locale = l, .currency = "USD"};
	const char *escaped[3], *text;

	for (size_t i = 0; i < 2; i++) {
		struct html aside = html_aside(&h);

		html_put_text(&aside, args[i]);
		escaped[i] = buf_text(&aside.out);
	}
	escaped[2] = "";
	html_tr(&h, fill, escaped, 3);
	html_tr_plural(&h, one_of, n, escaped, 2);
	text = buf_text(&h.out);
	HOLDS(strpbrk(text, "<>\"'") == NULL);
	HOLDS(strstr(text, escaped[0]) != NULL && strstr(text, escaped[1]) != NULL);
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const struct locale *l = locale_of_tag(len % 2 == 0 ? "en-GB" : "de");
	const char *args[2];

	args[0] = fuzz_part(a, &bytes, &len, '\n');
	args[1] = fuzz_part(a, &bytes, &len, '\n');
	filled(a, args);
	if (!text_is_utf8(args[0], strlen(args[0])) || !text_is_utf8(args[1], strlen(args[1])))
		return false;
	message(a, l, (int64_t)len, args);
	on_a_page(a, l, (int64_t)len * 1000003, args);
	return true;
}
