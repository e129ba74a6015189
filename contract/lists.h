#ifndef STAGEDOOR_CONTRACT_LISTS_H
#define STAGEDOOR_CONTRACT_LISTS_H

#include "amqp/events.h"
#include "common/schema/services.h"

/*
 * The services' lists as data. The documents of docs/ are made from it, so they cannot differ from the
 * programs, which are built from the same lists. A record is found by its service and name, since services
 * may use a name for different records.
 */
struct listed_route {
	const char *service, *name, *method, *path, *doc;
	const struct kind *id_kind; /* NULL: no {id} */
	enum { ANYONE, SIGNED_IN, SIGNED_IN_ELSEWHERE, SIGNED_OUT, MACHINE } access;
	const char *form;
};

/* The body of an answer. */
enum answer_shape {
	EMPTY,        /* no body */
	ONE,          /* the record */
	LIST,         /* an array of records */
	CURRENT_USER, /* an object whose member currentUser is the record, or null */
	KEYS,         /* a JWK set, RFC 7517 */
};

/* Headers of a request or its answer. */
enum answer_headers {
	PLAIN = 0,
	LOCATION = 1 << 0, /* the answer has the address of the new resource */
	ETAG = 1 << 1,
	IF_MATCH = 1 << 2, /* the request may contain the revision that the client saw */
	PAGED = 1 << 3,    /* Link has the address of the next page */
	COOKIE = 1 << 4,   /* the session cookie is set or deleted */
	SIGNED = 1 << 5,   /* the request carries the bank's signature */
};

struct listed_answer {
	const char *route;
	int status;
	enum answer_shape shape;
	const char *record;
	unsigned headers;
};

struct listed_failure {
	const char *route;
	err error;
	const char *current; /* the record that the problem has as member `current`; "nothing": none */
	const char *doc;
};

struct listed_part {
	const char *service, *record, *member, *part, *doc;
};

struct listed_choice {
	const struct kind *kind;
	const char *doc;
};

struct listed_currency {
	const char *code;
	int digits;
};

/* A NULL name (code, kind) ends each list. */
extern const struct listed_route listed_routes[];
extern const struct listed_answer listed_answers[];
extern const struct listed_failure listed_failures[];
extern const struct listed_part listed_parts[];
extern const struct listed_choice listed_choices[];
extern const struct listed_currency listed_currencies[];

/* A record of a service, or a shared one. An unknown record is a bug. */
const struct record *listed_record(struct arena *a, const char *service, const char *name);

/* The usual answer of a route, its first row. A route of the API without one is a bug: its row needs an
 * ANSWER below it. */
const struct listed_answer *listed_answer_of(const struct listed_route *r);

/* Does the service consume the event? */
bool listed_consumes(const char *service, const struct event *ev);

#endif
