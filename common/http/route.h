#ifndef STAGEDOOR_HTTP_ROUTE_H
#define STAGEDOOR_HTTP_ROUTE_H

#include "common/http/web.h"

/*
 * Every address is a row of a list (apps/<app>/routes.def):
 *
 *   ROUTE(ticket_new, GET, "/tickets/new", SIGNED_IN, NO_TRANSACTION, nothing, "The form to list a ticket")
 *   ROUTE_OF(ticket_edit, POST, "/tickets/{id}/edit", ticket_id, SIGNED_IN, AUTO, edit_form,
 *            "Changes a listing")
 *
 *   column          of ticket_edit          what it is
 *   name            ticket_edit             of the handler and of what is made of the row
 *   method          POST                    GET answers HEAD too
 *   path            "/tickets/{id}/edit"    with at most one {id}
 *   kind of {id}    ticket_id               ROUTE_OF alone
 *   access          SIGNED_IN               who may call: enum route_access
 *   transaction     AUTO                    who opens the transaction: enum route_transaction
 *   form            edit_form               record of the body, of a GET: of the query
 *   sentence        "Changes a listing"     for the documents
 *
 * declare_routes.h makes of each row:
 *
 *   struct ticket_edit_in { ticket_id id; struct edit_form form; };
 *   err ticket_edit(struct web *w, const struct ticket_edit_in *in);    the handler, which the app writes
 *   const char *url_ticket_edit(struct arena *a, ticket_id id);         the address, for links and redirects
 *
 * What a route of the API answers stands below its row; docs/openapi.yaml is made of it (contract/):
 *
 *   ANSWER(order_create, 201, ONE, order_body, LOCATION)
 *       route, status, what the body is (contract/lists.h: ONE, LIST, EMPTY …), of which record, headers;
 *       one row for each status, the usual one first
 *   FAILS(order_create, CONFLICT, terms, "the ticket is held")
 *       route, an error of the handler's own, the record that the problem has as "current" or nothing, when
 *   PART(order_body, ticket, order_ticket, "its terms")
 *       record, its member that is an object, the record of that object, what it is
 *
 * Before the handler, these checks run from the row, in this order; the first that fails is answered:
 *
 *   path, method      404; 405 with Allow
 *   age               503 with Retry-After, when the request has waited too long (shed.c)
 *   body              413; 400 when it is shorter or longer than was said
 *   sign-in           API: 401; page: 303 to /signin?next=
 *   content type      415
 *   origin            403
 *   form's syntax     400
 *   CSRF proof        403
 *   {id}              404
 *   key, form         400 with problems
 *   idempotency       409 or 422, or the first answer again (AUTO)
 *
 * A handler that returns an error is answered with the problem (API) or page of that error, with w->problems
 * and w->detail; when it had already set a reply of status 300 or more, that is sent as it is. A page POST
 * whose form is wrong (ERR_INVALID, ERR_CONFLICT) shows the GET page of the same path again, with
 * w->problems, w->typed and that status; without such a page, the error page.
 */
enum route_access {
	ANYONE,
	SIGNED_IN,
	SIGNED_IN_ELSEWHERE, /* signed in; the form stands on pages of other addresses: sign-in leads there */
	SIGNED_OUT,          /* the signed-out forms: anyone, CSRF by the pre-session cookie */
	MACHINE,             /* the handler proves who calls (a webhook): no session, no CSRF, the raw body */
};

enum route_transaction {
	NO_TRANSACTION, /* no transaction */
	AUTO,   /* in one transaction, again after a deadlock; an error rolls it back; idempotent by key */
	MANUAL, /* the handler opens its transactions and sees to idempotency (idempotency.h) */
};

struct route {
	const char *name, *method, *path, *doc;
	const struct kind *id_kind; /* NULL: no {id} */
	enum route_access access;
	enum route_transaction transaction;
	const struct record *(*form)(void);
	size_t in_size, id_offset, form_offset;
	err (*call)(struct web *w, const void *in);
};

/* Must the caller be signed in? */
static inline bool route_wants_session(const struct route *r)
{
	return r->access == SIGNED_IN || r->access == SIGNED_IN_ELSEWHERE;
}

struct route_list {
	const struct route *routes;
	size_t count;
};

#endif
