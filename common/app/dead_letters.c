/*
 * The broker counts how often it has given a message, and RabbitMQ 4 drops one at the 20th time. So a message is got only
 * when the database answers, stays in memory, unacked, until it is committed there, and is never given back: it is given
 * again only after a crash, or a lost connection, between the two. Such a message meets its own row (by the digest), and
 * changes nothing.
 */
#include "common/app/dead_letters.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/db/common.h"
#include "common/token/csrf.h"
#include <stdlib.h>
#include <string.h>

enum {
	LOOK_EVERY_MS = 2000,
	BATCH = 50,        /* as many as bus_get takes */
	BODY_MAX = 786432, /* as base64 no longer than a long_text; the broker takes no longer messages */
	TEXT_MAX = 300     /* of a property_text, and of a reason_text */
};

struct dead_letters {
	struct bus *bus;
	const char *const *queues;
	struct arena *arena;
	struct letter {
		struct bus_message message;
		const char *dead; /* the queue where it lies */
	} held[BATCH];
	size_t count;
	int64_t next_look; /* clock_steady() */
};

struct dead_letters *dead_letters_new(struct bus *bus, const char *const *queues)
{
	struct dead_letters *d = calloc(1, sizeof *d);

	BUG_IF(d == NULL);
	d->bus = bus;
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

static void hold(struct dead_letters *d, const struct bus_message *m, const char *dead)
{
	if (m->body_len > BODY_MAX) {
		log_alarm("a message in %s (type %s, id %s) is too large to be moved: limit max_message_size "
			  "of the "
			  "broker to %d",
			  dead, named(m->type), named(m->id), BODY_MAX);
		return;
	}
	d->held[d->count++] = (struct letter){*m, dead};
}

static err gather_from(struct dead_letters *d, const char *dead)
{
	struct bus_message got[BATCH];
	uint32_t waiting;
	size_t count;
	err e;

	if ((e = bus_count(d->bus, dead, &waiting)) != OK || waiting == 0)
		return e;
	if ((e = bus_get(d->bus, dead, waiting < BATCH ? waiting : BATCH, got, &count)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		hold(d, &got[i], dead);
	return OK;
}

/* Of one queue at a time: one that cannot be read must not have those of another given again. After an error the connection
 * is gone, and with it what was got. */
static err gather(struct dead_letters *d)
{
	err e = OK;

	for (const char *const *queue = d->queues; *queue != NULL && e == OK && d->count == 0; queue++)
		e = gather_from(d, *queue);
	if (e != OK)
		d->count = 0;
	return e;
}

/* "orders" of "orders.dead" */
static const char *service_of(struct arena *a, const char *dead)
{
	return arena_printf(a, "%.*s", (int)strcspn(dead, "."), dead);
}

/* The queue that it was in: as who parked it says, when that is one of the service. */
static const char *queue_of(struct arena *a, const struct letter *l)
{
	const char *service = service_of(a, l->dead),
		   *queue = l->message.queue != NULL ? l->message.queue : l->message.death_queue;

	if (queue != NULL && text_starts(queue, arena_printf(a, "%s.", service)) &&
	    kind_fits(&kind_short_text, &(short_text){queue}))
		return queue;
	return arena_printf(a, "%s.events", service);
}

static bool deserves_another(const struct bus_message *m)
{
	return m->retry == 0 && m->death_queue != NULL && text_same(m->death, "delivery_limit");
}

static err try_again(struct dead_letters *d, const struct letter *l, bool *ret_confirmed)
{
	struct bus_message m = l->message;
	err e;

	m.exchange = arena_printf(d->arena, "stagedoor.%s.own", service_of(d->arena, l->dead));
	m.routing_key = queue_of(d->arena, l);
	m.retry = 1;
	m.expiration_ms = 0;
	if ((e = bus_publish(d->bus, &m, 1, ret_confirmed)) != OK || !*ret_confirmed)
		return e;
	log_warn("a message that was parked for cut connections (type %s, id %s) is tried once more",
		 named(m.type), named(m.id));
	return bus_ack(d->bus, &l->message);
}

/* What no queue takes stays among the held ones, and becomes a row. */
static err try_some_again(struct dead_letters *d)
{
	size_t kept = 0;
	err e;

	for (size_t i = 0; i < d->count; i++) {
		bool gone = false;

		if (deserves_another(&d->held[i].message) && (e = try_again(d, &d->held[i], &gone)) != OK) {
			d->count = 0;
			return e;
		}
		if (!gone)
			d->held[kept++] = d->held[i];
	}
	d->count = kept;
	return OK;
}

/* What came from outside as one line of text, at most 300 characters: other bytes become a question mark. NULL for nothing. */
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

static const char *digest_of(struct arena *a, const char *queue, const struct bus_message *m)
{
	struct buf all = BUF(a);

	add_to_digest(&all, queue);
	add_to_digest(&all, m->id);
	add_to_digest(&all, m->type);
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

static struct dead_letter_entry entry_of(struct arena *a, const struct letter *l, when now)
{
	const struct bus_message *m = &l->message;
	const char *queue = queue_of(a, l);
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

	if (m->parking != NULL && kind_fits(&kind_short_text, &m->parking))
		entry.parking.v = m->parking;
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
		const struct dead_letter_entry entry = entry_of(d->arena, &d->held[i], now);

		if ((e = dead_letter_keep(db, &entry, NULL)) != OK)
			return e;
	}
	return OK;
}

/* What cannot be acked comes again, and meets its row. */
static void acknowledge(struct dead_letters *d)
{
	err e = OK;

	FAILPOINT(moved);
	for (size_t i = 0; i < d->count && e == OK; i++)
		e = bus_ack(d->bus, &d->held[i].message);
	log_alarm("%zu dead letters are in the database now: see stagedoor dead list", d->count);
	d->count = 0;
}

static err move(struct dead_letters *d, struct db *db)
{
	err e;

	if ((e = db_ping(db)) != OK)
		return e;
	if (d->count == 0 && ((e = gather(d)) != OK || (e = try_some_again(d)) != OK))
		return e;
	if (d->count == 0)
		return ERR_NO_ROW;
	if ((e = db_transaction(db, keep_all, d)) == OK)
		acknowledge(d);
	else
		log_warn("%zu dead letters could not be stored: %s; they are kept and tried again", d->count,
			 err_name(e));
	return e;
}

int dead_letters_move(struct dead_letters *d, struct db *db)
{
	int64_t now = clock_steady();
	err e;

	if (now < d->next_look)
		return (int)((d->next_look - now + 999) / 1000);
	arena_reset(d->arena);
	e = move(d, db);
	d->next_look = e == OK ? 0 : clock_steady() + LOOK_EVERY_MS * INT64_C(1000);
	return e == OK ? 0 : LOOK_EVERY_MS;
}
