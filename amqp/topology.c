#include "amqp/topology.h"
#include "amqp/events.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include <string.h>

const char topology_vhost[] = "stagedoor";

#define SERVICE_LIST(SERVICE)                                                                                \
	SERVICE(auth) SERVICE(tickets) SERVICE(orders) SERVICE(expiration) SERVICE(payments)

/* An event of a service, or for one, that is not in the list does not build. */
#define SERVICE(name) SERVICE_##name,
enum service { SERVICE_LIST(SERVICE) SERVICES };
#undef SERVICE

#define SERVICE(name) #name,
static const char *const service_names[] = {SERVICE_LIST(SERVICE)};
#undef SERVICE

static const struct {
	const struct event *event;
	enum service publisher;
} published[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc) {&event_##name, SERVICE_##publisher},
#define CONSUMER(name, service)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
};

static const struct {
	const struct event *event;
	enum service service;
} consumed[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc)
#define CONSUMER(name, service) {&event_##name, SERVICE_##service},
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
};

enum {
	PUBLISHED = sizeof published / sizeof *published,
	CONSUMED = sizeof consumed / sizeof *consumed,
	QUEUES_MAX = 2 * SERVICES + 2,
	ARGUMENTS_MAX = 10,
	DELIVERY_LIMIT = 20,
	OTHERS = 2, /* users that are no service: the integrator, the operator */
};

static const char nothing_allowed[] = "^$";
/* A service may publish, at its own exchange, what a later version has left in its outbox. */
static const char every_type[] = "^[a-z_]+\\.[a-z_]+$";

static bool consumes(enum service service)
{
	for (size_t i = 0; i < CONSUMED; i++)
		if (consumed[i].service == service)
			return true;
	return false;
}

static const char *exchange_of(struct arena *a, enum service service)
{
	return arena_printf(a, "stagedoor.%s", service_names[service]);
}

static const char *own_exchange_of(struct arena *a, enum service service)
{
	return arena_printf(a, "stagedoor.%s.own", service_names[service]);
}

static const char *queue_of(struct arena *a, enum service service, const char *what)
{
	return arena_printf(a, "%s.%s", service_names[service], what);
}

static const struct topology_exchange *make_exchanges(struct arena *a)
{
	struct topology_exchange *list = arena_array(a, 2 * SERVICES + 1, sizeof *list);
	size_t n = 0;

	for (enum service s = 0; s < SERVICES; s++) {
		list[n++] = (struct topology_exchange){exchange_of(a, s), "topic"};
		if (consumes(s))
			list[n++] = (struct topology_exchange){own_exchange_of(a, s), "direct"};
	}
	return list;
}

struct arguments {
	struct topology_argument *list;
	size_t count;
};

static void add_text(struct arguments *args, const char *name, const char *text)
{
	BUG_IF(args->count == ARGUMENTS_MAX);
	args->list[args->count++] =
	    (struct topology_argument){.name = name, .type = TOPOLOGY_TEXT, .text = text};
}

static void add_number(struct arguments *args, const char *name, int64_t number)
{
	BUG_IF(args->count == ARGUMENTS_MAX);
	args->list[args->count++] =
	    (struct topology_argument){.name = name, .type = TOPOLOGY_NUMBER, .number = number};
}

static void add_flag(struct arguments *args, const char *name)
{
	BUG_IF(args->count == ARGUMENTS_MAX);
	args->list[args->count++] = (struct topology_argument){.name = name, .type = TOPOLOGY_TRUE};
}

static struct arguments quorum(struct arena *a)
{
	struct arguments args = {.list = arena_array(a, ARGUMENTS_MAX + 1, sizeof *args.list)};

	add_text(&args, "x-queue-type", "quorum");
	return args;
}

/* at-least-once without reject-publish silently is at-most-once, which loses messages when the broker dies */
static void add_dead_letters(struct arguments *args, const char *exchange, const char *key)
{
	add_text(args, "x-dead-letter-exchange", exchange);
	add_text(args, "x-dead-letter-routing-key", key);
	add_text(args, "x-dead-letter-strategy", "at-least-once");
	add_text(args, "x-overflow", "reject-publish");
}

static struct topology_queue work_queue(struct arena *a, enum service s, const char *what)
{
	struct arguments args = quorum(a);

	add_flag(&args, "x-single-active-consumer");
	add_number(&args, "x-delivery-limit", DELIVERY_LIMIT);
	add_dead_letters(&args, own_exchange_of(a, s), queue_of(a, s, "dead"));
	return (struct topology_queue){queue_of(a, s, what), args.list};
}

/* Dead-letters through the default exchange, where no binding can be missing. */
static struct topology_queue wait_queue(struct arena *a, int64_t hold_seconds)
{
	struct arguments args = quorum(a);

	add_number(&args, "x-message-ttl", hold_seconds * 1000);
	add_dead_letters(&args, "", "expiration.due");
	return (struct topology_queue){topology_wait_queue(a, hold_seconds), args.list};
}

const char *topology_wait_queue(struct arena *a, int64_t hold_seconds)
{
	return arena_printf(a, "expiration.wait.%lld", (long long)hold_seconds);
}

static const struct topology_queue *make_queues(struct arena *a, int64_t hold_seconds)
{
	struct topology_queue *list = arena_array(a, QUEUES_MAX + 1, sizeof *list);
	size_t n = 0;

	for (enum service s = 0; s < SERVICES; s++) {
		if (!consumes(s))
			continue;
		list[n++] = work_queue(a, s, "events");
		list[n++] = (struct topology_queue){queue_of(a, s, "dead"), quorum(a).list};
	}
	list[n++] = work_queue(a, SERVICE_expiration, "due");
	list[n++] = wait_queue(a, hold_seconds);
	return list;
}

static enum service owner_of(const char *queue)
{
	for (enum service s = 0; s < SERVICES; s++)
		if (text_starts(queue, service_names[s]) && queue[strlen(service_names[s])] == '.')
			return s;
	BUG_IF(true);
	return SERVICES;
}

static const struct topology_binding *make_bindings(struct arena *a, const struct topology_queue *queues)
{
	struct topology_binding *list = arena_array(a, CONSUMED + QUEUES_MAX + 1, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < CONSUMED; i++)
		list[n++] = (struct topology_binding){
		    arena_printf(a, "stagedoor.%s", consumed[i].event->publisher),
		    queue_of(a, consumed[i].service, "events"), consumed[i].event->type};
	for (; queues->name != NULL; queues++)
		list[n++] = (struct topology_binding){own_exchange_of(a, owner_of(queues->name)),
						      queues->name, queues->name};
	return list;
}

/* expiration has no database: what it has parked is moved into that of orders (apps/orders/orders.c) */
static const char *own_queues(struct arena *a, enum service s)
{
	if (!consumes(s))
		return nothing_allowed;
	if (s == SERVICE_orders)
		return "^(orders\\.(events|dead)|expiration\\.dead)$";
	return arena_printf(a, "^%s\\.(events|dead%s)$", service_names[s],
			    s == SERVICE_expiration ? "|due" : "");
}

/*
 * RabbitMQ 4.3 wants a right on a queue of whoever asks whether it exists. For the wait queue, which nobody
 * reads, that is write: it would allow binding the queue, which takes the right to read an exchange too.
 */
static const char *own_exchanges(struct arena *a, enum service s)
{
	const char *name = service_names[s];

	if (s == SERVICE_expiration)
		return arena_printf(a, "^(stagedoor\\.%s(\\.own)?|%s\\.wait\\.[0-9]+)$", name, name);
	return arena_printf(a, "^stagedoor\\.%s%s$", name, consumes(s) ? "(\\.own)?" : "");
}

static const struct topology_user *make_users(struct arena *a)
{
	struct topology_user *list = arena_array(a, SERVICES + OTHERS + 1, sizeof *list);

	for (enum service s = 0; s < SERVICES; s++)
		list[s] = (struct topology_user){
		    .name = arena_printf(a, "stagedoor_%s", service_names[s]),
		    .secret = arena_printf(a, "amqp-%s", service_names[s]),
		    .configure = nothing_allowed,
		    .write = own_exchanges(a, s),
		    .read = own_queues(a, s),
		};
	list[SERVICES] = (struct topology_user){
	    .name = "stagedoor_integrator",
	    .secret = "amqp-integrator",
	    .configure = "^integrator\\.",
	    .write = "^integrator\\.",
	    .read = "^(stagedoor\\.(auth|tickets|orders|payments)|integrator\\..*)$",
	};
	/* sends dead letters again */
	list[SERVICES + 1] = (struct topology_user){
	    .name = "stagedoor_operator",
	    .secret = "amqp-operator",
	    .configure = nothing_allowed,
	    .write = "^stagedoor\\.[a-z]+\\.own$",
	    .read = nothing_allowed,
	};
	return list;
}

/* "^(order\.created|order\.updated)$" */
static const char *public_keys_of(struct arena *a, enum service publisher)
{
	struct buf keys = BUF(a);

	for (size_t i = 0; i < PUBLISHED; i++) {
		if (published[i].publisher != publisher || published[i].event->audience == EVENT_PRIVATE)
			continue;
		buf_puts(&keys, keys.len == 0 ? "^(" : "|");
		for (const char *c = published[i].event->type; *c != '\0'; c++)
			buf_puts(&keys, *c == '.' ? "\\." : (char[]){*c, '\0'});
	}
	if (keys.len == 0)
		return nothing_allowed;
	buf_puts(&keys, ")$");
	return buf_text(&keys);
}

static const struct topology_keys *make_keys(struct arena *a, const struct topology_user *users)
{
	struct topology_keys *list = arena_array(a, (SERVICES + OTHERS) * SERVICES + 1, sizeof *list);
	size_t n = 0;

	for (enum service user = 0; user < SERVICES + OTHERS; user++)
		for (enum service s = 0; s < SERVICES; s++)
			list[n++] = (struct topology_keys){
			    .user = users[user].name,
			    .exchange = exchange_of(a, s),
			    .write = user == s ? every_type : nothing_allowed,
			    .read = user == SERVICES ? public_keys_of(a, s) : nothing_allowed,
			};
	return list;
}

struct topology topology_make(struct arena *a, int64_t hold_seconds)
{
	struct topology t = {
	    .exchanges = make_exchanges(a),
	    .queues = make_queues(a, hold_seconds),
	    .users = make_users(a),
	};

	t.bindings = make_bindings(a, t.queues);
	t.keys = make_keys(a, t.users);
	return t;
}
