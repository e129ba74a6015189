#ifndef STAGEDOOR_AMQP_TOPOLOGY_H
#define STAGEDOOR_AMQP_TOPOLOGY_H

#include "common/base/arena.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The required topology of the broker, derived from events.def. In the vhost "stagedoor":
 *
 *   stagedoor.<service>       topic exchange: its events, by type
 *   stagedoor.<service>.own   direct exchange of each service that consumes: to its queues, by name
 *   <service>.events          quorum, single active consumer
 *   <service>.dead            quorum: dead letters
 *   expiration.wait.<s>       quorum: each message leaves it after s seconds, to expiration.due
 *   expiration.due            as an events queue
 *   stagedoor.history         stream: every public event of the last weeks
 *   integrator.<name>.events  quorum: the events that the integrator binds; limited in length, and expires
 *
 * The arguments of a queue cannot be changed, so they contain only what a policy cannot set: its type and its
 * single active consumer. Everything that may change is a policy, which the broker applies to existing
 * queues: delivery limits, dead-lettering (at-least-once, which needs reject-publish), times and lengths.
 * RabbitMQ applies one policy to a queue; the patterns exclude each other.
 *
 * Users and their rights; none may create or delete a queue or an exchange:
 *
 *   a service            writes its exchanges, reads its queues
 *   orders               also reads expiration.dead
 *   the operator         writes only to the direct exchanges
 *   integrator.<name>    reads stagedoor.history and its queue, and binds public events to the queue
 *
 * Rights on the routing keys of topic exchanges are lists of what is allowed, for every user and every topic
 * exchange: without a list all keys would be allowed. An integrator cannot create a queue: with the argument
 * reject-publish, which no policy overrides, the queue would make the broker reject our events.
 */
extern const char topology_vhost[];

struct topology_argument {
	const char *name;
	enum { TOPOLOGY_TEXT, TOPOLOGY_NUMBER, TOPOLOGY_TRUE } type;
	const char *text;
	int64_t number;
};

struct topology_exchange {
	const char *name, *type;
};

struct topology_queue {
	const char *name;
	const struct topology_argument *arguments; /* name NULL ends */
};

/* A policy for queues; the pattern is a regular expression for their names. */
struct topology_policy {
	const char *name, *pattern;
	const struct topology_argument *definition;
};

struct topology_binding {
	const char *exchange, *queue, *key;
};

/* Rights are regular expressions; "^$" allows nothing. */
struct topology_user {
	const char *name, *secret; /* secret: the file of its password, or of its hash */
	bool hashed;
	int64_t connections, channels; /* maximum; 0: no limit */
	const char *configure, *write, *read;
};

struct topology_keys {
	const char *user, *exchange, *write, *read;
};

struct topology {
	const struct topology_exchange *exchanges; /* a NULL name (or user) ends each list */
	const struct topology_queue *queues;
	const struct topology_policy *policies;
	const struct topology_binding *bindings;
	const struct topology_user *users;
	const struct topology_keys *keys;
};

/* The settings of the operator. */
struct topology_settings {
	int64_t hold_seconds;
	int64_t delivery_limit; /* how often a message is delivered before it is dead-lettered */
	int64_t history_days, history_mib;
	const char *const *integrators; /* their names, ended by NULL */
	int64_t integrator_events, integrator_mib, integrator_days;
};

/* In the arena, always in the same order. */
struct topology topology_make(struct arena *a, const struct topology_settings *settings);

/* "integrator.acme", "integrator.acme.events" */
const char *topology_integrator(struct arena *a, const char *name);
const char *topology_integrator_queue(struct arena *a, const char *name);

/* "expiration.wait.900" */
const char *topology_wait_queue(struct arena *a, int64_t hold_seconds);

#endif
