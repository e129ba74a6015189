/*
 * Publishes messages with publisher confirms.
 *
 * Messages are sent without waiting for the confirm of each, because a round trip for each would limit the
 * relay; the number of messages without an answer is limited (await_confirms). What must hold: a message
 * counts as published only when its confirm came and it was not returned (window.c); a confirm that does not
 * come drops the connection, so that a late one cannot be taken for one of the next window; the outcome of
 * unconfirmed messages is unknown, and the caller publishes them again.
 */
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/bus/internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEADERS = 4 };

static void set_text(amqp_basic_properties_t *p, amqp_bytes_t *property, amqp_flags_t flag, const char *text)
{
	if (text == NULL)
		return;
	*property = amqp_cstring_bytes(text);
	p->_flags |= flag;
}

static void set_header(amqp_basic_properties_t *p, const char *name, const char *text)
{
	if (text != NULL)
		p->headers.entries[p->headers.num_entries++] = (amqp_table_entry_t){
		    amqp_cstring_bytes(name),
		    {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes(text)}};
}

static void set_headers(amqp_basic_properties_t *p, amqp_table_entry_t entries[HEADERS],
			const struct bus_message *m)
{
	p->headers.entries = entries;
	if (m->retry != 0)
		entries[p->headers.num_entries++] = (amqp_table_entry_t){
		    amqp_cstring_bytes("x-retry"), {.kind = AMQP_FIELD_KIND_I64, .value.i64 = m->retry}};
	set_header(p, "x-reason", m->reason);
	set_header(p, "x-queue", m->queue);
	set_header(p, "x-parking", m->dead_letter_id);
	if (p->headers.num_entries > 0)
		p->_flags |= AMQP_BASIC_HEADERS_FLAG;
}

static int send_one(struct bus *b, const struct bus_message *m)
{
	amqp_basic_properties_t p = {.delivery_mode = AMQP_DELIVERY_PERSISTENT,
				     .timestamp = (uint64_t)(clock_now() / SECOND)};
	amqp_bytes_t body = {m->body_len, (void *)(uintptr_t)m->body};
	amqp_table_entry_t headers[HEADERS];
	char expiration[24];

	p._flags = AMQP_BASIC_DELIVERY_MODE_FLAG | AMQP_BASIC_TIMESTAMP_FLAG;
	set_text(&p, &p.content_type, AMQP_BASIC_CONTENT_TYPE_FLAG,
		 "application/cloudevents+json; charset=utf-8");
	set_text(&p, &p.app_id, AMQP_BASIC_APP_ID_FLAG, b->settings.user);
	set_text(&p, &p.type, AMQP_BASIC_TYPE_FLAG, m->type);
	set_text(&p, &p.message_id, AMQP_BASIC_MESSAGE_ID_FLAG, m->id);
	set_text(&p, &p.correlation_id, AMQP_BASIC_CORRELATION_ID_FLAG, m->correlation);
	if (m->expiration_ms > 0) {
		snprintf(expiration, sizeof expiration, "%lld", (long long)m->expiration_ms);
		set_text(&p, &p.expiration, AMQP_BASIC_EXPIRATION_FLAG, expiration);
	}
	set_headers(&p, headers, m);
	return amqp_basic_publish(b->connection, BUS_CHANNEL, amqp_cstring_bytes(m->exchange),
				  amqp_cstring_bytes(m->routing_key), 1, 0, &p, body);
}

/* Waits until no more than `most` are without an answer. */
static err await_confirms(struct bus *b, struct window *w, size_t most)
{
	int64_t end = clock_steady() + BUS_REPLY_MS * INT64_C(1000);
	size_t before = w->settled;
	err e;

	while (w->sent - w->settled > most) {
		if ((e = bus_read(b, 1000)) != OK)
			return e;
		if (w->settled != before)
			end = clock_steady() + BUS_REPLY_MS * INT64_C(1000);
		before = w->settled;
		if (clock_steady() > end) {
			bus_drop(b, "no confirm in 10 s");
			return ERR_TIMED_OUT;
		}
	}
	return OK;
}

static err send_all(struct bus *b, struct window *w, size_t count)
{
	int status;
	err e;

	if (count > 0 && FAILPOINT_FAILS(publish))
		return bus_drop(b, "a test cut it before a publish");
	for (size_t i = 0; i < count; i++) {
		w->states[i] = SENT;
		w->sent++;
		status = send_one(b, &w->messages[i]);
		b->published++;
		if (status != AMQP_STATUS_OK)
			return bus_drop(b, amqp_error_string2(status));
		if ((e = await_confirms(b, w, BUS_WINDOW - 1)) != OK)
			return e;
	}
	if (count > 0 && FAILPOINT_FAILS(published))
		return bus_drop(b, "a test cut it after a publish");
	if ((e = await_confirms(b, w, 0)) == OK && count > 0)
		FAILPOINT(confirmed);
	return e;
}

static err begin_confirms(struct bus *b)
{
	err e;

	if ((e = bus_connect(b)) != OK)
		return e;
	if (b->confirming)
		return OK;
	if (amqp_confirm_select(b->connection, BUS_CHANNEL) == NULL)
		return bus_refused(b, "asking for confirms", amqp_get_rpc_reply(b->connection));
	b->confirming = true;
	return OK;
}

/* A connection that died while nobody looked shows on its reading side: look there before writing. */
static err window_publish(struct bus *b, struct window *w, size_t count)
{
	err e;

	bus_idle(b);
	if ((e = begin_confirms(b)) != OK)
		return e;
	w->base = b->published;
	b->window = w;
	e = send_all(b, w, count);
	b->window = NULL;
	return e;
}

err bus_publish(struct bus *b, const struct bus_message *messages, size_t count, bool *ret_confirmed)
{
	struct window w = {.messages = messages, .confirmed = ret_confirmed};
	err e;

	memset(ret_confirmed, 0, count * sizeof *ret_confirmed);
	w.states = calloc(count + 1, sizeof *w.states);
	BUG_IF(w.states == NULL);
	bus_watch(b);
	e = window_publish(b, &w, count);
	bus_unwatch(b);
	free(w.states);
	return e;
}
