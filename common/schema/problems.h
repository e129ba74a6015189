#ifndef STAGEDOOR_SCHEMA_PROBLEMS_H
#define STAGEDOOR_SCHEMA_PROBLEMS_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/locale.h"
#include <stdint.h>

/* What is wrong with an input, field by field, in words for the person who sent it. Begin with {.arena = a,
 * .locale = the sender's, or none}. */
struct problem {
	struct problem *next;
	const char *field; /* camelCase, as in JSON and forms; NULL: about the whole */
	const char *message;
};

struct problems {
	struct arena *arena;
	const struct locale *locale;
	struct problem *first, **end;
};

/* Adds one; field and message are copied. Returns ERR_INVALID, so that a rule can end with it. */
err problems_add(struct problems *p, const char *field, const char *message);

/* The same with a message, in the language of p->locale. */
err problems_say(struct problems *p, const char *field, struct message message);

/* How many there are. */
int64_t problems_count(const struct problems *p);

/* The message of the first problem of that field, NULL when there is none. */
const char *problems_of(const struct problems *p, const char *field);

/* "price: Give a price.; body: is not JSON": all of them for a log or an operator; what comes after 200
 * characters is left out. */
const char *problems_line(struct arena *a, const struct problems *p);

#endif
