#include "common/app/dead_letter_publisher.h"
#include "common/base/failpoint.h"
#include "common/base/uuid.h"

struct dead_letter_publisher dead_letter_publisher_make(struct arena *a, const char *service, struct bus *bus)
{
	return (struct dead_letter_publisher){
	    .bus = bus,
	    .own = arena_printf(a, "stagedoor.%s.own", service),
	    .dead = arena_printf(a, "%s.dead", service),
	};
}

err dead_letter_publish(struct dead_letter_publisher *p, const struct bus_message *m, const char *queue,
			const char *reason)
{
	struct bus_message copy = *m;
	uint8_t id[UUID_BYTES];
	char dead_letter_id[UUID_TEXT];
	bool confirmed;
	err e;

	uuid_new(id);
	uuid_print(id, dead_letter_id);
	copy.exchange = p->own;
	copy.routing_key = p->dead;
	copy.reason = reason;
	copy.queue = queue;
	copy.dead_letter_id = dead_letter_id;
	copy.expiration_ms = 0;
	if ((e = bus_publish(p->bus, &copy, 1, &confirmed)) != OK)
		return e;
	FAILPOINT(dead_lettered);
	return confirmed ? OK : ERR_UNAVAILABLE;
}
