#include "common/app/parking.h"
#include "common/base/failpoint.h"
#include "common/base/uuid.h"

struct parking parking_make(struct arena *a, const char *service, struct bus *bus)
{
	return (struct parking){
	    .bus = bus,
	    .own = arena_printf(a, "stagedoor.%s.own", service),
	    .dead = arena_printf(a, "%s.dead", service),
	};
}

err parking_park(struct parking *p, const struct bus_message *m, const char *queue, const char *reason)
{
	struct bus_message copy = *m;
	uint8_t id[UUID_BYTES];
	char parking[UUID_TEXT];
	bool confirmed;
	err e;

	uuid_new(id);
	uuid_print(id, parking);
	copy.exchange = p->own;
	copy.routing_key = p->dead;
	copy.reason = reason;
	copy.queue = queue;
	copy.parking = parking;
	copy.expiration_ms = 0;
	if ((e = bus_publish(p->bus, &copy, 1, &confirmed)) != OK)
		return e;
	FAILPOINT(parked);
	return confirmed ? OK : ERR_AWAY;
}
