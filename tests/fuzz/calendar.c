/* The calendar file of an order: its lines are well-formed, and unfolding and unescaping them gives the
 * input. The lines of the bytes are its texts. */
#include "apps/orders/calendar.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

/* RFC 5545 section 3.1: a CRLF followed by a space within a line is removed. */
static const char *unfolded(struct arena *a, const char *text)
{
	struct buf b = BUF(a);

	for (const char *line = text; *line != '\0';) {
		const char *end = strstr(line, "\r\n");

		HOLDS(end != NULL && end - line <= 75);
		HOLDS(text_is_utf8(line, (size_t)(end - line)));
		HOLDS(memchr(line, '\n', (size_t)(end - line)) == NULL);
		buf_add(&b, line, (size_t)(end - line));
		line = end + 2;
		if (*line == ' ')
			line++;
		else
			buf_putc(&b, '\n');
	}
	return buf_text(&b);
}

/* The value of the one property of that name, unescaped; NULL when there is none. */
static const char *value_of(struct arena *a, const char *text, const char *name)
{
	const char *key = arena_printf(a, "\n%s:", name), *at = strstr(text, key);
	struct buf b = BUF(a);

	if (at == NULL)
		return NULL;
	HOLDS(strstr(at + 1, key) == NULL);
	for (at += strlen(key); *at != '\n'; at++) {
		if (*at != '\\') {
			HOLDS(*at != ',' && *at != ';');
			buf_putc(&b, *at);
			continue;
		}
		at++;
		HOLDS(strchr("\\,;n", *at) != NULL);
		buf_putc(&b, *at);
		if (*at == 'n')
			b.bytes[b.len - 1] = '\n';
	}
	return buf_text(&b);
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	struct calendar_event event = {.uid = "1@stage.example", .stamp = {1000000}, .starts = {2000000}};
	const char *text;

	event.summary = fuzz_part(a, &bytes, &len, '\n');
	event.location = fuzz_part(a, &bytes, &len, '\n');
	event.description = arena_memdup(a, bytes, len);
	/* validated input has neither */
	if (!text_is_utf8(event.summary, strlen(event.summary)) ||
	    !text_is_utf8(event.location, strlen(event.location)) ||
	    !text_is_utf8(event.description, strlen(event.description)) ||
	    strchr(event.summary, '\r') != NULL || strchr(event.location, '\r') != NULL ||
	    strchr(event.description, '\r') != NULL)
		return false;
	text = unfolded(a, calendar_text(a, &event));
	HOLDS(strcmp(value_of(a, text, "SUMMARY"), event.summary) == 0);
	HOLDS(strcmp(value_of(a, text, "LOCATION"), event.location) == 0);
	HOLDS(strcmp(value_of(a, text, "DESCRIPTION"), event.description) == 0);
	HOLDS(strcmp(value_of(a, text, "UID"), event.uid) == 0 && value_of(a, text, "URL") == NULL);
	return true;
}
