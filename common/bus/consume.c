/*
 * Consumes one queue: at least once, in order, and no message is lost for a failure.
 *
 * Deliveries wait in the bus's ring. Those that have come together are handled in one go (handle_all),
 * because most of the time goes into commits. When that fails each is handled alone, so that one bad message
 * neither holds up nor undoes the others. A message that fails for a passing reason is handled again, here,
 * with back-off and heartbeats; it is never nacked, since each delivery counts against the queue's delivery
 * limit. A malformed one is dead-lettered, with a confirm, and then acked.
 *
 * What must hold:
 * - The ack comes after the commit, or the dead-lettering. A crash before it means a second delivery, which
 *   handlers ignore by version.
 * - The prefetch is 1 until past every redelivered message: one that kills the program would otherwise raise
 *   the delivery count of all that were prefetched with it. It changes with the consumer, and the old one is
 *   cancelled before the last ack, so that nothing is on its way to it.
 */
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/bus/internal.h"

enum { WAIT_MS = 100, BACKOFF_MS = 50, BACKOFF_MAX_MS = 2000, RECONNECT_MS = 100, RECONNECT_MAX_MS = 2000 };

/* One call of bus_consume. */
struct consuming {
	struct bus *bus;
	const struct bus_consumer *c;
	uint16_t prefetch;
	size_t alone;      /* so many of the next deliveries are handled alone: together they failed */
	bool is_ready;     /* ready was called */
	int64_t next_tick; /* clock_steady() */
};

static err subscribe(struct consuming *s, uint16_t prefetch)
{
	amqp_connection_state_t connection = s->bus->connection;
	amqp_bytes_t queue = amqp_cstring_bytes(s->c->queue), tag = amqp_cstring_bytes("c");

	if (amqp_basic_qos(connection, BUS_CHANNEL, 0, prefetch, 0) == NULL)
		return bus_refused(s->bus, "setting the prefetch", amqp_get_rpc_reply(connection));
	if (amqp_basic_consume(connection, BUS_CHANNEL, queue, tag, 0, 0, 0, amqp_empty_table) == NULL)
		return bus_refused(s->bus, s->c->queue, amqp_get_rpc_reply(connection));
	s->prefetch = prefetch;
	s->alone = 0;
	return OK;
}

static err unsubscribe(struct consuming *s)
{
	if (amqp_basic_cancel(s->bus->connection, BUS_CHANNEL, amqp_cstring_bytes("c")) == NULL)
		return bus_refused(s->bus, "changing the prefetch", amqp_get_rpc_reply(s->bus->connection));
	return OK;
}

static err consume_begin(struct consuming *s)
{
	uint32_t count;
	err e;

	if ((e = bus_connect(s->bus)) != OK)
		return e;
	if ((e = bus_count(s->bus, s->c->queue, &count)) != OK)
		return e;
	if ((e = subscribe(s, 1)) != OK)
		return e;
	log_info("consuming %s", s->c->queue);
	if (!s->is_ready && s->c->ready != NULL)
		s->c->ready(s->c->context);
	s->is_ready = true;
	return OK;
}

/* Runs the tick when its time has come; how many ms until the next. */
static int tick(struct consuming *s)
{
	int64_t now = clock_steady();
	int ms;

	if (s->c->tick == NULL)
		return WAIT_MS;
	if (now >= s->next_tick) {
		ms = s->c->tick(s->c->context);
		ms = ms < 0 ? 0 : ms > WAIT_MS ? WAIT_MS : ms;
		s->next_tick = now + ms * INT64_C(1000);
		return ms;
	}
	return (int)((s->next_tick - now + 999) / 1000);
}

/* Waits with jitter, longer each time, serving the connection. */
static err wait_and_serve(struct consuming *s, unsigned attempt)
{
	unsigned ms = (unsigned)BACKOFF_MS << (attempt < 6 ? attempt : 6);
	int64_t end;
	err e;

	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	ms = ms / 2 + random_below(ms + 1);
	end = clock_steady() + ms * INT64_C(1000);
	while (!*s->c->stop && clock_steady() < end) {
		if ((e = bus_read(s->bus, WAIT_MS / 5)) != OK)
			return e;
	}
	return OK;
}

static err dead_letter(struct consuming *s, struct bus_message *m)
{
	const char *reason = m->reason == NULL ? "malformed" : m->reason;

	log_alarm("a message of %s (type %s, id %s) is dead-lettered: %s", s->c->queue,
		  m->type == NULL ? "none" : m->type, m->id == NULL ? "none" : m->id, reason);
	return s->c->dead_letter(m, reason, s->c->context);
}

/* *count: in, how many; out, how many are handled. */
static err all_together(struct consuming *s, size_t *count)
{
	struct bus_message *messages[BUS_PENDING];

	for (size_t i = 0; i < *count; i++)
		messages[i] = &s->bus->ring[(s->bus->first + i) % BUS_PENDING].message;
	return s->c->handle_all(messages, count, s->c->context);
}

static err first_alone(struct consuming *s, bool *alone)
{
	struct incoming *in = &s->bus->ring[s->bus->first];
	err e = ERR_MALFORMED;

	if (!*alone)
		e = s->c->handle(&in->message, in->arena, s->c->context);
	*alone = *alone || e == ERR_MALFORMED;
	return *alone ? dead_letter(s, &in->message) : e;
}

/* Until all (*count), or the first alone, are handled or dead-lettered. ERR_UNAVAILABLE: the connection is
 * gone, so the broker sends them again; ERR_STOPPED. */
static err insist(struct consuming *s, size_t *count, bool together)
{
	bool alone = false;
	err e;

	for (unsigned attempt = 0; (e = together ? all_together(s, count) : first_alone(s, &alone)) != OK;
	     attempt++) {
		if (*s->c->stop)
			return ERR_STOPPED;
		if (attempt % 16 == 0)
			log_warn("a message of %s has to wait: %s", s->c->queue, err_name(e));
		if ((e = wait_and_serve(s, attempt)) != OK)
			return e;
		tick(s);
	}
	return OK;
}

/* Handles the pending deliveries together, or one alone: *ret_count. A failing message must not block or undo
 * the others, so after a failure each is handled alone. */
static err consume_handle(struct consuming *s, size_t *ret_count)
{
	size_t count = *ret_count = s->bus->pending;

	if (s->c->handle == NULL)
		return insist(s, ret_count, true);
	if (s->c->handle_all != NULL && s->alone == 0 && count > 1) {
		if (all_together(s, ret_count) == OK)
			return OK;
		s->alone = count;
	}
	s->alone -= s->alone > 0;
	*ret_count = 1;
	return insist(s, ret_count, false);
}

static err acknowledge_up_to(struct consuming *s, uint64_t tag)
{
	int status;

	bus_watch(s->bus);
	status = amqp_basic_ack(s->bus->connection, BUS_CHANNEL, tag, 1);
	bus_unwatch(s->bus);
	return status == AMQP_STATUS_OK ? OK : bus_drop(s->bus, amqp_error_string2(status));
}

/*
 * Past every redelivered message the prefetch grows. Quorum queues know no prefetch of a channel, and that of
 * a consumer is fixed, so it is a new consumer. The old one is cancelled before the ack, so that nothing else
 * is on its way to it.
 */
static err consume_take(struct consuming *s)
{
	const struct bus_message *last;
	size_t count;
	uint64_t tag;
	bool grow;
	err e;

	if ((e = consume_handle(s, &count)) != OK)
		return e;
	last = &s->bus->ring[(s->bus->first + count - 1) % BUS_PENDING].message;
	grow = s->prefetch == 1 && !last->redelivered && !*s->c->stop;
	tag = last->tag;
	if (FAILPOINT_FAILS(handled))
		return bus_drop(s->bus, "a test cut it before an ack");
	s->next_tick = 0;
	while (count-- > 0)
		bus_forget_delivery(s->bus);
	if (grow && (e = unsubscribe(s)) != OK)
		return e;
	if ((e = acknowledge_up_to(s, tag)) != OK)
		return e;
	FAILPOINT(acked);
	return grow ? subscribe(s, BUS_PREFETCH) : OK;
}

/* Finishes the prefetched messages: a cut connection would count against each of them. */
static void finish(struct consuming *s)
{
	err e = unsubscribe(s);

	while (e == OK && (e = bus_read(s->bus, 0)) == OK && s->bus->pending > 0)
		e = consume_take(s);
	if (e == OK)
		bus_close(s->bus);
}

/* Consumes until the connection is lost. */
static err consume(struct consuming *s)
{
	err e;

	if ((e = consume_begin(s)) != OK)
		return e;
	while (!*s->c->stop) {
		e = bus_await_delivery(s->bus, tick(s));
		if (e == OK)
			e = consume_take(s);
		if (e != OK && e != ERR_TIMED_OUT)
			return e;
	}
	finish(s);
	return ERR_STOPPED;
}

err bus_consume(struct bus *b, const struct bus_consumer *consumer)
{
	struct consuming s = {.bus = b, .c = consumer};

	for (unsigned attempt = 0; !*consumer->stop; attempt++) {
		int64_t began = clock_steady();

		if (consume(&s) == ERR_STOPPED)
			break;
		if (clock_steady() - began > 10 * SECOND)
			attempt = 0;
		tick(&s);
		random_backoff(attempt, RECONNECT_MS, RECONNECT_MAX_MS);
	}
	return OK;
}

static err subscribe_to(struct bus *b, const char *queue)
{
	amqp_bytes_t name = amqp_cstring_bytes(queue);

	if (amqp_basic_qos(b->connection, BUS_CHANNEL, 0, BUS_KEPT / BUS_QUEUES, 0) == NULL)
		return bus_refused(b, "setting the prefetch", amqp_get_rpc_reply(b->connection));
	if (amqp_basic_consume(b->connection, BUS_CHANNEL, name, name, 0, 0, 0, amqp_empty_table) == NULL)
		return bus_refused(b, queue, amqp_get_rpc_reply(b->connection));
	return OK;
}

static err subscribe_to_all(struct bus *b, const char *const *queues)
{
	size_t count = 0;
	err e = bus_connect(b);

	for (; e == OK && *queues != NULL; queues++) {
		BUG_IF(count++ == BUS_QUEUES);
		e = subscribe_to(b, *queues);
	}
	return e;
}

err bus_read_queues(struct bus *b, const char *const *queues, int wait_ms,
		    const struct bus_message *ret_messages[BUS_KEPT], size_t *ret_count,
		    uint64_t *ret_connection)
{
	err e = OK;

	bus_watch(b);
	if (b->connection == NULL)
		e = subscribe_to_all(b, queues);
	if (e == OK)
		e = bus_read(b, b->pending > 0 ? 0 : wait_ms);
	bus_unwatch(b);
	if (e != OK)
		return e;
	BUG_IF(b->pending > BUS_KEPT);
	for (size_t i = 0; i < b->pending; i++)
		ret_messages[i] = &b->ring[(b->first + i) % BUS_PENDING].message;
	*ret_count = b->pending;
	*ret_connection = b->connections;
	return OK;
}

err bus_done(struct bus *b, size_t count)
{
	uint64_t tag;
	int status;

	BUG_IF(count == 0 || count > b->pending);
	tag = b->ring[(b->first + count - 1) % BUS_PENDING].message.tag;
	bus_watch(b);
	status = amqp_basic_ack(b->connection, BUS_CHANNEL, tag, 1);
	bus_unwatch(b);
	if (status != AMQP_STATUS_OK)
		return bus_drop(b, amqp_error_string2(status));
	while (count-- > 0)
		bus_forget_delivery(b);
	return OK;
}
