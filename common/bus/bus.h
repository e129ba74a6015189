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

/* Not connected yet; never NULL. The texts of the settings live as long as the bus. bus_free ends it and
 * closes the connection; NULL is accepted. */
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
	/* of a dead letter, NULL when absent: why (x-reason), from which queue (x-queue), and an id
	 * of this dead-lettering (x-parking) */
	const char *reason, *queue, *dead_letter_id;
	/* in: why the broker dead-lettered it last ("delivery_limit", "expired"), and from which queue; NULL:
	 * it did not */
	const char *death, *death_queue;
	bool redelivered;
	uint64_t tag;
};

/*
 * Publishes count messages, persistent and mandatory, and waits for every confirm (10 s). ret_confirmed[i]
 * is true when the broker has the message and a queue took it (a returned message is not confirmed, and is
 * logged as an alarm). ERR_UNAVAILABLE or ERR_TIMED_OUT: connection gone, the outcome of the unconfirmed is
 * unknown. ERR_FORBIDDEN: the same, because the broker refuses one of them (no such exchange, or no right to
 * it). Connects when needed; with count 0 it does only that.
 */
err bus_publish(struct bus *b, const struct bus_message *messages, size_t count,
		bool *ret_confirmed) NODISCARD;

/* Serves heartbeats and other frames of the broker while idle; false: the connection was lost. True when not
 * connected. */
bool bus_idle(struct bus *b);

typedef err bus_handler(struct bus_message *message, struct arena *a, void *context);

/*
 * Consumes the queue until *stop: the deliveries in order, handler, then ack. Prefetch 1 until past every
 * redelivered message, then 32. OK: acked. ERR_MALFORMED: dead-lettered by `dead_letter` (below) with the
 * reason that the handler left in message->reason (in the arena `a`, the delivery's), then acked. Any other
 * error is transient: the same delivery is handled again, with back-off and jitter, heartbeats being served;
 * never nacked. Reconnects by itself. `ready` is called once when first consuming. `tick` runs after each
 * delivery and at least every 100 ms, and returns after how many ms it must run again at the latest (NULL:
 * no tick).
 */
struct bus_consumer {
	const char *queue;
	bus_handler *handle;
	/* Those that have come, at most 32, in order, together; OK acks the first *count of them, which it
	 * may have lowered to 1 at least. Anything else must have done nothing, and each of them goes to
	 * `handle`. Without a `handle` it is transient, and is dead-lettered. NULL: each alone. */
	err (*handle_all)(struct bus_message *const *messages, size_t *count, void *context);
	/* OK: the queue of dead letters has the message, confirmed. */
	err (*dead_letter)(struct bus_message *message, const char *reason, void *context);
	int (*tick)(void *context);
	void (*ready)(void *context);
	void *context;
	const atomic_bool *stop;
};
err bus_consume(struct bus *b, const struct bus_consumer *consumer) NODISCARD;

/* How many messages wait in the queue; proves that it is there (passive). ERR_NOT_FOUND, ERR_UNAVAILABLE. */
err bus_count(struct bus *b, const char *queue, uint32_t *ret_count) NODISCARD;

/*
 * Reads several queues and keeps messages until bus_done, because basic.get costs a log write for each.
 * bus_read_queues connects and subscribes when needed (at most 30 messages a queue are on their way), takes
 * what has come (when nothing has, it waits for up to wait_ms), and returns all messages that are kept, in
 * order. They are kept, in the same order, until bus_done or until the connection is lost: then
 * *ret_connection is another number, and the broker delivers them again. bus_done acks the first `count`.
 */
enum { BUS_QUEUES = 2, BUS_KEPT = 60 };
err bus_read_queues(struct bus *b, const char *const *queues, int wait_ms,
		    const struct bus_message *ret_messages[BUS_KEPT], size_t *ret_count,
		    uint64_t *ret_connection) NODISCARD;
err bus_done(struct bus *b, size_t count) NODISCARD;

#endif
