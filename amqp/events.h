#ifndef STAGEDOOR_AMQP_EVENTS_H
#define STAGEDOOR_AMQP_EVENTS_H

#include "common/db/db.h"
#include "common/schema/json.h"
#include "common/schema/problems.h"

#define RECORD_LIST "amqp/records.def"
#include "common/schema/declare_records.h"

/* PUBLIC: integrators may bind it. PRIVATE: only for the services of Stagedoor. */
enum event_audience { EVENT_PUBLIC, EVENT_PRIVATE };

/* The description of an event: a row of events.def. */
struct event {
	const char *name, *type, *publisher, *doc;
	enum event_audience audience;
	const struct record *(*record)(void);
	const char *subject_field;
};

#define EVENT(name, type, publisher, audience, record, subject, doc) extern const struct event event_##name;
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER

/* All events, NULL ends the list. */
extern const struct event *const events[];
const struct event *event_of_type(const char *type);

/* A fact has no version (it is always 1) and consumers act on its key; any other event is the state of a
 * resource at a version. */
bool event_is_fact(const struct event *ev);

/*
 * publish_order_created(db, &state): adds the event to the outbox of the transaction that changed the
 * resource; the relay sends it after the commit. A state that does not fit its record is a bug.
 */
#define EVENT(name, type, publisher, audience, record, subject, doc)                                         \
	err publish_##name(struct db *db, const struct record *state) NODISCARD;
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER

/* The id of the resource of a state, as text, and the version of the state. */
const char *event_subject(struct arena *a, const struct event *ev, const void *state);
version event_version(const struct event *ev, const void *state);

/* CloudEvents 1.0 JSON of the event, time clock_now(). id: the event's own. */
const char *event_encode(struct arena *a, const struct event *ev, event_id id, const void *state);

/*
 * The decoded body, which an earlier or a later version may have written. Strict about what is mandatory
 * (the envelope too: its source, subject and version must be those of the data); an absent optional field is
 * null, an unknown field is ignored, an unknown word of a choice is kept (choices.def). An event of a type
 * that is not in the list is OK too, with event and state NULL. ERR_MALFORMED with the reasons as problems.
 */
struct envelope {
	const struct event *event;
	const char *type;
	event_id id;
	void *state; /* the event's record */
};
err event_decode(struct arena *a, const char *body, size_t len, struct problems *problems,
		 struct envelope *ret_envelope) NODISCARD;

/*
 * order_created_handler, …: the type of the function in a row CONSUMER. The function runs in the transaction
 * of the delivery and gets the state at any version, in any order, any number of times, so it compares
 * versions. An error that is not transient (events_role.c) dead-letters the delivery after a while.
 */
#define EVENT(name, type, publisher, audience, record, subject, doc)                                         \
	typedef err name##_handler(struct db *db, const struct record *state);
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER

/* The table of a service's consumers, made from its rows (declare_consumers.h); NULL ends it. */
struct subscription {
	const struct event *event;
	err (*call)(struct db *db, const void *state);
};

#endif
