#ifndef STAGEDOOR_APP_PARKING_H
#define STAGEDOOR_APP_PARKING_H

#include "common/base/config.h"
#include "common/bus/bus.h"

/*
 * What a service cannot handle is parked in <service>.dead, for a person to look at. Messages that the broker
 * itself parked there, because their deliveries were cut short too often, are tried once more (header x-retry
 * 1): a cut connection counts against all that was prefetched, so most of them are healthy. Has a connection
 * of its own.
 */
struct parking {
	struct bus *bus;
	const char *own, *dead;
	int64_t next_look; /* clock_steady() */
	uint32_t kept;     /* how many stay there */
};

/* The names live in the arena. */
struct parking parking_make(struct arena *a, const char *service, struct bus *bus);

/* OK: the dead queue has it, confirmed. */
err parking_park(struct parking *p, const struct bus_message *m, const char *reason) MUST;

/* Every 2 s, when the number of dead letters has changed: sends back what may be tried once more. Call it as
 * often as you like. */
void parking_look(struct parking *p);

#endif
