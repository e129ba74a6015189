/*
 * Computes the topology from the rows of events.def, services.def and the settings; topology.h says what it
 * is. Nothing here speaks to a broker: apps/stagedoor/definitions.c writes it as the broker's definitions,
 * topology_check.c compares it with a running broker.
 *
 * What must hold:
 * - A queue's arguments are its type and its single active consumer. All else is a policy, since arguments
 *   never change; the patterns of two policies never match the same queue, since RabbitMQ applies one alone.
 * - Dead-lettering is at-least-once, with reject-publish. A queue of an integrator drops its oldest messages
 *   instead, so that none makes the broker refuse events.
 * - Each user has a list of keys for every topic exchange, because RabbitMQ allows all keys without one.
 * - Each list ends with an empty row, for which its allocation has room.
 */
#include "amqp/topology.h"
#include "amqp/events.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/schema/services.h"
#include <string.h>

const char topology_vhost[] = "stagedoor";

static const struct {
	const struct event *event;
	enum service publisher;
} published[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc) {&event_##name, SERVICE_##publisher},
#define CONSUMER(name, service, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
};

static const struct {
	const struct event *event;
	enum service service;
} consumed[] = {
#define EVENT(name, type, publisher, audience, record, subject, doc)
#define CONSUMER(name, service, handler) {&event_##name, SERVICE_##service},
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
};

enum {
	PUBLISHED = sizeof published / sizeof *published,
	CONSUMED = sizeof consumed / sizeof *consumed,
	QUEUES_MAX = 2 * SERVICES + 3, /* without the integrators' */
	POLICIES_MORE = 4,             /* besides one for each service */
	CONNECTIONS_MAX = 16,
	CHANNELS_MAX = 64,
	SEGMENT_BYTES = 16000000, /* a stream deletes whole segments */
	MIB = 1024 * 1024,
	ARGUMENTS_MAX = 10,
	OTHERS = 1, /* users that are neither a service nor an integrator: the operator */
	/* RabbitMQ 4 has a default limit, and 3.10 refuses the value -1 that removes it */
	NO_DELIVERY_LIMIT = INT32_MAX,
};

static const char nothing_allowed[] = "^$", history[] = "stagedoor.history";
/* At its own exchange a service may publish events that a later version has left in its outbox. */
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
	return arena_printf(a, "stagedoor.%s", services[service]);
}

static const char *own_exchange_of(struct arena *a, enum service service)
{
	return arena_printf(a, "stagedoor.%s.own", services[service]);
}

static const char *queue_of(struct arena *a, enum service service, const char *what)
{
	return arena_printf(a, "%s.%s", services[service], what);
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

static struct arguments no_arguments(struct arena *a)
{
	return (struct arguments){.list =
				      arena_array(a, ARGUMENTS_MAX + 1, sizeof(struct topology_argument))};
}

static struct arguments quorum(struct arena *a)
{
	struct arguments args = no_arguments(a);

	add_text(&args, "x-queue-type", "quorum");
	return args;
}

static struct topology_queue work_queue(struct arena *a, enum service s, const char *what)
{
	struct arguments args = quorum(a);

	add_flag(&args, "x-single-active-consumer");
	return (struct topology_queue){queue_of(a, s, what), args.list};
}

const char *topology_wait_queue(struct arena *a, int64_t hold_seconds)
{
	return arena_printf(a, "expiration.wait.%lld", (long long)hold_seconds);
}

const char *topology_integrator(struct arena *a, const char *name)
{
	return arena_printf(a, "integrator.%s", name);
}

const char *topology_integrator_queue(struct arena *a, const char *name)
{
	return arena_printf(a, "integrator.%s.events", name);
}

static size_t integrators(const struct topology_settings *settings)
{
	size_t n = 0;

	while (settings->integrators != NULL && settings->integrators[n] != NULL)
		n++;
	return n;
}

static struct topology_queue history_queue(struct arena *a)
{
	struct arguments args = no_arguments(a);

	add_text(&args, "x-queue-type", "stream");
	return (struct topology_queue){history, args.list};
}

static const struct topology_queue *make_queues(struct arena *a, const struct topology_settings *settings)
{
	size_t others = integrators(settings);
	struct topology_queue *list = arena_array(a, QUEUES_MAX + others + 1, sizeof *list);
	size_t n = 0;

	for (enum service s = 0; s < SERVICES; s++) {
		if (!consumes(s))
			continue;
		list[n++] = work_queue(a, s, "events");
		list[n++] = (struct topology_queue){queue_of(a, s, "dead"), quorum(a).list};
	}
	list[n++] = work_queue(a, SERVICE_expiration, "due");
	list[n++] = (struct topology_queue){topology_wait_queue(a, settings->hold_seconds), quorum(a).list};
	list[n++] = history_queue(a);
	for (size_t i = 0; i < others; i++)
		list[n++] = (struct topology_queue){topology_integrator_queue(a, settings->integrators[i]),
						    quorum(a).list};
	return list;
}

/* at-least-once without reject-publish silently becomes at-most-once, which loses messages when the broker
 * crashes */
static void add_dead_letters(struct arguments *args, const char *exchange, const char *key)
{
	add_text(args, "dead-letter-exchange", exchange);
	add_text(args, "dead-letter-routing-key", key);
	add_text(args, "dead-letter-strategy", "at-least-once");
	add_text(args, "overflow", "reject-publish");
}

static const char *work_queues(struct arena *a, enum service s)
{
	return arena_printf(a, "^%s\\.%s$", services[s], s == SERVICE_expiration ? "(events|due)" : "events");
}

static struct topology_policy work_policy(struct arena *a, enum service s, int64_t delivery_limit)
{
	struct arguments args = no_arguments(a);

	add_number(&args, "delivery-limit", delivery_limit);
	add_dead_letters(&args, own_exchange_of(a, s), queue_of(a, s, "dead"));
	return (struct topology_policy){queue_of(a, s, "work"), work_queues(a, s), args.list};
}

/* A dead letter is never dropped, however often it is read. */
static struct topology_policy dead_policy(struct arena *a)
{
	struct arguments args = no_arguments(a);

	add_number(&args, "delivery-limit", NO_DELIVERY_LIMIT);
	return (struct topology_policy){"dead", "^[a-z]+\\.dead$", args.list};
}

/* Dead-letters through the default exchange, where no binding can be missing. The broker fixes the TTL of a
 * message on arrival, so later changes of the policy do not apply to it. */
static struct topology_policy wait_policy(struct arena *a, int64_t hold_seconds)
{
	struct arguments args = no_arguments(a);

	add_number(&args, "message-ttl", hold_seconds * 1000);
	add_dead_letters(&args, "", "expiration.due");
	return (struct topology_policy){
	    topology_wait_queue(a, hold_seconds),
	    arena_printf(a, "^expiration\\.wait\\.%lld$", (long long)hold_seconds), args.list};
}

static struct topology_policy history_policy(struct arena *a, const struct topology_settings *settings)
{
	struct arguments args = no_arguments(a);

	add_text(&args, "max-age", arena_printf(a, "%lldD", (long long)settings->history_days));
	add_number(&args, "max-length-bytes", settings->history_mib * MIB);
	add_number(&args, "stream-max-segment-size-bytes", SEGMENT_BYTES);
	return (struct topology_policy){"history", "^stagedoor\\.history$", args.list};
}

/* A queue that nobody reads keeps the newest events, and expires in the end. */
static struct topology_policy integrators_policy(struct arena *a, const struct topology_settings *settings)
{
	struct arguments args = no_arguments(a);

	add_number(&args, "max-length", settings->integrator_events);
	add_number(&args, "max-length-bytes", settings->integrator_mib * MIB);
	add_text(&args, "overflow", "drop-head");
	add_number(&args, "expires", settings->integrator_days * 24 * 3600 * 1000);
	add_number(&args, "delivery-limit", NO_DELIVERY_LIMIT);
	return (struct topology_policy){"integrators", "^integrator\\.", args.list};
}

static const struct topology_policy *make_policies(struct arena *a, const struct topology_settings *settings)
{
	struct topology_policy *list = arena_array(a, SERVICES + POLICIES_MORE + 1, sizeof *list);
	size_t n = 0;

	for (enum service s = 0; s < SERVICES; s++)
		if (consumes(s))
			list[n++] = work_policy(a, s, settings->delivery_limit);
	list[n++] = dead_policy(a);
	list[n++] = wait_policy(a, settings->hold_seconds);
	list[n++] = history_policy(a, settings);
	list[n++] = integrators_policy(a, settings);
	return list;
}

static enum service owner_of(const char *queue)
{
	for (enum service s = 0; s < SERVICES; s++)
		if (text_starts(queue, services[s]) && queue[strlen(services[s])] == '.')
			return s;
	return SERVICES; /* the history, or an integrator's queue */
}

static const struct topology_binding *make_bindings(struct arena *a, const struct topology_queue *queues)
{
	struct topology_binding *list = arena_array(a, PUBLISHED + CONSUMED + QUEUES_MAX + 1, sizeof *list);
	size_t n = 0;

	for (size_t i = 0; i < CONSUMED; i++)
		list[n++] = (struct topology_binding){
		    arena_printf(a, "stagedoor.%s", consumed[i].event->publisher),
		    queue_of(a, consumed[i].service, "events"), consumed[i].event->type};
	for (size_t i = 0; i < PUBLISHED; i++)
		if (published[i].event->audience == EVENT_PUBLIC)
			list[n++] = (struct topology_binding){
			    arena_printf(a, "stagedoor.%s", published[i].event->publisher), history,
			    published[i].event->type};
	for (; queues->name != NULL; queues++)
		if (owner_of(queues->name) != SERVICES)
			list[n++] = (struct topology_binding){own_exchange_of(a, owner_of(queues->name)),
							      queues->name, queues->name};
	return list;
}

/* expiration has no database: orders stores its dead letters (apps/orders/orders.c) */
static const char *own_queues(struct arena *a, enum service s)
{
	if (!consumes(s))
		return nothing_allowed;
	if (s == SERVICE_orders)
		return "^(orders\\.(events|dead)|expiration\\.dead)$";
	return arena_printf(a, "^%s\\.(events|dead%s)$", services[s], s == SERVICE_expiration ? "|due" : "");
}

/*
 * RabbitMQ 4.3 requires a right on a queue from a client that asks whether it exists. For the wait queue,
 * which nobody reads, this is the right to write. It would allow binding the queue, but that also requires
 * the right to read an exchange.
 */
static const char *own_exchanges(struct arena *a, enum service s)
{
	const char *name = services[s];

	if (s == SERVICE_expiration)
		return arena_printf(a, "^(stagedoor\\.%s(\\.own)?|%s\\.wait\\.[0-9]+)$", name, name);
	return arena_printf(a, "^stagedoor\\.%s%s$", name, consumes(s) ? "(\\.own)?" : "");
}

static bool has_public_events(enum service s)
{
	for (size_t i = 0; i < PUBLISHED; i++)
		if (published[i].publisher == s && published[i].event->audience == EVENT_PUBLIC)
			return true;
	return false;
}

/* "^(stagedoor\.(history|auth|tickets)|integrator\.acme\..+)$" */
static const char *readable(struct arena *a, const char *integrator)
{
	struct buf names = BUF(a);

	buf_puts(&names, "^(stagedoor\\.(history");
	for (enum service s = 0; s < SERVICES; s++)
		if (has_public_events(s))
			buf_printf(&names, "|%s", services[s]);
	buf_printf(&names, ")|integrator\\.%s\\..+)$", integrator);
	return buf_text(&names);
}

static struct topology_user integrator(struct arena *a, const char *name)
{
	return (struct topology_user){
	    .name = topology_integrator(a, name),
	    .secret = arena_printf(a, "integrators/%s", name),
	    .hashed = true,
	    .connections = CONNECTIONS_MAX,
	    .channels = CHANNELS_MAX,
	    .configure = nothing_allowed,
	    .write = arena_printf(a, "^integrator\\.%s\\..+$", name),
	    .read = readable(a, name),
	};
}

static const struct topology_user *make_users(struct arena *a, const struct topology_settings *settings)
{
	size_t others = integrators(settings);
	struct topology_user *list = arena_array(a, SERVICES + OTHERS + others + 1, sizeof *list);

	for (enum service s = 0; s < SERVICES; s++)
		list[s] = (struct topology_user){
		    .name = arena_printf(a, "stagedoor_%s", services[s]),
		    .secret = arena_printf(a, "amqp-%s", services[s]),
		    .configure = nothing_allowed,
		    .write = own_exchanges(a, s),
		    .read = own_queues(a, s),
		};
	/* sends dead letters again */
	list[SERVICES] = (struct topology_user){
	    .name = "stagedoor_operator",
	    .secret = "amqp-operator",
	    .configure = nothing_allowed,
	    .write = "^stagedoor\\.[a-z]+\\.own$",
	    .read = nothing_allowed,
	};
	for (size_t i = 0; i < others; i++)
		list[SERVICES + OTHERS + i] = integrator(a, settings->integrators[i]);
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
	struct topology_keys *list;
	size_t count = 0, n = 0;

	while (users[count].name != NULL)
		count++;
	list = arena_array(a, count * SERVICES + 1, sizeof *list);
	for (size_t user = 0; user < count; user++)
		for (enum service s = 0; s < SERVICES; s++)
			list[n++] = (struct topology_keys){
			    .user = users[user].name,
			    .exchange = exchange_of(a, s),
			    .write = user == s ? every_type : nothing_allowed,
			    .read = users[user].hashed ? public_keys_of(a, s) : nothing_allowed,
			};
	return list;
}

struct topology topology_make(struct arena *a, const struct topology_settings *settings)
{
	struct topology t = {
	    .exchanges = make_exchanges(a),
	    .queues = make_queues(a, settings),
	    .policies = make_policies(a, settings),
	    .users = make_users(a, settings),
	};

	t.bindings = make_bindings(a, t.queues);
	t.keys = make_keys(a, t.users);
	return t;
}
