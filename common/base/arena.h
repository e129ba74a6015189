#ifndef STAGEDOOR_BASE_ARENA_H
#define STAGEDOOR_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Memory of one unit of work (a request, a delivery, a test): everything goes at the unit's end. Not for use
 * by two threads at once. Running out of memory ends the process.
 */
struct arena;

/* An empty one, for arena_free to end. Never NULL. */
struct arena *arena_new(void);

/* Runs the deferred calls in reverse order, frees all. NULL is accepted. */
void arena_free(struct arena *a);

/* As arena_free, but keeps the first block, for the next unit of work. */
void arena_reset(struct arena *a);

/* size bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);

/* count * size bytes, zeroed; an overflow is a bug. */
void *arena_array(struct arena *a, size_t count, size_t size);

/* A copy of len bytes of s and a NUL; a copy of the string s (NULL gives NULL). */
char *arena_memdup(struct arena *a, const void *s, size_t len);
char *arena_strdup(struct arena *a, const char *s);

/* As printf(3), into a string in the arena. */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list ap) __attribute__((format(printf, 2, 0)));

/* fn(object) is called when the arena ends: hands a foreign object (json_t, CURL, …) to the unit of work. */
void arena_defer(struct arena *a, void (*fn)(void *), void *object);

#endif
