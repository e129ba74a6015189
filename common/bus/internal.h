#ifndef STAGEDOOR_BUS_INTERNAL_H
#define STAGEDOOR_BUS_INTERNAL_H

#include "common/bus/bus.h"
#include <time.h>

/* rabbitmq-c from 0.12 on has its headers in a folder; the old names warn there. */
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/framing.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_framing.h>
#include <amqp_tcp_socket.h>
#endif

enum {
	BUS_CHANNEL = 1,
	BUS_PREFETCH = 32,
	BUS_PENDING = 2 * BUS_PREFETCH, /* deliveries that have come and are not handled yet; never more than
					   the prefetch */
	BUS_WINDOW = 100,
	BUS_REPLY_MS = 10000, /* a confirm, the answer to a method */
};

/* A message that the broker is sending, frame by frame, or has sent. */
struct incoming {
	struct arena *arena; /* of its own, made when first needed, used again */
	struct bus_message message;
	uint64_t body_size;
	bool is_return;
};

enum publish_state { NOT_SENT, SENT, RETURNED, SETTLED };

/* The publishes of one bus_publish. */
struct window {
	const struct bus_message *messages;
	bool *confirmed;
	enum publish_state *states;
	uint64_t base;             /* message i has the delivery tag base + i + 1 */
	size_t sent, settled, low; /* all below low are settled */
};

struct bus {
	struct bus_settings settings;
	amqp_connection_state_t connection; /* NULL: not connected */
	bool confirming;
	uint64_t connections; /* how many there have been: the number of this one */
	uint64_t published;   /* on this connection */
	struct window *window;
	struct incoming ring[BUS_PENDING], returned;
	size_t first, pending;     /* complete deliveries in the ring */
	struct incoming *arriving; /* head or body still to come; NULL: none */
	bool arriving_head;
	int64_t alarm_after; /* clock_steady(): no further alarm about a returned message before */
	timer_t watchdog;
};

/* Connects and opens the channel when that is not done yet. ERR_UNAVAILABLE: logged. */
err bus_connect(struct bus *b) NODISCARD;

/* After an error of the library: destroys the connection and forgets all that came by it. Returns
 * ERR_UNAVAILABLE.
 */
err bus_drop(struct bus *b, const char *why);

/* An orderly close, when nothing went wrong. */
void bus_close(struct bus *b);

/* As bus_drop, when the broker refused: logs its text. */
err bus_refused(struct bus *b, const char *what, amqp_rpc_reply_t reply);

/*
 * Reads frames of the broker: waits up to timeout_ms for a first frame, then takes all that are there.
 * Deliveries go to the ring, confirms and returns to the window. ERR_UNAVAILABLE: the connection is gone;
 * ERR_FORBIDDEN: too, because the broker refuses what it was asked.
 */
err bus_read(struct bus *b, int timeout_ms) NODISCARD;

/* Waits until there is a complete delivery (OK) or the time is over (ERR_TIMED_OUT). */
err bus_await_delivery(struct bus *b, int64_t timeout_ms) NODISCARD;
void bus_forget_delivery(struct bus *b);

/* rabbitmq-c 0.11 can hang in a write for ever: a call that takes more than 60 s between these ends the
 * process. */
void bus_watch(struct bus *b);
void bus_unwatch(struct bus *b);

/* The broker confirms (taken) or refuses the message of that tag; multiple: all up to it. Other tags are
 * ignored. */
void window_settle(struct window *w, uint64_t tag, bool multiple, bool taken);

/* The broker returns a message that no queue takes: its confirm will count as a refusal. */
void window_return(struct window *w, const struct bus_message *returned);

#endif
