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
 * Two consumers, a thread each: orders that begin go into the wait queue, and what comes out of it is due. A
 * message lies where the broker keeps it, or is confirmed where it goes next before it is acked here, so a
 * crash at any point repeats and never loses.
 */

enum { CONSUMERS = 2, BATCH = 64, LATE_MS = 20, AWAY_MS = 200, AWAY_MAX_MS = 5000 };

struct consumer {
	const char *queue, *wait_queue;
	int64_t hold_ms;
	/* What is to be published for a message; a body of NULL for nothing. ERR_MALFORMED: the reason is in
	 * the message. */
	err (*answer)(struct consumer *c, struct bus_message *m, struct bus_message *ret_answer);
	struct arena *arena; /* of one batch */
	struct bus *bus, *publisher;
	struct parking parking;
	const atomic_bool *stop;
};

static const char own_exchange[] = "stagedoor.expiration.own", exchange[] = "stagedoor.expiration";

/* The order.created that came in, or came out of the wait queue; none when it is another event. */
static err read_order(struct arena *a, struct bus_message *m, const struct order_state **ret_order)
{
	struct problems problems = {.arena = a};
	struct envelope envelope;

	m->reason = NULL;
	if (event_decode(a, m->body, m->body_len, &problems, &envelope) != OK) {
		m->reason = problems_line(a, &problems);
		return ERR_MALFORMED;
	}
	if (envelope.event != &event_order_created)
		log_warn("%s is not for this service: dropped", envelope.type);
	*ret_order = envelope.event == &event_order_created ? envelope.state : NULL;
	return OK;
}

static struct bus_message expired(struct arena *a, const struct bus_message *from,
				  const struct order_state *order)
{
	struct order_end end = {.order_id = order->id, .expires_at = order->expires_at};
	struct bus_message m = {
	    .exchange = exchange, .routing_key = event_order_expired.type, .type = event_order_expired.type};
	event_id id;

	uuid_new(id.b);
	m.id = id_text(a, id);
	m.correlation = from->correlation;
	m.body = event_encode(a, &event_order_expired, id, &end);
	m.body_len = strlen(m.body);
	return m;
}

/* The queue's own time counts from now; the order's began when it was made, so most have a little less left.
 * Each carries its time, so that none waits for good where the queue's policy is missing for a while. */
static int64_t wait_ms(const struct consumer *c, const struct order_state *order)
{
	int64_t ms = (order->expires_at.v - clock_now() + 999) / 1000 + LATE_MS;

	return ms < c->hold_ms ? ms : c->hold_ms;
}

static err on_created(struct consumer *c, struct bus_message *m, struct bus_message *ret_answer)
{
	const struct order_state *order = NULL;
	err e;

	if ((e = read_order(c->arena, m, &order)) != OK || order == NULL)
		return e;
	if (order->status.v == order_status_COMPLETED || order->status.v == order_status_CANCELLED)
		return OK;
	if (order->expires_at.v <= clock_now()) {
		*ret_answer = expired(c->arena, m, order);
		return OK;
	}
	*ret_answer = *m;
	ret_answer->exchange = own_exchange;
	ret_answer->routing_key = c->wait_queue;
	ret_answer->expiration_ms = wait_ms(c, order);
	ret_answer->retry = 0;
	return OK;
}

static err on_due(struct consumer *c, struct bus_message *m, struct bus_message *ret_answer)
{
	const struct order_state *order = NULL;
	err e;

	if ((e = read_order(c->arena, m, &order)) == OK && order != NULL)
		*ret_answer = expired(c->arena, m, order);
	return e;
}

static err park(struct consumer *c, const struct bus_message *m)
{
	log_alarm("a message of %s (type %s, id %s) is parked: %s", c->queue,
		  m->type == NULL ? "none" : m->type, m->id == NULL ? "none" : m->id, m->reason);
	return parking_park(&c->parking, m, c->queue, m->reason);
}

static err publish(struct consumer *c, const struct bus_message *answers, size_t count)
{
	bool confirmed[BATCH];
	err e;

	if ((e = bus_publish(c->publisher, answers, count, confirmed)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		if (!confirmed[i])
			return ERR_AWAY;
	return OK;
}

static err handle_all(struct bus_message *const *messages, size_t *count, void *context)
{
	struct consumer *c = context;
	struct bus_message answers[BATCH];
	size_t n = 0;
	err e;

	BUG_IF(*count > BATCH);
	arena_reset(c->arena);
	for (size_t i = 0; i < *count; i++) {
		answers[n] = (struct bus_message){0};
		e = c->answer(c, messages[i], &answers[n]);
		if (e == ERR_MALFORMED)
			e = park(c, messages[i]);
		if (e != OK)
			return e;
		if (answers[n].body != NULL)
			n++;
	}
	return n == 0 ? OK : publish(c, answers, n);
}

/* The publisher may have nothing to do for longer than the broker waits for a heartbeat. */
static int tick(void *context)
{
	struct consumer *c = context;

	bus_idle(c->publisher);
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
	struct bus_consumer consumer = {.queue = c->queue,
					.handle_all = handle_all,
					.tick = tick,
					.ready = ready,
					.context = c,
					.stop = c->stop};

	if (bus_consume(c->bus, &consumer) != OK)
		log_error("consuming %s ended", c->queue);
	return NULL;
}

/* Without it no order could be taken in. The broker gets it from the definitions, by the same HOLD_SECONDS.
 */
static void await_wait_queue(struct consumer *c)
{
	uint32_t count;
	err e;

	for (unsigned attempt = 0; !*c->stop && (e = bus_count(c->publisher, c->wait_queue, &count)) != OK;
	     attempt++) {
		if (e == ERR_NOT_FOUND && attempt % 16 == 0)
			log_alarm("the queue %s is missing: load the definitions of this HOLD_SECONDS "
				  "(stagedoor topology definitions)",
				  c->wait_queue);
		random_backoff(attempt, AWAY_MS, AWAY_MAX_MS);
	}
}

static struct consumer consumer_make(struct arena *a, const struct config *config, const atomic_bool *stop)
{
	struct bus *publisher = role_bus(config);

	return (struct consumer){
	    .wait_queue = topology_wait_queue(a, config->hold_seconds),
	    .arena = arena_new(),
	    .hold_ms = config->hold_seconds * 1000,
	    .bus = role_bus(config),
	    .publisher = publisher,
	    .parking = parking_make(a, "expiration", publisher),
	    .stop = stop,
	};
}

static void consumer_free(struct consumer *c)
{
	bus_free(c->bus);
	bus_free(c->publisher);
	arena_free(c->arena);
}

int hold_run(const struct config *config, const atomic_bool *stop)
{
	struct arena *a = arena_new();
	struct consumer created = consumer_make(a, config, stop), due = consumer_make(a, config, stop);
	pthread_t thread;

	created.queue = "expiration.events";
	created.answer = on_created;
	due.queue = "expiration.due";
	due.answer = on_due;
	await_wait_queue(&created);
	BUG_IF(pthread_create(&thread, NULL, run, &due) != 0);
	run(&created);
	pthread_join(thread, NULL);
	consumer_free(&created);
	consumer_free(&due);
	arena_free(a);
	return 0;
}
