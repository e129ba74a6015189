#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 16 * 1024 };

/* For the address sanitizer: only allocated bytes are accessible, not those after each piece nor those of a
 * block that was reset. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
enum { GAP = 16 };
#define HIDE(p, size) ASAN_POISON_MEMORY_REGION(p, size)
#define SHOW(p, size) ASAN_UNPOISON_MEMORY_REGION(p, size)
#endif
#endif
#ifndef HIDE
enum { GAP = 0 };
#define HIDE(p, size) ((void)(p), (void)(size))
#define SHOW(p, size) ((void)(p), (void)(size))
#endif

struct block {
	struct block *next;
	size_t size, used;
	alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*fn)(void *);
	void *object;
};

struct arena {
	struct block *blocks;
	struct deferred *deferred;
};

static struct block *block_new(size_t size)
{
	struct block *b = malloc(sizeof *b + size);

	BUG_IF(b == NULL);
	*b = (struct block){.size = size};
	HIDE(b->bytes, size);
	return b;
}

struct arena *arena_new(void)
{
	struct arena *a = calloc(1, sizeof *a);

	BUG_IF(a == NULL);
	a->blocks = block_new(FIRST_BLOCK);
	return a;
}

static void run_deferred(struct arena *a)
{
	while (a->deferred != NULL) {
		struct deferred *d = a->deferred;

		a->deferred = d->next;
		d->fn(d->object);
	}
}

void arena_reset(struct arena *a)
{
	run_deferred(a);
	while (a->blocks->next != NULL) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		SHOW(b->bytes, b->size);
		free(b);
	}
	a->blocks->used = 0;
	HIDE(a->blocks->bytes, a->blocks->size);
}

void arena_free(struct arena *a)
{
	if (a == NULL)
		return;
	arena_reset(a);
	SHOW(a->blocks->bytes, a->blocks->size);
	free(a->blocks);
	free(a);
}

void *arena_alloc(struct arena *a, size_t size)
{
	const size_t align = alignof(max_align_t), asked = size;
	struct block *b = a->blocks;
	void *p;

	BUG_IF(size > SIZE_MAX / 2);
	size = (size + GAP + align - 1) / align * align;
	if (b->size - b->used < size) {
		b = block_new(size > FIRST_BLOCK ? size : 2 * FIRST_BLOCK);
		b->next = a->blocks;
		a->blocks = b;
	}
	p = b->bytes + b->used;
	b->used += size;
	SHOW(p, asked);
	return memset(p, 0, asked);
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	BUG_IF(size != 0 && count > SIZE_MAX / 2 / size);
	return arena_alloc(a, count * size);
}

char *arena_memdup(struct arena *a, const void *s, size_t len)
{
	char *copy = arena_alloc(a, len + 1);

	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s == NULL ? NULL : arena_memdup(a, s, strlen(s));
}

char *arena_vprintf(struct arena *a, const char *format, va_list ap)
{
	va_list again;
	int n;
	char *s;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, format, ap);
	BUG_IF(n < 0);
	s = arena_alloc(a, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, format, again);
	va_end(again);
	return s;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list ap;
	char *s;

	va_start(ap, format);
	s = arena_vprintf(a, format, ap);
	va_end(ap);
	return s;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *object)
{
	struct deferred *d = arena_alloc(a, sizeof *d);

	*d = (struct deferred){.next = a->deferred, .fn = fn, .object = object};
	a->deferred = d;
}
