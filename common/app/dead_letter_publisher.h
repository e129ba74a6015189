#ifndef STAGEDOOR_APP_DEAD_LETTER_PUBLISHER_H
#define STAGEDOOR_APP_DEAD_LETTER_PUBLISHER_H

#include "common/bus/bus.h"

/*
 * Publishes a message that a service cannot handle to the queue <service>.dead, from which an events program
 * moves it into a database (dead_letters.h). So dead-lettering needs the broker only.
 */
struct dead_letter_publisher {
	struct bus *bus;
	const char *own, *dead;
};

/* The names live in the arena. */
struct dead_letter_publisher dead_letter_publisher_make(struct arena *a, const char *service,
							struct bus *bus);

/* Dead-letters a message of `queue`. OK: the dead queue has it, confirmed. */
err dead_letter_publish(struct dead_letter_publisher *p, const struct bus_message *m, const char *queue,
			const char *reason) NODISCARD;

#endif
