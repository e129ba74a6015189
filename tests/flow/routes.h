#ifndef STAGEDOOR_TESTS_FLOW_ROUTES_H
#define STAGEDOOR_TESTS_FLOW_ROUTES_H

#include "tests/flow/flow.h"

/* Every address of the site with its form, from the lists that the programs are made of: a test that goes
 * through them covers a new one by itself. */
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

/* The fields of its form, which is its query when it is a GET. */
const struct form_field *fields_of(const struct routed *r);

/* "/tickets/{id}/edit" with the id in its place. */
const char *with_id(const char *path, const char *id);
bool has_id(const struct routed *r);
bool is_api(const struct routed *r);
bool is_get(const struct routed *r);
bool has_body(const struct routed *r);
bool wants_session(const struct routed *r);

/* The name of a field as it is sent: "ticketId". */
const char *sent_name(const struct form_field *f);

/* A value that fits the kind; fails the test for a kind that it has none of. */
const char *good_value(const char *kind);

/* A whole form with good values, but for one field that gets this value (NULL, NULL: none), as the route
 * takes it: JSON, or encoded with `csrf` (NULL: without). */
const char *form_body(const struct routed *r, const char *csrf, const char *field, const char *value);

/* Sends it so; of a GET as query. `id` stands for {id}. headers: further ones, may be NULL. */
struct answer *route_send(struct visitor *v, const struct routed *r, const char *id, const char *body,
			  const char *const *headers);

/* The proof that a form of v's carries; "" when the page has none. */
const char *csrf_of(struct visitor *v, const char *path);

/* A body without what is of its request alone: ids, proofs and keys, all of 32 characters and more. */
const char *without_ids(const char *body);

/* Every table's rows and the sums of their versions, in all databases, but for the work lists of payments,
 * once no event is on its way and no hold of an earlier test is about to lapse; ck_unchanged: they are still
 * the same. */
const char *tables_at_rest(void);
void ck_unchanged(const char *tables);

/* Bytes as they are, to the site's port; the answer up to its end, or what came within the time. */
int raw_connect(void);
int raw_begin(const char *begin); /* sends that, and leaves the connection open */
const char *raw(const char *bytes, size_t len, int ms);
int raw_status(const char *answer); /* 0: none */

#endif
