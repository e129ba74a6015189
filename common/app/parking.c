#include "common/app/parking.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"

enum { LOOK_EVERY_S = 2 };

struct parking parking_make(struct arena *a, const char *service, struct bus *bus)
{
	return (struct parking){
	    .bus = bus,
	    .own = arena_printf(a, "stagedoor.%s.own", service),
	    .dead = arena_printf(a, "%s.dead", service),
	};
}

static err send_own(struct parking *p, const struct bus_message *m, const char *queue, int64_t retry,
		    const char *reason)
{
	struct bus_message copy = *m;
	bool confirmed;
	err e;

	copy.exchange = p->own;
	copy.routing_key = queue;
	copy.retry = retry;
	copy.reason = reason;
	copy.expiration_ms = 0;
	if ((e = bus_publish(p->bus, &copy, 1, &confirmed)) != OK)
		return e;
	return confirmed ? OK : ERR_AWAY;
}

err parking_park(struct parking *p, const struct bus_message *m, const char *reason)
{
	err e = send_own(p, m, p->dead, m->retry, reason);

	/* it stays there, so it is no reason to look */
	if (e == OK)
		p->kept++;
	FAILPOINT(parked);
	return e;
}

static bool deserves_another(const struct bus_message *m)
{
	return m->retry == 0 && m->death_queue != NULL && text_same(m->death, "delivery_limit");
}

static err put_back(struct parking *p, const struct bus_message *m)
{
	p->kept++;
	return bus_settle(p->bus, m->tag, false);
}

static err look_at_one(struct parking *p)
{
	struct bus_message m;
	err e;

	if ((e = bus_get(p->bus, p->dead, &m)) != OK)
		return e;
	if (!deserves_another(&m))
		return put_back(p, &m);
	if ((e = send_own(p, &m, m.death_queue, 1, NULL)) != OK)
		return e;
	log_warn("a message that was parked for cut connections (type %s, id %s) is tried once more",
		 m.type == NULL ? "none" : m.type, m.id == NULL ? "none" : m.id);
	return bus_settle(p->bus, m.tag, true);
}

/* Goes once through the queue: what stays goes to its end, so the order is kept. */
void parking_look(struct parking *p)
{
	int64_t now = clock_steady();
	uint32_t waiting;
	err e = OK;

	if (now < p->next_look)
		return;
	p->next_look = now + LOOK_EVERY_S * SECOND;
	if (bus_count(p->bus, p->dead, &waiting) != OK || waiting == p->kept)
		return;
	p->kept = 0;
	while (waiting-- > 0 && e == OK)
		e = look_at_one(p);
	if (e != OK && e != ERR_NO_ROW)
		p->kept = 0; /* what was got and not settled is looked at again */
	else if (p->kept > 0)
		log_alarm("parked in %s: %u", p->dead, p->kept);
}
