/*
 * Both sides are compared line by line: each line of the release must still exist, word for word. A new field
 * of a released event must be optional, so that this version can read what the release wrote.
 */
#include "tests/unit/contract.h"
#include "amqp/events.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <string.h>

enum { BREAKS_MAX = 1000 };

static const char *const classes[] = {
    [KIND_ID] = "id",         [KIND_INTEGER] = "integer", [KIND_TIME] = "time",
    [KIND_STRING] = "string", [KIND_BOOLEAN] = "boolean", [KIND_CHOICE] = "choice",
};

static void put_field(struct buf *b, const struct event *ev, const struct field *f)
{
	const struct kind *k = f->kind;
	char name[64];

	text_camel(f->name, name);
	buf_printf(b, "field %s %s %s %lld %lld %s\n", ev->type, name, classes[k->class], (long long)k->min,
		   (long long)k->max, f->optional ? "optional" : "required");
	for (int i = 1; k->class == KIND_CHOICE && k->words[i] != NULL; i++)
		buf_printf(b, "word %s %s %s\n", ev->type, name, k->words[i]);
}

const char *contract_text(struct arena *a)
{
	struct buf b = BUF(a);

	for (size_t i = 0; events[i] != NULL; i++) {
		const struct event *ev = events[i];

		buf_printf(&b, "event %s %s %s %s\n", ev->type, ev->publisher,
			   ev->audience == EVENT_PUBLIC ? "PUBLIC" : "PRIVATE", ev->subject_field);
		for (size_t f = 0; f < ev->record()->count; f++)
			put_field(&b, ev, &ev->record()->fields[f]);
	}
	return buf_text(&b);
}

/* Does a line begin with these words? */
static bool has_line(const char *text, const char *line, size_t len)
{
	const char *end;

	for (; *text != '\0'; text = end + 1) {
		if (strncmp(text, line, len) == 0 && (text[len] == '\n' || text[len] == ' '))
			return true;
		if ((end = strchr(text, '\n')) == NULL)
			return false;
	}
	return false;
}

/* The length of the first words of a line. */
static size_t words_of(const char *line, int words)
{
	size_t len = 0;

	while (words-- > 0)
		len += strcspn(line + len, " \n") + (words > 0);
	return len;
}

/* A line of the release that is missing today; a private event may become public. */
static bool is_broken(struct arena *a, const char *now, const char *line, size_t len)
{
	const char *opened;

	if (has_line(now, line, len))
		return false;
	if (!text_starts(line, "event ") || strstr(line, " PRIVATE ") == NULL)
		return true;
	opened = arena_printf(a, "%.*s PUBLIC%.*s", (int)words_of(line, 3), line,
			      (int)(len - words_of(line, 4)), line + words_of(line, 4));
	return !has_line(now, opened, strlen(opened));
}

static bool is_newly_mandatory(const char *released, const char *line, size_t len)
{
	const char *event = line + strlen("field ");

	if (!text_starts(line, "field ") || strncmp(line + len - 9, " required", 9) != 0)
		return false;
	if (has_line(released, line, words_of(line, 3)))
		return false; /* an older field: its line is compared */
	for (const char *l = strstr(released, "event "); l != NULL; l = strstr(l + 1, "event "))
		if (strncmp(l + 6, event, strcspn(event, " ") + 1) == 0)
			return true;
	return false;
}

const char *const *contract_breaks(struct arena *a, const char *released)
{
	const char *now = contract_text(a), **list = arena_array(a, BREAKS_MAX + 1, sizeof *list),
		   **end = list;
	size_t len;

	for (const char *l = released; *l != '\0' && end - list < BREAKS_MAX; l += len + (l[len] != '\0')) {
		len = strcspn(l, "\n");
		if (is_broken(a, now, l, len))
			*end++ = arena_printf(a, "released, but no longer listed: %.*s", (int)len, l);
	}
	for (const char *l = now; *l != '\0' && end - list < BREAKS_MAX; l += len + (l[len] != '\0')) {
		len = strcspn(l, "\n");
		if (is_newly_mandatory(released, l, len))
			*end++ = arena_printf(a, "mandatory, but unknown to the release: %.*s", (int)len, l);
	}
	return list;
}
