#include "amqp/events.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/db/outbox.h"
#include <assert.h>
#include <string.h>

#define RECORD_LIST "amqp/records.def"
#include "common/schema/define_records.h"

static const char source_prefix[] = "/stagedoor/", media_type[] = "application/json", spec_version[] = "1.0";
/* of the type of an event: the width of its column in the outbox */
enum { TYPE_MAX = 60 };
static const struct number_format minor = {.major = false};

/*
 * The list is checked as it is built. Each CONSUMER makes the type name_is_consumed (C11 allows the same
 * typedef again) and each EVENT uses its own: without a consumer the type is unknown. A row that comes twice
 * defines an enumerator twice. A type is its name with a dot for the underscore, so that types are as unique
 * as names; their lengths are compared here, their letters in tests/unit.
 */
#define EVENT(name, type, publisher, audience, record, subject, doc)
#define CONSUMER(name, service, handler)                                                                     \
	typedef char name##_is_consumed;                                                                     \
	enum { service##_consumes_##name };
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
#define EVENT(name, type, publisher, audience, record, subject, doc)                                         \
	enum { name##_is_listed = sizeof(name##_is_consumed) };                                              \
	static_assert(sizeof(type) == sizeof #name, "the type of an event is its name");                     \
	static_assert(sizeof(((struct record *)NULL)->subject) == 16, "the subject of an event is an id");
#define CONSUMER(name, service, handler)                                                                     \
	static_assert(name##_is_listed == 1, "an event that is consumed is listed");
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER

#define EVENT(name, type, publisher, audience, record, subject, doc)                                         \
	const struct event event_##name = {#name,           type,    #publisher, doc, EVENT_##audience,      \
					   record_##record, #subject};
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER

const struct event *const events[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc) &event_##name,
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
    NULL};

const struct event *event_of_type(const char *type)
{
	for (size_t i = 0; events[i] != NULL; i++)
		if (text_same(events[i]->type, type))
			return events[i];
	return NULL;
}

bool event_is_fact(const struct event *ev)
{
	return record_field_of(ev->record(), &kind_version) == NULL;
}

const char *event_subject(struct arena *a, const struct event *ev, const void *state)
{
	const struct record *r = ev->record();
	const struct field *f = record_field(r, ev->subject_field);

	if (kind_is_null(f->kind, field_of(f, state)))
		f = record_field(r, "user_id");
	return id_print(a, field_of(f, state));
}

version event_version(const struct event *ev, const void *state)
{
	const struct field *f = record_field_of(ev->record(), &kind_version);

	return f == NULL ? (version){1} : *(const version *)field_of(f, state);
}

static const char *source_of(struct arena *a, const struct event *ev)
{
	return arena_printf(a, "%s%s", source_prefix, ev->publisher);
}

const char *event_encode(struct arena *a, const struct event *ev, event_id id, const void *state)
{
	struct json_t *body = json_object_new(a);

	json_put_text(body, "specversion", spec_version);
	json_put_text(body, "id", id_text(a, id));
	json_put_text(body, "source", source_of(a, ev));
	json_put_text(body, "type", ev->type);
	json_put_text(body, "subject", event_subject(a, ev, state));
	json_put_text(body, "time", when_print(a, (when){clock_now()}));
	json_put_text(body, "datacontenttype", media_type);
	json_put_number(body, "version", event_version(ev, state).v);
	json_put(body, "data", json_of_record(a, ev->record(), &minor, state));
	return json_text(a, body);
}

static err malformed(struct problems *problems, const char *field, const char *message)
{
	problems_add(problems, field, message);
	return ERR_MALFORMED;
}

static err must_say(const struct json_t *body, const char *key, const char *value, struct problems *problems)
{
	if (text_same(json_get_text(body, key), value))
		return OK;
	return malformed(problems, key, arena_printf(problems->arena, "must be %s", value));
}

/* A type that a later version has added: ours, by its form and source, and nothing more is known of it. */
static err check_unknown(const struct json_t *body, const char *type, struct problems *problems)
{
	const char *source = json_get_text(body, "source");

	if (type == NULL || *type == '\0' || strlen(type) > TYPE_MAX ||
	    strspn(type, "abcdefghijklmnopqrstuvwxyz0123456789_.") != strlen(type))
		return malformed(problems, "type", "must be the type of an event");
	if (source == NULL || !text_starts(source, source_prefix))
		return malformed(problems, "source", "must be a service of Stagedoor");
	return OK;
}

static err decode_head(const struct json_t *body, struct problems *problems, struct envelope *envelope)
{
	const char *id = json_get_text(body, "id"), *time = json_get_text(body, "time");
	when made;
	err e;

	if ((e = must_say(body, "specversion", spec_version, problems)) != OK)
		return e;
	if (id == NULL || uuid_parse(id, envelope->id.b) != OK)
		return malformed(problems, "id", "must be a UUID");
	if (time == NULL || when_parse(time, &made) != OK)
		return malformed(problems, "time", "must be a time of RFC 3339");
	if ((e = must_say(body, "datacontenttype", media_type, problems)) != OK)
		return e;
	envelope->type = arena_strdup(problems->arena, json_get_text(body, "type"));
	envelope->event = event_of_type(envelope->type);
	if (envelope->event == NULL)
		return check_unknown(body, envelope->type, problems);
	return must_say(body, "source", source_of(problems->arena, envelope->event), problems);
}

static err check_agreement(struct arena *a, const struct json_t *body, struct problems *problems,
			   const struct envelope *envelope)
{
	err e;

	if ((e = must_say(body, "subject", event_subject(a, envelope->event, envelope->state), problems)) !=
	    OK)
		return e;
	if (json_get_number(body, "version", 0) != event_version(envelope->event, envelope->state).v)
		return malformed(problems, "version", "must be that of the data");
	return OK;
}

err event_decode(struct arena *a, const char *text, size_t len, struct problems *problems,
		 struct envelope *ret_envelope)
{
	struct envelope envelope = {0};
	struct json_t *body;
	err e;

	if (json_parse(a, text, len, &body) != OK)
		return malformed(problems, NULL, "is not JSON");
	if ((e = decode_head(body, problems, &envelope)) != OK)
		return e;
	if (envelope.event == NULL) {
		*ret_envelope = envelope;
		return OK;
	}
	envelope.state = arena_alloc(a, envelope.event->record()->size);
	if (record_from_json(a, envelope.event->record(), &minor, UNKNOWN_IGNORED, json_get(body, "data"),
			     problems, envelope.state) != OK)
		return ERR_MALFORMED;
	if ((e = check_agreement(a, body, problems, &envelope)) != OK)
		return e;
	*ret_envelope = envelope;
	return OK;
}

static err event_publish(struct db *db, const struct event *ev, const void *state)
{
	struct arena *a = db_arena(db);
	struct outbox_event row = {.type = ev->type, .version = event_version(ev, state)};

	BUG_IF(record_wrong(ev->record(), state) != NULL);
	uuid_new(row.id.b);
	row.subject = event_subject(a, ev, state);
	row.body = event_encode(a, ev, row.id, state);
	return outbox_add(db, &row);
}

#define EVENT(name, type, publisher, audience, record, subject, doc)                                         \
	err publish_##name(struct db *db, const struct record *state)                                        \
	{                                                                                                    \
		return event_publish(db, &event_##name, state);                                              \
	}
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
