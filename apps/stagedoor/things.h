#ifndef STAGEDOOR_APPS_STAGEDOOR_THINGS_H
#define STAGEDOOR_APPS_STAGEDOOR_THINGS_H

#include "amqp/topology.h"
#include "common/base/arena.h"
#include <stdbool.h>

struct json_t;

/* One thing that a broker has or should have: its name ("queue orders.events") and all that is compared of
 * it. */
struct thing {
	const char *name, *text;
	const struct json_t *row; /* in the definitions */
	struct json_t *old; /* of a queue: its arguments that are policies by now; no part of the text */
	bool met;
};

struct things {
	struct arena *arena;
	struct thing *list;
	size_t count, room;
};

/* The things of definitions, ours or those that the broker exports; they live as long as the JSON. */
struct things *things_of(struct arena *a, const struct json_t *definitions);

struct thing *things_find(const struct things *all, const char *name); /* NULL when there is none */

#endif
