#include "common/base/buf.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void make_room(struct buf *b, size_t more)
{
	size_t room = b->room == 0 ? 256 : b->room;
	char *bytes;

	if (b->bytes != NULL && b->room - b->len > more)
		return;
	while (room - b->len <= more)
		room *= 2;
	bytes = arena_alloc(b->arena, room);
	if (b->len > 0)
		memcpy(bytes, b->bytes, b->len);
	b->bytes = bytes;
	b->room = room;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
	if (len == 0)
		return;
	make_room(b, len);
	memcpy(b->bytes + b->len, bytes, len);
	b->len += len;
	b->bytes[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, format);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	if (n > 0) {
		make_room(b, (size_t)n);
		vsnprintf(b->bytes + b->len, (size_t)n + 1, format, again);
		b->len += (size_t)n;
	}
	va_end(again);
	va_end(ap);
}

const char *buf_text(const struct buf *b)
{
	return b->bytes == NULL ? "" : b->bytes;
}
