#include "apps/orders/calendar.h"
#include "common/base/buf.h"
#include "common/base/clock.h"

enum { FOLD = 75 };

/* How many of at most `room` octets of s are whole characters. */
static size_t whole(const char *s, size_t len, size_t room)
{
	size_t n = room;

	if (len <= room)
		return len;
	while (n > 0 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

/* A content line, folded: what goes on begins with a space, which counts. */
static void put_line(struct buf *b, const char *line)
{
	size_t len = strlen(line), n = whole(line, len, FOLD);

	buf_add(b, line, n);
	while ((line += n, len -= n) > 0) {
		n = whole(line, len, FOLD - 1);
		buf_puts(b, "\r\n ");
		buf_add(b, line, n);
	}
	buf_puts(b, "\r\n");
}

/* Section 3.3.11: what would end a value, a list of them, or the line is escaped. */
static void put_text(struct buf *b, const char *name, const char *text)
{
	struct buf line = BUF(b->arena);

	if (text == NULL)
		return;
	buf_printf(&line, "%s:", name);
	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\n') {
			buf_puts(&line, "\\n");
			continue;
		}
		if (strchr("\\,;", *c) != NULL)
			buf_putc(&line, '\\');
		buf_putc(&line, *c);
	}
	put_line(b, buf_text(&line));
}

/* Section 3.3.5: RFC 3339 in UTC without the signs between, and without a fraction. */
static void put_time(struct buf *b, const char *name, when w)
{
	const char *time = when_print(b->arena, (when){w.v - w.v % SECOND});

	buf_printf(b, "%s:", name);
	for (; *time != '\0'; time++)
		if (*time != '-' && *time != ':')
			buf_putc(b, *time);
	buf_puts(b, "\r\n");
}

const char *calendar_text(struct arena *a, const struct calendar_event *event)
{
	struct buf b = BUF(a);

	buf_puts(&b, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Stagedoor//Orders//EN\r\n"
		     "BEGIN:VEVENT\r\n");
	put_text(&b, "UID", event->uid);
	put_time(&b, "DTSTAMP", event->stamp);
	put_time(&b, "DTSTART", event->starts);
	put_text(&b, "SUMMARY", event->summary);
	put_text(&b, "LOCATION", event->location);
	put_text(&b, "DESCRIPTION", event->description);
	if (event->url != NULL)
		put_line(&b, arena_printf(a, "URL:%s", event->url));
	buf_puts(&b, "STATUS:CONFIRMED\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	return buf_text(&b);
}
