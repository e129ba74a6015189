/*
 * Reads the frames of a connection and sorts what they carry: deliveries go to the ring, confirms and
 * returned messages to the window of the bus_publish that is running.
 *
 * A message is a method frame, a header frame and body frames. They are assembled here, so that a read
 * never waits for the rest of a message: bus_read takes the frames that have come, and the next call goes
 * on.
 *
 * What must hold:
 * - A frame is copied before the next one is read, because the library's memory is released then.
 * - A delivery is pending only once its body is complete, and a body is never longer than its header says.
 * - The ring has room for every delivery that can be on its way: BUS_PENDING is more than any prefetch.
 * - After a frame that was not expected the connection is dropped, because nothing after it can be
 *   trusted.
 */
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/bus/internal.h"
#include <stdlib.h>
#include <string.h>

static char *copy(struct arena *a, amqp_bytes_t bytes)
{
	return arena_memdup(a, bytes.bytes, bytes.len);
}

static bool is_key(const amqp_table_entry_t *entry, const char *name)
{
	return entry->key.len == strlen(name) && memcmp(entry->key.bytes, name, entry->key.len) == 0;
}

static const amqp_field_value_t *header(const amqp_table_t *table, const char *name)
{
	for (int i = 0; i < table->num_entries; i++)
		if (is_key(&table->entries[i], name))
			return &table->entries[i].value;
	return NULL;
}

static int64_t number_header(const amqp_table_t *table, const char *name)
{
	const amqp_field_value_t *v = header(table, name);

	if (v == NULL)
		return 0;
	switch (v->kind) {
	case AMQP_FIELD_KIND_I64:
		return v->value.i64;
	case AMQP_FIELD_KIND_I32:
		return v->value.i32;
	case AMQP_FIELD_KIND_I16:
		return v->value.i16;
	case AMQP_FIELD_KIND_I8:
		return v->value.i8;
	case AMQP_FIELD_KIND_U8:
		return v->value.u8;
	default:
		return 0;
	}
}

static const char *text_header(struct arena *a, const amqp_table_t *table, const char *name)
{
	const amqp_field_value_t *v = header(table, name);

	return v == NULL || v->kind != AMQP_FIELD_KIND_UTF8 ? NULL : copy(a, v->value.bytes);
}

/* x-death is an array of tables, the latest death first. */
static void take_death(struct incoming *in, const amqp_table_t *headers)
{
	const amqp_field_value_t *v = header(headers, "x-death");

	if (v == NULL || v->kind != AMQP_FIELD_KIND_ARRAY || v->value.array.num_entries == 0)
		return;
	v = &v->value.array.entries[0];
	if (v->kind != AMQP_FIELD_KIND_TABLE)
		return;
	in->message.death = text_header(in->arena, &v->value.table, "reason");
	in->message.death_queue = text_header(in->arena, &v->value.table, "queue");
}

static void take_properties(struct incoming *in, const amqp_basic_properties_t *p)
{
	struct bus_message *m = &in->message;

	if (p->_flags & AMQP_BASIC_TYPE_FLAG)
		m->type = copy(in->arena, p->type);
	if (p->_flags & AMQP_BASIC_MESSAGE_ID_FLAG)
		m->id = copy(in->arena, p->message_id);
	if (p->_flags & AMQP_BASIC_CORRELATION_ID_FLAG)
		m->correlation = copy(in->arena, p->correlation_id);
	if (p->_flags & AMQP_BASIC_EXPIRATION_FLAG)
		m->expiration_ms = strtoll(copy(in->arena, p->expiration), NULL, 10);
	if (p->_flags & AMQP_BASIC_HEADERS_FLAG) {
		m->retry = number_header(&p->headers, "x-retry");
		m->reason = text_header(in->arena, &p->headers, "x-reason");
		m->queue = text_header(in->arena, &p->headers, "x-queue");
		m->dead_letter_id = text_header(in->arena, &p->headers, "x-parking");
		take_death(in, &p->headers);
	}
}

static void incoming_begin(struct bus *b, struct incoming *in, amqp_bytes_t exchange,
			   amqp_bytes_t routing_key)
{
	if (in->arena == NULL)
		in->arena = arena_new();
	arena_reset(in->arena);
	in->message = (struct bus_message){.exchange = copy(in->arena, exchange),
					   .routing_key = copy(in->arena, routing_key)};
	b->arriving = in;
	b->arriving_head = true;
}

/* Begins the delivery that a method frame announces. */
static void delivery_begin(struct bus *b, uint64_t tag, bool redelivered, amqp_bytes_t exchange,
			   amqp_bytes_t routing_key)
{
	struct incoming *in = &b->ring[(b->first + b->pending) % BUS_PENDING];

	BUG_IF(b->pending == BUS_PENDING);
	incoming_begin(b, in, exchange, routing_key);
	in->message.tag = tag;
	in->message.redelivered = redelivered;
}

static void finish(struct bus *b)
{
	struct incoming *in = b->arriving;

	b->arriving = NULL;
	if (!in->is_return)
		b->pending++;
	else if (b->window != NULL)
		window_return(b->window, &in->message);
}

static void take_head(struct bus *b, const amqp_frame_t *frame)
{
	struct incoming *in = b->arriving;

	in->body_size = frame->payload.properties.body_size;
	take_properties(in, frame->payload.properties.decoded);
	in->message.body = arena_alloc(in->arena, in->body_size + 1);
	b->arriving_head = false;
	if (in->body_size == 0)
		finish(b);
}

static err take_body(struct bus *b, amqp_bytes_t part)
{
	struct bus_message *m = &b->arriving->message;

	if (part.len > b->arriving->body_size - m->body_len)
		return bus_drop(b, "a body is longer than announced");
	memcpy((char *)(uintptr_t)m->body + m->body_len, part.bytes, part.len);
	m->body_len += part.len;
	if (m->body_len == b->arriving->body_size)
		finish(b);
	return OK;
}

static void take_return(struct bus *b, const amqp_basic_return_t *r)
{
	int64_t now = clock_steady();

	incoming_begin(b, &b->returned, r->exchange, r->routing_key);
	if (now < b->alarm_after)
		return;
	b->alarm_after = now + 10 * SECOND;
	log_alarm("no queue takes routing key %s of exchange %s: see stagedoor topology check",
		  b->returned.message.routing_key, b->returned.message.exchange);
}

static void tr_closed(const char *what, amqp_bytes_t words)
{
	log_error("the broker closes the %s: %.*s", what, (int)words.len, (const char *)words.bytes);
}

static void take_confirm(struct bus *b, uint64_t tag, bool multiple, bool taken)
{
	if (b->window != NULL)
		window_settle(b->window, tag, multiple, taken);
}

static err take_method(struct bus *b, const amqp_method_t *method)
{
	const amqp_basic_deliver_t *d = method->decoded;
	const amqp_basic_ack_t *ack = method->decoded;
	const amqp_basic_nack_t *nack = method->decoded;

	switch (method->id) {
	case AMQP_BASIC_DELIVER_METHOD:
		delivery_begin(b, d->delivery_tag, d->redelivered != 0, d->exchange, d->routing_key);
		return OK;
	case AMQP_BASIC_RETURN_METHOD:
		take_return(b, method->decoded);
		return OK;
	case AMQP_BASIC_ACK_METHOD:
		take_confirm(b, ack->delivery_tag, ack->multiple != 0, true);
		return OK;
	case AMQP_BASIC_NACK_METHOD:
		log_warn("the broker refuses a message (its queue is full or not well)");
		take_confirm(b, nack->delivery_tag, nack->multiple != 0, false);
		return OK;
	case AMQP_CONNECTION_BLOCKED_METHOD:
		log_alarm("the broker takes no messages: it is short of memory or disk");
		return OK;
	case AMQP_CONNECTION_UNBLOCKED_METHOD:
		log_info("the broker takes messages again");
		return OK;
	case AMQP_BASIC_CANCEL_METHOD:
		log_alarm("the queue was deleted under its consumer");
		return bus_drop(b, "consumer cancelled by the broker");
	case AMQP_CHANNEL_CLOSE_METHOD:
		tr_closed("channel", ((const amqp_channel_close_t *)method->decoded)->reply_text);
		bus_drop(b, "channel closed by the broker");
		return ERR_FORBIDDEN;
	case AMQP_CONNECTION_CLOSE_METHOD:
		tr_closed("connection", ((const amqp_connection_close_t *)method->decoded)->reply_text);
		return bus_drop(b, "connection closed by the broker");
	default:
		return bus_drop(b, "an answer that nobody asked for");
	}
}

static err take_frame(struct bus *b, const amqp_frame_t *frame)
{
	if (frame->frame_type == AMQP_FRAME_METHOD)
		return take_method(b, &frame->payload.method);
	if (b->arriving != NULL && frame->frame_type == AMQP_FRAME_HEADER && b->arriving_head) {
		take_head(b, frame);
		return OK;
	}
	if (b->arriving != NULL && frame->frame_type == AMQP_FRAME_BODY && !b->arriving_head)
		return take_body(b, frame->payload.body_fragment);
	return frame->frame_type == AMQP_FRAME_HEARTBEAT ? OK : bus_drop(b, "frames out of order");
}

err bus_read(struct bus *b, int timeout_ms)
{
	struct timeval wait = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};
	amqp_frame_t frame;
	int status;
	err e;

	for (;;) {
		/* what came is copied at once, so the library's pools can go before each frame */
		amqp_maybe_release_buffers(b->connection);
		status = amqp_simple_wait_frame_noblock(b->connection, &frame, &wait);
		if (status == AMQP_STATUS_TIMEOUT)
			return OK;
		if (status != AMQP_STATUS_OK)
			return bus_drop(b, amqp_error_string2(status));
		if ((e = take_frame(b, &frame)) != OK)
			return e;
		wait = (struct timeval){0};
	}
}

err bus_await_delivery(struct bus *b, int64_t timeout_ms)
{
	int64_t end = clock_steady() + timeout_ms * 1000, left = timeout_ms;
	err e;

	do {
		if ((e = bus_read(b, b->pending > 0 ? 0 : (int)left)) != OK)
			return e;
		if (b->pending > 0)
			return OK;
		left = (end - clock_steady() + 999) / 1000;
	} while (left > 0);
	return ERR_TIMED_OUT;
}

void bus_forget_delivery(struct bus *b)
{
	b->first = (b->first + 1) % BUS_PENDING;
	b->pending--;
}

bool bus_idle(struct bus *b)
{
	return b->connection == NULL || bus_read(b, 0) == OK;
}
