#ifndef STAGEDOOR_BASE_BUF_H
#define STAGEDOOR_BASE_BUF_H

#include "common/base/arena.h"
#include <stddef.h>

/* A growing byte string in an arena; bytes[len] is always NUL. Begin with BUF(arena). */
struct buf {
	struct arena *arena;
	char *bytes;
	size_t len, room;
};

#define BUF(a) ((struct buf){.arena = (a)})

/* Each appends: len bytes, a string, one byte, what printf(3) makes. The bytes are copied; running out of
 * memory ends the process. */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes so far as a string, "" when there are none. Valid until the next change. */
const char *buf_text(const struct buf *b);

#endif
