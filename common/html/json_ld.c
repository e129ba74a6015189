#include "common/html/json_ld.h"
#include <string.h>

/* Outside of strings JSON has none of these. */
static const struct {
	const char *bytes, *escape;
} escapes[] = {
    {"<", "\\u003c"},
    {">", "\\u003e"},
    {"&", "\\u0026"},
    {"\xe2\x80\xa8", "\\u2028"},
    {"\xe2\x80\xa9", "\\u2029"},
};

/* How many bytes at s are written otherwise: 0, or those of *ret_escape. */
static size_t escaped(const char *s, const char **ret_escape)
{
	for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
		size_t len = strlen(escapes[i].bytes);

		if (strncmp(s, escapes[i].bytes, len) == 0) {
			*ret_escape = escapes[i].escape;
			return len;
		}
	}
	return 0;
}

markup html_json_ld(struct arena *a, const struct json_t *json)
{
	const char *s = json_text(a, json), *escape;
	struct buf b = BUF(a);

	buf_puts(&b, "<script type=\"application/ld+json\">");
	while (*s != '\0') {
		size_t len = escaped(s, &escape);

		if (len > 0)
			buf_puts(&b, escape);
		else
			buf_putc(&b, *s);
		s += len > 0 ? len : 1;
	}
	buf_puts(&b, "</script>");
	return (markup){buf_text(&b)};
}
