#include "amqp/events.h"
#include "amqp/topology.h"
#include "apps/expiration/events.h"
#include "common/app/app.h"
#include "common/app/dead_letter_publisher.h"
#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

/*
 * Two consumers, a thread each: one puts new orders into the wait queue, the other publishes order.expired
 * for the messages that come out of it. A message is acked here only when the broker has confirmed the one
 * that follows from it, so a crash at any point repeats messages and never loses one.
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
	struct dead_letter_publisher dead_letters_out;
	const atomic_bool *stop;
};

static const char own_exchange[] = "stagedoor.expiration.own", exchange[] = "stagedoor.expiration";

static err read_event(struct arena *a, struct bus_message *m, struct envelope *ret_envelope)
{
	struct problems problems = {.arena = a};

	m->reason = NULL;
	if (event_decode(a, m->body, m->body_len, &problems, ret_envelope) == OK)
		return OK;
	m->reason = problems_line(a, &problems);
	return ERR_MALFORMED;
}

static struct bus_message expired_message(struct arena *a, const struct bus_message *from,
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

/*
 * The queue's time would count from now, but the order's counts from its creation, so each message carries
 * its own. That also keeps messages from waiting for ever while the policy of the queue is missing.
 */
static int64_t wait_ms(const struct consumer *c, const struct order_state *order)
{
	int64_t ms = (order->expires_at.v - clock_now() + 999) / 1000 + LATE_MS;

	return ms < c->hold_ms ? ms : c->hold_ms;
}

static void hold_begin(const struct consumer *c, const struct bus_message *m, const struct order_state *order,
		       struct bus_message *ret_answer)
{
	if (order->status.v == order_status_COMPLETED || order->status.v == order_status_CANCELLED ||
	    order->status.v == order_status_RETURNED)
		return;
	if (order->expires_at.v <= clock_now()) {
		*ret_answer = expired_message(c->arena, m, order);
		return;
	}
	*ret_answer = *m;
	ret_answer->exchange = own_exchange;
	ret_answer->routing_key = c->wait_queue;
	ret_answer->expiration_ms = wait_ms(c, order);
	ret_answer->retry = 0;
}

/*
 * The rows of events.def for this service. Its handlers publish instead of writing to a database, so their
 * type is their own; an event of another record than an order's does not compile.
 */
static const struct {
	const struct event *event;
	void (*begin)(const struct consumer *c, const struct bus_message *m, const struct order_state *order,
		      struct bus_message *ret_answer);
} handlers[] = {
#define CONSUMERS_OF_expiration OWN_ROWS
#define CONSUMER_ROW(event, handler)                                                                         \
	{_Generic((event##_handler *)NULL, order_created_handler * : &event_##event), handler},
#include "amqp/own_consumers.h"
};

static err on_event(struct consumer *c, struct bus_message *m, struct bus_message *ret_answer)
{
	struct envelope envelope;
	err e;

	if ((e = read_event(c->arena, m, &envelope)) != OK)
		return e;
	for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++) {
		if (handlers[i].event != envelope.event)
			continue;
		handlers[i].begin(c, m, envelope.state, ret_answer);
		return OK;
	}
	log_warn("%s is not for this service: dropped", envelope.type);
	return OK;
}

/* Messages in the due queue are those that hold_begin put into the wait queue. */
static err on_due(struct consumer *c, struct bus_message *m, struct bus_message *ret_answer)
{
	struct envelope envelope;
	err e;

	if ((e = read_event(c->arena, m, &envelope)) != OK)
		return e;
	if (envelope.event == &event_order_created)
		*ret_answer = expired_message(c->arena, m, envelope.state);
	else
		log_warn("%s is not for this service: dropped", envelope.type);
	return OK;
}

static err dead_letter(struct consumer *c, const struct bus_message *m)
{
	log_alarm("a message of %s (type %s, id %s) is dead-lettered: %s", c->queue,
		  m->type == NULL ? "none" : m->type, m->id == NULL ? "none" : m->id, m->reason);
	return dead_letter_publish(&c->dead_letters_out, m, c->queue, m->reason);
}

static err publish_answers(struct consumer *c, const struct bus_message *answers, size_t count)
{
	bool confirmed[BATCH];
	err e;

	if ((e = bus_publish(c->publisher, answers, count, confirmed)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		if (!confirmed[i])
			return ERR_UNAVAILABLE;
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
			e = dead_letter(c, messages[i]);
		if (e != OK)
			return e;
		if (answers[n].body != NULL)
			n++;
	}
	return n == 0 ? OK : publish_answers(c, answers, n);
}

/* Keeps the publisher alive when it has nothing to send for longer than the heartbeat timeout. */
static int consumer_tick(void *context)
{
	struct consumer *c = context;

	bus_idle(c->publisher);
	return 1000;
}

static void consumer_ready(void *context)
{
	static atomic_int consuming;

	(void)context;
	if (atomic_fetch_add(&consuming, 1) + 1 == CONSUMERS)
		app_ready();
}

static void *consumer_run(void *context)
{
	struct consumer *c = context;
	struct bus_consumer consumer = {.queue = c->queue,
					.handle_all = handle_all,
					.tick = consumer_tick,
					.ready = consumer_ready,
					.context = c,
					.stop = c->stop};

	if (bus_consume(c->bus, &consumer) != OK)
		log_error("consuming %s ended", c->queue);
	return NULL;
}

/*
 * No order can be accepted without the queue. The broker gets it from the definitions, by the same
 * HOLD_SECONDS.
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
	    .dead_letters_out = dead_letter_publisher_make(a, "expiration", publisher),
	    .stop = stop,
	};
}

static void consumer_free(struct consumer *c)
{
	bus_free(c->bus);
	bus_free(c->publisher);
	arena_free(c->arena);
}

int expiration_events_run(const struct config *config, const atomic_bool *stop)
{
	struct arena *a = arena_new();
	struct consumer created = consumer_make(a, config, stop), due = consumer_make(a, config, stop);
	pthread_t thread;

	created.queue = "expiration.events";
	created.answer = on_event;
	due.queue = "expiration.due";
	due.answer = on_due;
	await_wait_queue(&created);
	BUG_IF(pthread_create(&thread, NULL, consumer_run, &due) != 0);
	consumer_run(&created);
	pthread_join(thread, NULL);
	consumer_free(&created);
	consumer_free(&due);
	arena_free(a);
	return 0;
}
