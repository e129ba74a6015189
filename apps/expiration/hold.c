#include "amqp/events.h"
#include "amqp/topology.h"
#include "apps/expiration/expiration.h"
#include "common/app/app.h"
#include "common/app/parking.h"
#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/*
 * Two consumers, a thread each: orders that begin go into the wait queue, and what comes out of it is due. A message lies where the
 * broker keeps it, or is confirmed where it goes next before it is acked here, so a crash at any point repeats and never loses.
 */

enum { CONSUMERS = 2, LATE_MS = 20, AWAY_MS = 200, AWAY_MAX_MS = 5000 };

struct consumer {
	const char *queue, *wait_queue;
	int64_t hold_ms;
	bus_handler *handle;
	struct bus *bus, *publisher;
	struct parking parking;
	const volatile bool *stop;
};

static const char own_exchange[] = "stagedoor.expiration.own", exchange[] = "stagedoor.expiration";

static err publish(struct consumer *c, const struct bus_message *m)
{
	bool confirmed;
	err e;

	if ((e = bus_publish(c->publisher, m, 1, &confirmed)) != OK)
		return e;
	return confirmed ? OK : ERR_AWAY;
}

/* The order.created that came in, or came out of the wait queue; none when it is another event. */
static err read_order(struct bus_message *m, struct arena *a, const struct order_state **ret_order)
{
	struct problems problems = {.arena = a};
	struct envelope envelope;

	m->reason = NULL;
	if (event_decode(a, m->body, m->body_len, &problems, &envelope) != OK) {
		m->reason = arena_printf(a, "%s %s", problems.first->field == NULL ? "body" : problems.first->field, problems.first->message);
		return ERR_MALFORMED;
	}
	if (envelope.event != &event_order_created)
		log_warn("%s is not for this service: dropped", envelope.event->type);
	*ret_order = envelope.event == &event_order_created ? envelope.state : NULL;
	return OK;
}

static err publish_expired(struct consumer *c, const struct bus_message *from, struct arena *a, const struct order_state *order)
{
	struct order_end end = {.order_id = order->id, .expires_at = order->expires_at};
	struct bus_message m = {.exchange = exchange, .routing_key = event_order_expired.type, .type = event_order_expired.type};
	event_id id;

	uuid_new(id.b);
	m.id = id_text(a, id);
	m.correlation = from->correlation;
	m.body = event_encode(a, &event_order_expired, id, &end);
	m.body_len = strlen(m.body);
	return publish(c, &m);
}

/* The queue's own time counts from now; the order's began when it was made, so most have a little less left. */
static int64_t wait_ms(const struct consumer *c, const struct order_state *order)
{
	int64_t ms = (order->expires_at.v - clock_now() + 999) / 1000 + LATE_MS;

	return ms < c->hold_ms ? ms : 0;
}

static err on_created(struct bus_message *m, struct arena *a, void *context)
{
	struct consumer *c = context;
	struct bus_message wait = *m;
	const struct order_state *order = NULL;
	err e;

	if ((e = read_order(m, a, &order)) != OK || order == NULL)
		return e;
	if (order->status.v == order_status_COMPLETED || order->status.v == order_status_CANCELLED)
		return OK;
	if (order->expires_at.v <= clock_now())
		return publish_expired(c, m, a, order);
	wait.exchange = own_exchange;
	wait.routing_key = c->wait_queue;
	wait.expiration_ms = wait_ms(c, order);
	wait.retry = 0;
	wait.reason = NULL;
	return publish(c, &wait);
}

static err on_due(struct bus_message *m, struct arena *a, void *context)
{
	const struct order_state *order = NULL;
	err e;

	if ((e = read_order(m, a, &order)) != OK || order == NULL)
		return e;
	return publish_expired(context, m, a, order);
}

static err park(struct bus_message *m, const char *reason, void *context)
{
	struct consumer *c = context;

	return parking_park(&c->parking, m, reason);
}

/* One of the two looks after the dead letters, which come from both. */
static int tick(void *context)
{
	struct consumer *c = context;

	if (c->handle == on_created)
		parking_look(&c->parking);
	return 1000;
}

static void ready(void *context)
{
	static atomic_int consuming;

	(void)context;
	if (atomic_fetch_add(&consuming, 1) + 1 == CONSUMERS)
		app_ready();
}

static void *run(void *context)
{
	struct consumer *c = context;
	struct bus_consumer consumer = {
	    .queue = c->queue, .handle = c->handle, .park = park, .tick = tick, .ready = ready, .context = c, .stop = c->stop};

	if (bus_consume(c->bus, &consumer) != OK)
		log_error("consuming %s ended", c->queue);
	return NULL;
}

/* Without it no order could be taken in. The broker gets it from the definitions, by the same HOLD_SECONDS. */
static void await_wait_queue(struct consumer *c)
{
	uint32_t count;
	err e;

	for (unsigned attempt = 0; !*c->stop && (e = bus_count(c->publisher, c->wait_queue, &count)) != OK; attempt++) {
		if (e == ERR_NOT_FOUND && attempt % 16 == 0)
			log_alarm("the queue %s is missing: load the definitions of this HOLD_SECONDS (stagedoor topology definitions)",
				  c->wait_queue);
		random_backoff(attempt, AWAY_MS, AWAY_MAX_MS);
	}
}

static struct consumer consumer_make(struct arena *a, const struct config *config, const volatile bool *stop)
{
	return (struct consumer){
	    .wait_queue = topology_wait_queue(a, config->hold_seconds),
	    .hold_ms = config->hold_seconds * 1000,
	    .bus = role_bus(config),
	    .publisher = role_bus(config),
	    .parking = parking_make(a, "expiration", role_bus(config)),
	    .stop = stop,
	};
}

static void consumer_free(struct consumer *c)
{
	bus_free(c->bus);
	bus_free(c->publisher);
	bus_free(c->parking.bus);
}

int hold_run(const struct config *config, const volatile bool *stop)
{
	struct arena *a = arena_new();
	struct consumer created = consumer_make(a, config, stop), due = consumer_make(a, config, stop);
	pthread_t thread;

	created.queue = "expiration.events";
	created.handle = on_created;
	due.queue = "expiration.due";
	due.handle = on_due;
	await_wait_queue(&created);
	BUG_IF(pthread_create(&thread, NULL, run, &due) != 0);
	run(&created);
	pthread_join(thread, NULL);
	consumer_free(&created);
	consumer_free(&due);
	arena_free(a);
	return 0;
}
