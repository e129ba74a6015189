#include "amqp/events.h"
#include "amqp/topology.h"
#include "common/base/text.h"
#include "common/base/uuid.h"
#include "common/schema/services.h"
#include "tests/unit/suites.h"
#include <jansson.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* Every test runs over the lists, so a new event, field or kind is tested as soon as it is listed. */

static struct arena *arena;

enum fill { FULL, MINIMAL };

static void setup(void)
{
	arena = arena_new();
}

static void teardown(void)
{
	arena_free(arena);
}

static const char *repeated(const char *one, int64_t times)
{
	char *text = arena_alloc(arena, strlen(one) * (size_t)times + 1);

	for (int64_t i = 0; i < times; i++)
		strcat(text, one);
	return text;
}

static const char *text_for(const struct kind *k, enum fill fill)
{
	switch (k->rule) {
	case RULE_ZONE:
		return fill == FULL ? "America/Argentina/Buenos_Aires" : "UTC";
	case RULE_CURRENCY:
		return fill == FULL ? "KWD" : "USD";
	case RULE_EMAIL:
		return "somebody@example.com";
	case RULE_ASCII:
		return repeated("x", fill == FULL ? k->max : k->min);
	default:
		return repeated(fill == FULL ? "\xf0\x9f\x8e\xad" : "x", fill == FULL ? k->max : k->min);
	}
}

static void fill_value(const struct kind *k, enum fill fill, void *value)
{
	switch (k->class) {
	case KIND_ID:
		uuid_new(value);
		break;
	case KIND_INTEGER:
		*(int64_t *)value = fill == FULL ? k->max : k->min;
		break;
	case KIND_TIME:
		*(int64_t *)value = fill == FULL ? INT64_C(253402300799999999) : 1;
		break;
	case KIND_STRING:
		*(const char **)value = text_for(k, fill);
		break;
	case KIND_BOOLEAN:
		*(bool *)value = fill == FULL;
		break;
	case KIND_CHOICE:
		*(int *)value = 1;
		while (fill == FULL && k->words[*(int *)value + 1] != NULL)
			++*(int *)value;
		break;
	}
}

static void *state_of(const struct event *ev, enum fill fill)
{
	const struct record *r = ev->record();
	void *state = arena_alloc(arena, r->size);

	for (size_t i = 0; i < r->count; i++)
		if (fill == FULL || !r->fields[i].optional)
			fill_value(r->fields[i].kind, fill, field_in(&r->fields[i], state));
	return state;
}

static const char *body_of(const struct event *ev, enum fill fill)
{
	event_id id;

	uuid_new(id.b);
	return event_encode(arena, ev, id, state_of(ev, fill));
}

static err decode(const char *body, struct problems *problems)
{
	struct envelope envelope;

	*problems = (struct problems){.arena = arena};
	return event_decode(arena, body, strlen(body), problems, &envelope);
}

static void must_refuse(const char *body, const char *field, const char *what)
{
	struct problems problems;

	ck_assert_msg(decode(body, &problems) == ERR_MALFORMED, "%s is taken: %s", what, body);
	ck_assert_ptr_nonnull(problems.first);
	if (field != NULL)
		ck_assert_msg(problems_of(&problems, field) != NULL, "%s is blamed on %s", what,
			      problems.first->field);
}

static void must_take(const char *body, const char *what)
{
	struct problems problems;
	err e = decode(body, &problems);

	ck_assert_msg(e == OK, "%s is refused (%s %s): %s", what, problems.first->field,
		      problems.first->message, body);
}

START_TEST(round_trip)
{
	const struct event *ev = events[_i / 2];
	enum fill fill = _i % 2 == 0 ? FULL : MINIMAL;
	void *state = state_of(ev, fill);
	struct problems problems = {.arena = arena};
	struct envelope envelope;
	const char *body;
	event_id id;

	uuid_new(id.b);
	ck_assert_ptr_null(record_wrong(ev->record(), state));
	body = event_encode(arena, ev, id, state);
	ck_assert_msg(event_decode(arena, body, strlen(body), &problems, &envelope) == OK, "%s", body);
	ck_assert_ptr_eq(envelope.event, ev);
	ck_assert(id_same(envelope.id, id));
	ck_assert(record_same(ev->record(), state, envelope.state));
}
END_TEST

/* The body with one member of its data, or of the envelope, set to the JSON text; NULL removes the member. */
static const char *with(const char *body, bool in_data, const char *key, const char *json)
{
	json_t *all = json_loads(body, 0, NULL), *object = in_data ? json_object_get(all, "data") : all;
	char *text;
	const char *copy;

	ck_assert_ptr_nonnull(object);
	if (json == NULL)
		ck_assert_int_eq(json_object_del(object, key), 0);
	else
		ck_assert_int_eq(json_object_set_new(object, key, json_loads(json, JSON_DECODE_ANY, NULL)),
				 0);
	text = json_dumps(all, JSON_COMPACT);
	copy = arena_strdup(arena, text);
	free(text);
	json_decref(all);
	return copy;
}

static const char *camel(const struct field *f)
{
	char *name = arena_alloc(arena, strlen(f->name) + 1);

	text_camel(f->name, name);
	return name;
}

static const void *state_in(const char *body)
{
	struct problems problems = {.arena = arena};
	struct envelope envelope;

	ck_assert_int_eq(event_decode(arena, body, strlen(body), &problems, &envelope), OK);
	return envelope.state;
}

START_TEST(missing_field)
{
	const struct event *ev = events[_i];
	const struct record *r = ev->record();

	for (size_t i = 0; i < r->count; i++) {
		const char *name = camel(&r->fields[i]);
		const char *body = body_of(ev, FULL);
		const char *null = with(body, true, name, "null"), *absent = with(body, true, name, NULL);

		if (!r->fields[i].optional) {
			must_refuse(null, name, "null");
			must_refuse(absent, name, "a missing field");
		} else if (!text_same(r->fields[i].name, ev->subject_field)) {
			must_take(null, "null in an optional field");
			must_take(absent, "an optional field of a later version");
			ck_assert(record_same(r, state_in(null), state_in(absent)));
		}
	}
}
END_TEST

/* JSON values of every type, and the kinds for which they can be valid. */
static const struct {
	const char *json;
	unsigned fits;
} samples[] = {
    {"7", 1u << KIND_INTEGER},
    {"1.5", 0},
    {"1e3", 0},
    {"true", 1u << KIND_BOOLEAN},
    {"[]", 0},
    {"[7]", 0},
    {"{}", 0},
    {"{\"v\":7}", 0},
    {"\"7\"", 1u << KIND_STRING},
    {"\"true\"", 1u << KIND_STRING | 1u << KIND_CHOICE},
    {"\"no such word\"", 1u << KIND_STRING},
    {"\"\"", 0},
    {"\"2026-02-30T10:00:00Z\"", 1u << KIND_STRING},
    {"\"2026-12-03 19:30\"", 1u << KIND_STRING},
    {"\"00000000-0000-0000-0000-000000000000\"", 1u << KIND_STRING},
    {"\"01a2064d-11cc-7441-b97c-a7446278e61\"", 1u << KIND_STRING},
};

START_TEST(mistyped_field)
{
	const struct event *ev = events[_i];
	const struct record *r = ev->record();

	for (size_t i = 0; i < r->count; i++)
		for (size_t j = 0; j < sizeof samples / sizeof *samples; j++)
			if ((samples[j].fits & 1u << r->fields[i].kind->class) == 0)
				must_refuse(
				    with(body_of(ev, FULL), true, camel(&r->fields[i]), samples[j].json),
				    camel(&r->fields[i]), samples[j].json);
}
END_TEST

static void refuse_value(const struct event *ev, const struct field *f, const char *json)
{
	must_refuse(with(body_of(ev, FULL), true, camel(f), json), camel(f), json);
}

static void refuse_text(const struct event *ev, const struct field *f, const char *text)
{
	refuse_value(ev, f, arena_printf(arena, "\"%s\"", text));
}

START_TEST(oversized_field)
{
	const struct event *ev = events[_i];
	const struct record *r = ev->record();

	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];
		const struct kind *k = f->kind;

		if (k->class == KIND_INTEGER) {
			refuse_value(ev, f, arena_printf(arena, "%lld", (long long)k->max + 1));
			refuse_value(ev, f, arena_printf(arena, "%lld", (long long)k->min - 1));
			refuse_value(ev, f, "-7");
			refuse_value(ev, f, "9223372036854775807");
		} else if (k->class == KIND_STRING) {
			refuse_text(ev, f, repeated("x", k->max + 1));
			refuse_text(ev, f, repeated("x", 100 * 1000));
			if (k->rule != RULE_RAW)
				refuse_text(ev, f, "a\\u0007b");
		} else if (k->class == KIND_TIME) {
			refuse_text(ev, f, "10000-01-01T00:00:00Z");
			refuse_text(ev, f, "1969-12-31T23:59:59Z");
		} else if (k->class == KIND_ID) {
			refuse_text(ev, f, "01a2064d-11cc-7441-b97c-a7446278e61e0");
		}
	}
}
END_TEST

START_TEST(wrong_envelope)
{
	static const struct {
		const char *key, *json;
	} wrong[] = {
	    {"specversion", "\"0.3\""},
	    {"specversion", "1.0"},
	    {"id", "\"7\""},
	    {"id", "7"},
	    {"source", "\"/stagedoor/nobody\""},
	    {"source", "\"stagedoor\""},
	    {"type", "\"Order Eaten\""},
	    {"type", "\"\""},
	    {"type", "7"},
	    {"subject", "\"01a2064d-11cc-7441-b97c-a7446278e61e\""},
	    {"subject", "7"},
	    {"time", "\"yesterday\""},
	    {"time", "1790000000"},
	    {"datacontenttype", "\"text/plain\""},
	    {"version", "0"},
	    {"version", "\"1\""},
	    {"version", "1.0"},
	    {"version", "9223372036854775807"},
	    {"data", "[]"},
	    {"data", "\"\""},
	};
	static const char *const keys[] = {"specversion",     "id",      "source", "type", "subject", "time",
					   "datacontenttype", "version", "data"};
	const char *body = body_of(events[_i], FULL);

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		must_refuse(with(body, false, wrong[i].key, wrong[i].json), NULL, wrong[i].key);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		must_refuse(with(body, false, keys[i], NULL), NULL, keys[i]);
		must_refuse(with(body, false, keys[i], "null"), NULL, keys[i]);
	}
}
END_TEST

/* An event under the name of another is refused where the publisher or the record differs. */
START_TEST(wrong_type)
{
	const struct event *ev = events[_i];

	for (size_t i = 0; events[i] != NULL; i++)
		if (events[i]->record() != ev->record())
			must_refuse(with(body_of(ev, FULL), false, "type",
					 arena_printf(arena, "\"%s\"", events[i]->type)),
				    NULL, "another type");
}
END_TEST

START_TEST(unknown_fields)
{
	const char *body = body_of(events[_i], FULL);

	must_take(with(body, false, "traceparent", "\"00-ab-cd-01\""), "an extension");
	must_take(with(body, true, "seatMapUrl", "{\"new\":[1,2,3]}"), "a field of a newer program");
}
END_TEST

/* A word that a later version has added is kept and written back unchanged; a text that cannot be a word is
 * refused. */
START_TEST(unknown_word)
{
	static const char *const no_words[] = {"", "Opera", "open air", "7up", "drop;", "\u00fc"};
	const struct event *ev = events[_i];
	const struct record *r = ev->record();

	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];
		const void *state;

		if (f->kind->class != KIND_CHOICE)
			continue;
		state = state_in(with(body_of(ev, FULL), true, camel(f), "\"sold_elsewhere\""));
		ck_assert(choice_is_unknown(f->kind, field_of(f, state)));
		ck_assert_ptr_null(record_wrong(r, state));
		ck_assert_str_eq(
		    json_get_text(json_of_record(arena, r, &(struct number_format){0}, state), camel(f)),
		    "sold_elsewhere");
		ck_assert(!record_same(r, state, state_in(body_of(ev, FULL))));
		for (size_t j = 0; j < sizeof no_words / sizeof *no_words; j++)
			refuse_text(ev, f, no_words[j]);
		refuse_text(ev, f, repeated("x", 41));
	}
}
END_TEST

START_TEST(unknown_type)
{
	struct problems problems = {.arena = arena};
	struct envelope envelope;
	const char *body = with(body_of(events[_i], FULL), false, "type", "\"order.eaten\"");

	ck_assert_int_eq(event_decode(arena, body, strlen(body), &problems, &envelope), OK);
	ck_assert_ptr_null(envelope.event);
	ck_assert_ptr_null(envelope.state);
	ck_assert_str_eq(envelope.type, "order.eaten");
	must_refuse(with(body, false, "source", "\"/elsewhere/orders\""), "source", "a foreign source");
	must_refuse(with(body, false, "id", "\"7\""), "id", "an id");
}
END_TEST

START_TEST(not_json)
{
	static const char *const bodies[] = {
	    "",
	    " ",
	    "null",
	    "[]",
	    "7",
	    "\"order.created\"",
	    "{",
	    "{}",
	    "{}{}",
	    "{\"a\":1,\"a\":2}",
	    "{\"a\":\"\xff\"}",
	    "{\"a\":\"\\u0000\"}",
	};
	const char *body = body_of(events[_i], FULL);
	struct problems problems = {.arena = arena};
	struct envelope envelope;

	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
		must_refuse(bodies[i], NULL, "no event");
	must_refuse(arena_printf(arena, "%s}", body), NULL, "something after the event");
	must_refuse(
	    with(body, false, "deep", arena_printf(arena, "%s%s", repeated("[", 40), repeated("]", 40))),
	    NULL, "a deep body");
	for (size_t len = 0; len < strlen(body); len++)
		ck_assert_int_eq(event_decode(arena, body, len, &problems, &envelope), ERR_MALFORMED);
}
END_TEST

START_TEST(list_is_sound)
{
	for (size_t i = 0; events[i] != NULL; i++) {
		const struct event *ev = events[i];
		char type[100] = "";

		snprintf(type, sizeof type, "%s", ev->name);
		*strchr(type, '_') = '.';
		ck_assert_str_eq(ev->type, type);
		ck_assert_ptr_eq(event_of_type(ev->type), ev);
		ck_assert_ptr_nonnull(record_field(ev->record(), ev->subject_field));
		ck_assert(*ev->doc != '\0');
	}
	ck_assert_ptr_null(event_of_type("order.eaten"));
	ck_assert_ptr_null(event_of_type(NULL));
}
END_TEST

START_TEST(subject_of_an_end_of_sessions)
{
	struct session_end *end = state_of(&event_session_revoked, FULL);

	ck_assert_str_eq(event_subject(arena, &event_session_revoked, end), id_text(arena, end->sid));
	ck_assert_int_eq(event_version(&event_session_revoked, end).v, 1);
	ck_assert(event_is_fact(&event_session_revoked));
	end->sid = (session_id){{0}};
	ck_assert_str_eq(event_subject(arena, &event_session_revoked, end), id_text(arena, end->user_id));
	ck_assert(!event_is_fact(&event_order_created));
}
END_TEST

/* Topology */

static bool allows(const char *pattern, const char *name)
{
	regex_t regex;
	bool fits;

	ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
	fits = regexec(&regex, name, 0, NULL, 0) == 0;
	regfree(&regex);
	return fits;
}

static bool has_exchange(const struct topology *t, const char *name)
{
	for (const struct topology_exchange *x = t->exchanges; x->name != NULL; x++)
		if (strcmp(x->name, name) == 0)
			return true;
	return false;
}

static const struct topology_queue *queue_of(const struct topology *t, const char *name)
{
	for (const struct topology_queue *q = t->queues; q->name != NULL; q++)
		if (strcmp(q->name, name) == 0)
			return q;
	return NULL;
}

static const struct topology_binding *binding_of(const struct topology *t, const char *exchange,
						 const char *key, const char *queue)
{
	for (const struct topology_binding *b = t->bindings; b->exchange != NULL; b++)
		if (strcmp(b->exchange, exchange) == 0 && strcmp(b->key, key) == 0 &&
		    (queue == NULL || strcmp(b->queue, queue) == 0))
			return b;
	return NULL;
}

static const char *argument_of(const struct topology_argument *list, const char *name)
{
	for (const struct topology_argument *g = list; g->name != NULL; g++)
		if (strcmp(g->name, name) == 0)
			return g->type == TOPOLOGY_TEXT ? g->text
							: arena_printf(arena, "%lld", (long long)g->number);
	return NULL;
}

static const char *const integrators[] = {"acme", "b-2", NULL};
static const struct topology_settings settings = {.hold_seconds = 900,
						  .delivery_limit = 20,
						  .history_days = 30,
						  .history_mib = 1024,
						  .integrators = integrators,
						  .integrator_events = 100000,
						  .integrator_mib = 128,
						  .integrator_days = 14};

static const struct {
	const struct event *event;
	const char *service;
} consumers[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc)
#define CONSUMER(name, service, handler) {&event_##name, #service},
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
};

/* The local stack runs the events program of each service that has one in the list of services. */
START_TEST(services_that_consume_are_listed_as_such)
{
	for (size_t i = 0; services[i] != NULL; i++) {
		bool is_listed = false, consumes = false;

		for (size_t n = 0; services_with_events[n] != NULL; n++)
			is_listed = is_listed || strcmp(services_with_events[n], services[i]) == 0;
		for (size_t n = 0; n < sizeof consumers / sizeof *consumers; n++)
			consumes = consumes || strcmp(consumers[n].service, services[i]) == 0;
		ck_assert_msg(is_listed == consumes, "%s %s events, contrary to services.def", services[i],
			      consumes ? "consumes" : "does not consume");
	}
}
END_TEST

START_TEST(every_event_reaches_its_consumers)
{
	struct topology t = topology_make(arena, &settings);
	size_t topics = 0;

	for (size_t i = 0; i < sizeof consumers / sizeof *consumers; i++)
		ck_assert_ptr_nonnull(binding_of(
		    &t, arena_printf(arena, "stagedoor.%s", consumers[i].event->publisher),
		    consumers[i].event->type, arena_printf(arena, "%s.events", consumers[i].service)));
	for (size_t i = 0; events[i] != NULL; i++)
		ck_assert_ptr_nonnull(binding_of(
		    &t, arena_printf(arena, "stagedoor.%s", events[i]->publisher), events[i]->type, NULL));
	for (const struct topology_binding *b = t.bindings; b->exchange != NULL; b++) {
		ck_assert(has_exchange(&t, b->exchange));
		ck_assert_ptr_nonnull(queue_of(&t, b->queue));
		topics += strcmp(b->queue, b->key) != 0 && strcmp(b->queue, "stagedoor.history") != 0;
	}
	ck_assert_uint_eq(topics, sizeof consumers / sizeof *consumers);
}
END_TEST

/* RabbitMQ applies one policy to a queue. */
static const struct topology_policy *policy_of(const struct topology *t, const char *queue)
{
	const struct topology_policy *found = NULL;

	for (const struct topology_policy *p = t->policies; p->name != NULL; p++) {
		if (!allows(p->pattern, queue))
			continue;
		ck_assert_msg(found == NULL, "%s has two policies", queue);
		found = p;
	}
	ck_assert_msg(found != NULL, "%s has no policy", queue);
	return found;
}

START_TEST(what_may_change_is_no_argument)
{
	struct topology t = topology_make(arena, &settings);

	for (const struct topology_queue *q = t.queues; q->name != NULL; q++)
		for (const struct topology_argument *g = q->arguments; g->name != NULL; g++)
			ck_assert_msg(strcmp(g->name, "x-queue-type") == 0 ||
					  strcmp(g->name, "x-single-active-consumer") == 0,
				      "%s of %s", g->name, q->name);
}
END_TEST

static bool is_of_a_service(const char *queue)
{
	return !text_starts(queue, "stagedoor.") && !text_starts(queue, "integrator.");
}

START_TEST(every_dead_letter_has_a_queue)
{
	struct topology t = topology_make(arena, &settings);

	for (const struct topology_queue *q = t.queues; q->name != NULL; q++) {
		const struct topology_argument *p = policy_of(&t, q->name)->definition;
		const char *exchange = argument_of(p, "dead-letter-exchange"),
			   *key = argument_of(p, "dead-letter-routing-key");

		if (!is_of_a_service(q->name)) {
			ck_assert_ptr_null(exchange);
			continue;
		}
		ck_assert_str_eq(argument_of(q->arguments, "x-queue-type"), "quorum");
		if (strstr(q->name, ".dead") != NULL) {
			ck_assert_ptr_null(exchange);
			ck_assert_str_eq(argument_of(p, "delivery-limit"), "2147483647");
			continue;
		}
		/* each is useless without the others */
		ck_assert_str_eq(argument_of(p, "dead-letter-strategy"), "at-least-once");
		ck_assert_str_eq(argument_of(p, "overflow"), "reject-publish");
		if (*exchange == '\0')
			ck_assert_ptr_nonnull(queue_of(&t, key));
		else
			ck_assert_ptr_nonnull(binding_of(&t, exchange, key, key));
		if (strstr(q->name, ".wait.") == NULL) {
			ck_assert_str_eq(argument_of(p, "delivery-limit"), "20");
			ck_assert_ptr_nonnull(argument_of(q->arguments, "x-single-active-consumer"));
		}
	}
}
END_TEST

START_TEST(each_duration_has_a_policy)
{
	struct topology_settings short_hold = {.hold_seconds = 90, .delivery_limit = 20};
	struct topology t = topology_make(arena, &settings), other = topology_make(arena, &short_hold);
	const struct topology_policy *p = policy_of(&t, "expiration.wait.900");

	ck_assert_str_eq(argument_of(p->definition, "message-ttl"), "900000");
	ck_assert_str_eq(argument_of(p->definition, "dead-letter-routing-key"), "expiration.due");
	p = policy_of(&other, "expiration.wait.90");
	ck_assert_str_eq(argument_of(p->definition, "message-ttl"), "90000");
	ck_assert(!allows(p->pattern, "expiration.wait.900") && !allows(p->pattern, "expiration.wait.9"));
}
END_TEST

static const char *service_of(const struct topology_user *u)
{
	return text_starts(u->name, "stagedoor_") ? u->name + strlen("stagedoor_") : u->name;
}

/* does the exchange or queue belong to the service? */
static bool belongs(const char *name, const char *service)
{
	if (text_starts(name, "stagedoor."))
		name += strlen("stagedoor.");
	return text_starts(name, service) && (name[strlen(service)] == '\0' || name[strlen(service)] == '.');
}

/* sends dead letters again, to any service */
static bool is_operator(const struct topology_user *u)
{
	return text_same(u->name, "stagedoor_operator");
}

/* orders moves the dead letters of expiration, which has no database */
static bool moves(const struct topology_user *u, const char *queue)
{
	return text_same(u->name, "stagedoor_orders") && text_same(queue, "expiration.dead");
}

START_TEST(nobody_writes_to_another)
{
	struct topology t = topology_make(arena, &settings);

	for (const struct topology_user *u = t.users; u->name != NULL; u++) {
		ck_assert(!allows(u->write, "amq.default"));
		ck_assert(!allows(u->write, ""));
		ck_assert(!allows(u->write, "amq.topic"));
		for (const struct topology_exchange *x = t.exchanges; x->name != NULL; x++) {
			bool own = belongs(x->name, service_of(u)) ||
				   (is_operator(u) && strstr(x->name, ".own") != NULL);

			ck_assert_msg(allows(u->write, x->name) == own, "%s writes %s", u->name, x->name);
			ck_assert(!allows(u->write, arena_printf(arena, "%sx", x->name)));
			ck_assert(!allows(u->write, arena_printf(arena, "x%s", x->name)));
			ck_assert(!allows(u->configure, x->name));
		}
		for (const struct topology_queue *q = t.queues; q->name != NULL; q++) {
			bool own = belongs(q->name, service_of(u)), waits = strstr(q->name, ".wait.") != NULL,
			     integrator = text_starts(u->name, "integrator."),
			     reads = (own && !waits) || moves(u, q->name) ||
				     (integrator && strcmp(q->name, "stagedoor.history") == 0);

			ck_assert_msg(allows(u->read, q->name) == reads, "%s reads %s", u->name, q->name);
			/* an integrator needs the write right to bind its queue; no exchange matches the
			 * pattern */
			ck_assert_msg(allows(u->write, q->name) == (own && (waits || integrator)),
				      "%s writes %s", u->name, q->name);
			ck_assert(!allows(u->configure, q->name));
		}
	}
}
END_TEST

/* RabbitMQ 4.3 refuses a passive declaration by a user without a right on the queue. Services declare their
 * own queues, and the audit declares each queue as its owner. */
START_TEST(each_queue_may_be_declared_passively)
{
	struct topology t = topology_make(arena, &settings);
	size_t declared = 0, queues = 0;

	for (const struct topology_queue *q = t.queues; q->name != NULL; q++) {
		queues += !text_same(q->name, "stagedoor.history"); /* no service declares it */
		for (const struct topology_user *u = t.users; u->name != NULL; u++) {
			if (!belongs(q->name, service_of(u)))
				continue;
			ck_assert_msg(allows(u->configure, q->name) || allows(u->write, q->name) ||
					  allows(u->read, q->name),
				      "%s has no right on %s", u->name, q->name);
			declared++;
		}
	}
	ck_assert_uint_eq(declared, queues);
}
END_TEST

START_TEST(keys_are_lists_of_what_is_allowed)
{
	struct topology t = topology_make(arena, &settings);
	size_t users = 0, topics = 0, lists = 0;

	for (const struct topology_user *u = t.users; u->name != NULL; u++)
		users++;
	for (const struct topology_exchange *x = t.exchanges; x->name != NULL; x++)
		topics += strcmp(x->type, "topic") == 0;
	for (const struct topology_keys *k = t.keys; k->user != NULL; k++, lists++)
		for (size_t i = 0; events[i] != NULL; i++) {
			bool here = strcmp(k->exchange,
					   arena_printf(arena, "stagedoor.%s", events[i]->publisher)) == 0;
			/* at its own exchange a service may publish events that only a later version knows */
			bool own =
			    text_starts(k->user, "stagedoor_") &&
			    text_same(k->exchange + strlen("stagedoor."), k->user + strlen("stagedoor_"));
			bool integrator = text_starts(k->user, "integrator.");

			ck_assert(allows(k->write, events[i]->type) == own);
			ck_assert(allows(k->read, events[i]->type) ==
				  (here && integrator && events[i]->audience == EVENT_PUBLIC));
			ck_assert(!allows(k->read, "#") && !allows(k->read, "*.*") &&
				  !allows(k->read, "*.created"));
		}
	/* a user without a list of topics at an exchange could use every routing key there */
	ck_assert_uint_eq(lists, users * topics);
}
END_TEST

static const struct topology_user *user_of(const struct topology *t, const char *name)
{
	for (const struct topology_user *u = t->users; u->name != NULL; u++)
		if (strcmp(u->name, name) == 0)
			return u;
	ck_abort_msg("there is no user %s", name);
	return NULL;
}

START_TEST(integrators_see_public_events_only)
{
	struct topology t = topology_make(arena, &settings);
	const struct topology_user *u = user_of(&t, "integrator.acme");

	ck_assert(allows(u->read, "stagedoor.orders") && allows(u->read, "stagedoor.history"));
	ck_assert(allows(u->read, "integrator.acme.events") && allows(u->write, "integrator.acme.events"));
	ck_assert(!allows(u->read, "stagedoor.orders.own"));
	ck_assert(!allows(u->read, "stagedoor.expiration"));
	ck_assert(!allows(u->read, "orders.events"));
	ck_assert(!allows(u->read, "integrator.b-2.events") && !allows(u->write, "integrator.b-2.events"));
	ck_assert(!allows(u->write, "stagedoor.history"));
	/* with a queue of its own it could make the broker reject events */
	ck_assert_str_eq(u->configure, "^$");
	ck_assert_int_gt(u->connections, 0);
	ck_assert_int_gt(u->channels, 0);
}
END_TEST

START_TEST(history_has_only_public_events)
{
	struct topology t = topology_make(arena, &settings);

	for (size_t i = 0; events[i] != NULL; i++) {
		const struct topology_binding *b =
		    binding_of(&t, arena_printf(arena, "stagedoor.%s", events[i]->publisher), events[i]->type,
			       "stagedoor.history");

		ck_assert((b != NULL) == (events[i]->audience == EVENT_PUBLIC));
	}
	ck_assert_str_eq(argument_of(queue_of(&t, "stagedoor.history")->arguments, "x-queue-type"), "stream");
	ck_assert_str_eq(argument_of(policy_of(&t, "stagedoor.history")->definition, "max-age"), "30D");
}
END_TEST

START_TEST(unread_events_of_an_integrator_are_bounded)
{
	struct topology t = topology_make(arena, &settings);
	const struct topology_argument *p = policy_of(&t, "integrator.b-2.events")->definition;

	ck_assert_str_eq(argument_of(p, "max-length"), "100000");
	ck_assert_str_eq(argument_of(p, "max-length-bytes"), "134217728");
	ck_assert_str_eq(argument_of(p, "overflow"), "drop-head");
	ck_assert_str_eq(argument_of(p, "expires"), "1209600000");
}
END_TEST

Suite *events_suite(void)
{
	Suite *suite = suite_create("events");
	TCase *each = tcase_create("each event"), *list = tcase_create("list"),
	      *broker = tcase_create("topology");
	int count = 0;

	while (events[count] != NULL)
		count++;
	tcase_set_timeout(each, 60);
	tcase_add_checked_fixture(each, setup, teardown);
	tcase_add_loop_test(each, round_trip, 0, 2 * count);
	tcase_add_loop_test(each, missing_field, 0, count);
	tcase_add_loop_test(each, mistyped_field, 0, count);
	tcase_add_loop_test(each, oversized_field, 0, count);
	tcase_add_loop_test(each, wrong_envelope, 0, count);
	tcase_add_loop_test(each, wrong_type, 0, count);
	tcase_add_loop_test(each, unknown_fields, 0, count);
	tcase_add_loop_test(each, unknown_word, 0, count);
	tcase_add_loop_test(each, unknown_type, 0, count);
	tcase_add_loop_test(each, not_json, 0, count);
	suite_add_tcase(suite, each);
	tcase_add_checked_fixture(list, setup, teardown);
	tcase_add_test(list, list_is_sound);
	tcase_add_test(list, subject_of_an_end_of_sessions);
	suite_add_tcase(suite, list);
	tcase_add_checked_fixture(broker, setup, teardown);
	tcase_add_test(broker, services_that_consume_are_listed_as_such);
	tcase_add_test(broker, every_event_reaches_its_consumers);
	tcase_add_test(broker, what_may_change_is_no_argument);
	tcase_add_test(broker, every_dead_letter_has_a_queue);
	tcase_add_test(broker, each_duration_has_a_policy);
	tcase_add_test(broker, nobody_writes_to_another);
	tcase_add_test(broker, each_queue_may_be_declared_passively);
	tcase_add_test(broker, keys_are_lists_of_what_is_allowed);
	tcase_add_test(broker, integrators_see_public_events_only);
	tcase_add_test(broker, history_has_only_public_events);
	tcase_add_test(broker, unread_events_of_an_integrator_are_bounded);
	suite_add_tcase(suite, broker);
	return suite;
}
