#ifndef STAGEDOOR_APP_UNKNOWN_H
#define STAGEDOOR_APP_UNKNOWN_H

#include "amqp/events.h"

/*
 * What events carry that only a later version knows: types of events, and words of choices. The consumer acts
 * on neither and the log tells of each once, so that an operator who went back to an earlier version finds
 * out.
 */
enum { UNKNOWN_TOLD_MAX = 64 };

struct unknown {
	struct arena *arena; /* of the program: what was told lives there */
	const char *told[UNKNOWN_TOLD_MAX];
	size_t count;
};

/* Logs what is not known of the event; after UNKNOWN_TOLD_MAX different things, nothing more. */
void unknown_tell(struct unknown *u, const struct envelope *e);

#endif
