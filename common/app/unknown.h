#ifndef STAGEDOOR_APP_UNKNOWN_H
#define STAGEDOOR_APP_UNKNOWN_H

#include "amqp/events.h"

/*
 * Event types and words of choices that only a later version knows. The consumer ignores them and logs each
 * once, so that an operator who returned to an earlier version notices.
 */
enum { UNKNOWN_LOGGED_MAX = 64 };

struct unknown {
	struct arena *arena; /* of the program: owns the texts of `logged` */
	const char *logged[UNKNOWN_LOGGED_MAX];
	size_t count;
};

/* Logs the unknown type or words of the event; after UNKNOWN_LOGGED_MAX different ones, nothing more. */
void unknown_log(struct unknown *u, const struct envelope *e);

#endif
