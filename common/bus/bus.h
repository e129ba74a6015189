#ifndef STAGEDOOR_BUS_BUS_H
#define STAGEDOOR_BUS_BUS_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * One connection with one channel to RabbitMQ, for one thread (rabbitmq-c is not thread-safe). After any
 * error of the library the connection is destroyed, never closed politely: its stream is in an unknown state.
 * Publishing and consuming use separate connections.
 */
struct bus;

struct bus_settings {
	const char *host, *vhost, *user, *password;
	int port;
};

struct bus *bus_new(const struct bus_settings *settings);
void bus_free(struct bus *b);

/* One message, either way. Strings are NUL-terminated; on the way in they live in the delivery's arena. */
struct bus_message {
	const char *exchange, *routing_key;
	const char *type, *id, *correlation; /* AMQP properties; NULL when absent */
	const char *body;
	size_t body_len;
	int64_t expiration_ms; /* 0: none */
	int64_t retry;         /* header x-retry; 0: absent */
	/* of one that was parked, NULL when absent: why (x-reason), from which queue (x-queue), and an id that
	 * each parking has (x-parking) */
	const char *reason, *queue, *parking;
	/* in: why the broker dead-lettered it last ("delivery_limit", "expired"), and from which queue; NULL:
	 * it did not */
	const char *death, *death_queue;
	bool redelivered;
	uint64_t connection, tag; /* by which it came: for the ack */
};

/*
 * Publishes count messages, persistent and mandatory, and waits for every confirm (10 s). ret_confirmed[i]
 * tells of each whether the broker has it and a queue took it (a returned message is confirmed false and
 * logged as an alarm). ERR_AWAY or ERR_TIMED_OUT: connection gone, those not told as confirmed are unknown.
 * ERR_FORBIDDEN: the same, because the broker refuses one of them (no such exchange, or no right to it).
 * Connects when needed; with count 0 it does only that.
 */
err bus_publish(struct bus *b, const struct bus_message *messages, size_t count, bool *ret_confirmed) MUST;

/* Serves heartbeats and whatever the broker says while idle; false: the connection was lost. Not connected is
 * fine. */
bool bus_idle(struct bus *b);

typedef err bus_handler(struct bus_message *message, struct arena *a, void *context);

/*
 * Consumes the queue until *stop: the deliveries in order, handler, then ack. Prefetch 1 until past every
 * redelivered message, then 32. OK: acked. ERR_MALFORMED: parked by `park` (below) with the reason that the
 * handler left in message->reason (in the arena `a`, the delivery's), then acked. Any other error is
 * transient: the same delivery is handled again, with back-off and jitter, heartbeats being served; never
 * nacked. Reconnects by itself. `ready` is called once when first consuming. `tick` runs after each delivery
 * and at least every 100 ms, and tells after how many ms it wants to run again at the latest (NULL: none).
 */
struct bus_consumer {
	const char *queue;
	bus_handler *handle;
	/* Those that have come, at most 32, in order, together; OK acks the first *count of them, which it
	 * may have lowered to 1 at least. Anything else must have done nothing, and each of them goes to
	 * `handle`. Without a `handle` it is transient, and parks by itself. NULL: each alone. */
	err (*handle_all)(struct bus_message *const *messages, size_t *count, void *context);
	err (*park)(struct bus_message *message, const char *reason,
		    void *context); /* must be confirmed before OK */
	int (*tick)(void *context);
	void (*ready)(void *context);
	void *context;
	const atomic_bool *stop;
};
err bus_consume(struct bus *b, const struct bus_consumer *consumer) MUST;

/* How many messages wait in the queue; proves that it is there (passive). ERR_NOT_FOUND, ERR_AWAY. */
err bus_count(struct bus *b, const char *queue, uint32_t *ret_count) MUST;

/*
 * Up to `most` messages (50 at most) off the queue, in order, on a connection without a consumer: asked for all at once. Their
 * strings last until the next call, also when the connection is lost; *ret_count is 0 when the queue is empty. bus_ack: done
 * with one; ERR_AWAY: the connection by which it came is gone, so the broker gives it again.
 */
err bus_get(struct bus *b, const char *queue, size_t most, struct bus_message *ret_messages,
	    size_t *ret_count) MUST;
err bus_ack(struct bus *b, const struct bus_message *message) MUST;

#endif
