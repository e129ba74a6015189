/*
 * RabbitMQ 4 drops a message at its 20th delivery. So messages are read only while the database answers, and
 * stay unacked in memory until they are committed. They are never requeued: a message is delivered again only
 * after a crash, or a lost connection, between reading and the ack. It then finds its own row (by the
 * digest), and changes nothing.
 */
#include "common/app/dead_letters.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/db/lists.h"
#include "common/token/csrf.h"
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_EVERY_MS = 200,
	NEXT_MS = 50, /* in which the broker sends more, when there is more */
	AWAY_MS = 2000,
	BODY_MAX = 786432, /* as base64 no longer than a long_text; the broker takes no longer messages */
	TEXT_MAX = 300     /* of a property_text, and of a reason_text */
};

struct dead_letters {
	struct bus *reader, *publisher;
	const char *const *queues;
	struct arena *arena;
	/* what has come and is not done with, in the reader's order; gone: sent again already, and no row of
	 * the table */
	const struct bus_message *held[BUS_KEPT];
	bool gone[BUS_KEPT], judged[BUS_KEPT];
	size_t count;
	uint64_t connection; /* the reader's, by which they came */
	bool moving;         /* some have just been moved */
	int64_t next_look;   /* clock_steady() */
};

struct dead_letters *dead_letters_new(struct bus *reader, struct bus *publisher, const char *const *queues)
{
	struct dead_letters *d = calloc(1, sizeof *d);

	BUG_IF(d == NULL);
	d->reader = reader;
	d->publisher = publisher;
	d->queues = queues;
	d->arena = arena_new();
	return d;
}

void dead_letters_free(struct dead_letters *d)
{
	if (d == NULL)
		return;
	arena_free(d->arena);
	free(d);
}

static const char *named(const char *text)
{
	return text == NULL ? "none" : text;
}

/* "orders" of "orders.dead" */
static const char *service_of(struct arena *a, const char *dead)
{
	return arena_printf(a, "%.*s", (int)strcspn(dead, "."), dead);
}

/* The queue that the message was in: as its header says, when that is a queue of the service. */
static const char *queue_of(struct arena *a, const struct bus_message *m)
{
	const char *service = service_of(a, m->routing_key),
		   *queue = m->queue != NULL ? m->queue : m->death_queue;

	if (queue != NULL && text_starts(queue, arena_printf(a, "%s.", service)) &&
	    kind_fits(&kind_short_text, &(short_text){queue}))
		return queue;
	return arena_printf(a, "%s.events", service);
}

static bool deserves_another(const struct bus_message *m)
{
	return m->retry == 0 && m->death_queue != NULL && text_same(m->death, "delivery_limit");
}

/* *ret_gone: a queue has taken it. */
static err try_again(struct dead_letters *d, const struct bus_message *m, bool *ret_gone)
{
	struct bus_message again = *m;
	err e;

	again.exchange = arena_printf(d->arena, "stagedoor.%s.own", service_of(d->arena, m->routing_key));
	again.routing_key = queue_of(d->arena, m);
	again.retry = 1;
	again.expiration_ms = 0;
	if ((e = bus_publish(d->publisher, &again, 1, ret_gone)) == OK && *ret_gone)
		log_warn("a message of lost connections (type %s, id %s) is tried once more", named(m->type),
			 named(m->id));
	return e;
}

/* Decides each message once, however often later steps fail. A message that no queue takes becomes a row. */
static err judge_all(struct dead_letters *d)
{
	err e;

	for (size_t i = 0; i < d->count; i++) {
		if (d->judged[i])
			continue;
		d->gone[i] = false;
		if (deserves_another(d->held[i]) && (e = try_again(d, d->held[i], &d->gone[i])) != OK)
			return e;
		d->judged[i] = true;
	}
	return OK;
}

/* Text from outside as one line of at most 300 characters; other bytes become question marks. NULL when the
 * text is empty. */
static const char *line_of(struct arena *a, const char *text)
{
	size_t len = text == NULL ? 0 : strlen(text);
	char *copy;

	if (len == 0)
		return NULL;
	copy = arena_memdup(a, text, len);
	if (len > TEXT_MAX || !text_is_utf8(text, len) || text_has_control(text)) {
		copy[len < TEXT_MAX ? len : TEXT_MAX] = '\0';
		for (char *c = copy; *c != '\0'; c++)
			if (*c < ' ' || *c > '~')
				*c = '?';
	}
	copy = text_trim(a, copy);
	return *copy == '\0' ? NULL : copy;
}

static void add_to_digest(struct buf *all, const char *text)
{
	buf_printf(all, "%zu:%s;", text == NULL ? 0 : strlen(text), text == NULL ? "" : text);
}

/* Of what the row keeps and a retry sends, so that a message which fails again meets its row. */
static const char *digest_of(struct arena *a, const char *queue, const struct bus_message *m)
{
	struct buf all = BUF(a);

	add_to_digest(&all, queue);
	add_to_digest(&all, line_of(a, m->id));
	add_to_digest(&all, line_of(a, m->type));
	buf_add(&all, m->body, m->body_len);
	return sha256_hex(a, all.bytes, all.len);
}

static const char *reason_of(struct arena *a, const struct bus_message *m)
{
	const char *reason = line_of(a, m->reason);

	if (reason != NULL)
		return reason;
	return text_same(m->death, "delivery_limit") ? "its delivery was cut short too often (delivery limit)"
						     : "no reason was given";
}

static struct dead_letter_entry entry_of(struct arena *a, const struct bus_message *m, when now)
{
	const char *queue = queue_of(a, m);
	struct dead_letter_entry entry = {
	    .digest = {digest_of(a, queue, m)},
	    .queue = {queue},
	    .message_id = {line_of(a, m->id)},
	    .type = {line_of(a, m->type)},
	    .correlation_id = {line_of(a, m->correlation)},
	    .reason = {reason_of(a, m)},
	    .encoded = {!text_is_utf8(m->body, m->body_len)},
	    .parked_at = now,
	    .last_at = now,
	    .redelivered = {m->redelivered},
	};

	if (m->dead_letter_id != NULL && kind_fits(&kind_short_text, &m->dead_letter_id))
		entry.parking.v = m->dead_letter_id;
	if (m->body_len > 0)
		entry.body.v = entry.encoded.v ? text_base64url(a, m->body, m->body_len)
					       : arena_memdup(a, m->body, m->body_len);
	return entry;
}

static err keep_all(struct db *db, void *context)
{
	const struct dead_letters *d = context;
	when now;
	err e;

	if ((e = db_now(db, &now)) != OK)
		return e;
	for (size_t i = 0; i < d->count; i++) {
		struct dead_letter_entry entry;

		if (d->gone[i])
			continue;
		entry = entry_of(d->arena, d->held[i], now);
		if ((e = dead_letter_keep(db, &entry, NULL)) != OK)
			return e;
	}
	return OK;
}

/* Messages that come again by another connection are decided again. One that is too large blocks those behind
 * it until an operator acts. */
static err gather(struct dead_letters *d)
{
	uint64_t connection = 0;
	err e =
	    bus_read_queues(d->reader, d->queues, d->moving ? NEXT_MS : 0, d->held, &d->count, &connection);

	if (connection != d->connection)
		memset(d->judged, 0, sizeof d->judged);
	d->connection = connection;
	if (e != OK)
		d->count = 0;
	for (size_t i = 0; i < d->count; i++) {
		const struct bus_message *m = d->held[i];

		if (m->body_len <= BODY_MAX)
			continue;
		log_alarm("a message in %s (type %s, id %s) is too large to be moved: limit max_message_size "
			  "of the broker to %d",
			  m->routing_key, named(m->type), named(m->id), BODY_MAX);
		d->count = i;
	}
	return e;
}

/* A message that cannot be acked comes again and finds its row. */
static err acknowledge(struct dead_letters *d)
{
	size_t rows = 0;

	for (size_t i = 0; i < d->count; i++)
		rows += !d->gone[i];
	if (rows > 0)
		log_alarm("%zu dead letters are in the database now: see stagedoor dead list", rows);
	FAILPOINT(moved);
	memset(d->judged, 0, sizeof d->judged);
	return bus_done(d->reader, d->count);
}

/* ERR_NO_ROW: there is nothing to move. */
static err move(struct dead_letters *d, struct db *db)
{
	err e;

	/* both may have nothing to do for longer than the broker waits for a heartbeat */
	bus_idle(d->publisher);
	bus_idle(d->reader);
	if ((e = db_ping(db)) != OK || (e = gather(d)) != OK)
		return e;
	if (d->count == 0)
		return ERR_NO_ROW;
	if ((e = judge_all(d)) != OK)
		return e;
	if ((e = db_transaction(db, keep_all, d)) == OK)
		return acknowledge(d);
	log_warn("%zu dead letters could not be stored: %s; they are kept and tried again", d->count,
		 err_name(e));
	return e;
}

int dead_letters_move(struct dead_letters *d, struct db *db)
{
	int64_t now = clock_steady();
	int wait_ms;
	err e;

	if (now < d->next_look)
		return (int)((d->next_look - now + 999) / 1000);
	arena_reset(d->arena);
	e = move(d, db);
	d->moving = e == OK;
	wait_ms = e == OK ? 0 : e == ERR_NO_ROW ? LOOK_EVERY_MS : AWAY_MS;
	d->next_look = now + wait_ms * INT64_C(1000);
	return wait_ms;
}
