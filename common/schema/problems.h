#ifndef STAGEDOOR_SCHEMA_PROBLEMS_H
#define STAGEDOOR_SCHEMA_PROBLEMS_H

#include "common/base/arena.h"
#include "common/base/err.h"

/* What is wrong with an input, field by field, in words for the person who sent it. Begin with {.arena = a}.
 */
struct problem {
	struct problem *next;
	const char *field; /* camelCase, as in JSON and forms; NULL: about the whole */
	const char *message;
};

struct problems {
	struct arena *arena;
	struct problem *first, **end;
};

/* Adds one; field and message are copied. Returns ERR_INVALID, so that a rule can end with it. */
err problems_add(struct problems *p, const char *field, const char *message);

/* The message of the first problem of that field, NULL when there is none. */
const char *problems_of(const struct problems *p, const char *field);

#endif
