#ifndef STAGEDOOR_TESTS_FLOW_ROUTES_H
#define STAGEDOOR_TESTS_FLOW_ROUTES_H

#include "tests/flow/flow.h"

/* Every route of the site with its form parameters, from the lists that the programs are built from, so a
 * test that iterates over them covers a new route automatically. */
enum access { ANYONE, SIGNED_IN, SIGNED_IN_ELSEWHERE, SIGNED_OUT, MACHINE };

struct form_field {
	const char *kind, *name; /* "ticket_id", "ticket_id": NULL ends the fields */
	bool optional;
};

struct routed {
	const char *service, *name, *method, *path;
	enum access access;
	const char *form;
};

extern const struct routed routed[];
extern const size_t routed_count;

/* The fields of the form; for a GET they are its query. */
const struct form_field *fields_of(const struct routed *r);

/* "/tickets/{id}/edit" with the id in its place. */
const char *with_id(const char *path, const char *id);
bool has_id(const struct routed *r);
bool is_api(const struct routed *r);
bool is_get(const struct routed *r);
bool has_body(const struct routed *r);
bool wants_session(const struct routed *r);

/* The name of a field in a request: "ticketId". */
const char *sent_name(const struct form_field *f);

/* A valid value of the kind; fails the test for a kind that has no value here. */
const char *good_value(const char *kind);

/* A complete form with valid values, except that one field gets this value (NULL, NULL: no such field),
 * encoded as the route takes it: as JSON, or as form parameters with `csrf` (NULL: without). */
const char *form_body(const struct routed *r, const char *csrf, const char *field, const char *value);

/* Sends the body to the route; a GET sends it as query. `id` replaces {id}. headers: further ones, may be
 * NULL. */
struct answer *route_send(struct visitor *v, const struct routed *r, const char *id, const char *body,
			  const char *const *headers);

/* The CSRF token of a form on v's page; "" when the page has none. */
const char *csrf_of(struct visitor *v, const char *path);

/* A body without what differs between requests: ids, CSRF tokens and keys, all of 32 characters and more. */
const char *without_ids(const char *body);

/* The number of rows of every table and the sums of their versions, in all databases, except the work lists
 * of payments. Waits until no event is in flight and no hold of an earlier test is about to expire.
 * ck_unchanged checks that they are still the same. */
const char *tables_at_rest(void);
void ck_unchanged(const char *tables);

/* Sends raw bytes to the site's port; the answer up to its end, or what arrived within the timeout. */
int raw_connect(void);
int raw_begin(const char *begin); /* sends these bytes and leaves the connection open */
const char *raw(const char *bytes, size_t len, int ms);
int raw_status(const char *answer); /* 0: none */

#endif
