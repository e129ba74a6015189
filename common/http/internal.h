#ifndef STAGEDOOR_HTTP_INTERNAL_H
#define STAGEDOOR_HTTP_INTERNAL_H

#include "common/http/dispatch.h"
#include "common/http/idempotency.h"
#include "common/http/route.h"

#define MESSAGE_LIST "common/http/messages.def"
#include "common/html/declare_messages.h"

/* What the files of common/http share; no other folder includes it. */
struct web_internal {
	const struct web_site *site;
	const struct pool_request *request;
	const char *const *params;
	const char *uri;          /* REQUEST_URI as it came */
	bool foreign_charset;     /* the content type names a charset other than UTF-8 */
	bool by_bearer;           /* signed in by Authorization, not by a cookie */
	bool own_page;            /* the browser reports that a page of this site sent it */
	bool bad_cookie;          /* a session cookie that is no longer valid */
	const char *key;          /* idempotency key, NULL: none */
	const char *hash;         /* of what was sent, for the key */
	struct form_params *sent; /* the form as read, without _csrf and _key; NULL: not a form */
	const char *csrf;         /* _csrf as it was sent */
	const char *owner;        /* _owner as it was sent: whose form it is */
	const char *presession;   /* new value of that cookie; NULL: none is set */
	when claimed_at;          /* of this request's claim */
	int repeats;              /* of a transaction whose outcome is unknown */
	enum {
		DRAFT_NONE,
		DRAFT_WAITS,
		DRAFT_SHOWN
	} draft;           /* a form that was not sent: for after sign-in, or shown */
	struct html *page; /* the reply's body, when the reply is a page */
};

/* web.c: GET or HEAD? */
bool web_is_get(const struct web *w);

/* request.c: the value of a parameter of the web server ("REQUEST_URI"), NULL when absent. */
const char *param_get(const char *const *params, const char *name);

/* Fills w->request. ERR_MALFORMED; what the answer to an error needs is filled in any case. */
err request_read(struct web *w) NODISCARD;

/* 32 random hexadecimal digits, in the arena. */
const char *random_hex(struct arena *a);

/* Is the site reached by https (the setting SITE_URL)? Then cookies have the prefix "__Host-". */
bool web_is_https(const struct web *w);
const char *web_cookie_name(const struct web *w, const char *name);

/* As web_cookie, the one at that index when several of the name were sent. */
const char *web_cookie_at(const struct web *w, const char *name, size_t index);

/* match.c: the row of an address; the id is what stands for {id}, NULL when there is none. ERR_NOT_FOUND, or
 * ERR_BAD_METHOD with the methods that there are ("GET, HEAD, POST"). */
struct match {
	const struct route *route;
	const char *id, *allow;
};
err route_match(struct arena *a, const struct route_list *routes, const char *method, const char *path,
		struct match *match) NODISCARD;

/* access.c: sets w->signed_in and w->session, by bearer token or cookie. */
void session_find(struct web *w);

/* What CSRF tokens are bound to: the session, else the pre-session; "" when there is neither. make: begins a
 * pre-session, where the address has a form for those who are signed out. */
const char *csrf_subject(struct web *w, bool make);

/* Is the origin ("https://stagedoor.example") one of this site? */
bool origin_is_ours(const struct web *w, const char *origin);

/* ERR_CSRF: another site sent the request; the form's token is not of this session. */
err origin_check(struct web *w) NODISCARD;
err csrf_check(struct web *w) NODISCARD;

/* Has this address a form for those who are signed out? */
bool web_has_signed_out_form(const struct web *w);

/* signin.c: "/signin?next=…", back to where this request belongs. */
const char *signin_url(struct web *w);

/* draft.c: forms whose session has ended. */
const char *draft_owner(const struct web *w);   /* value of the hidden field _owner: whose form it is */
void draft_keep(struct web *w);                 /* the refused form goes with the reply, as a cookie */
void draft_show(struct web *w);                 /* it is shown again on the page that it was on */
void draft_drop(struct web *w);                 /* a form was sent: deletes the draft */
const char *draft_message(const struct web *w); /* for the page; NULL: there is none */

/* input.c: content type, form and key of the request, in the order of the checks. ERR_BAD_MEDIA;
 * ERR_MALFORMED; ERR_INVALID with problems. in: what the handler gets, its id already set. */
err media_check(struct web *w) NODISCARD;
err input_pairs(struct web *w) NODISCARD;
err input_form(struct web *w, void *in) NODISCARD;

/* idempotency.c: runs the handler of an AUTO route in its transaction. */
err write_run(struct web *w, const void *in) NODISCARD;

/* shed.c: ERR_BUSY with Retry-After, when the request has waited longer than its route is worth. */
err shed_late(struct web *w) NODISCARD;

/* errors.c: an inner error as the one that the client is told. */
err error_public(err e);

/* Sets the reply that e gets, by w->detail and w->problems; logs a server error. */
void error_answer(struct web *w, err e);

/* Begins a reply with an empty body; keeps the headers of the one before, except Location. */
void reply_begin(struct web *w, int status, const char *content_type);

/* The reply as bytes, in the arena. */
void reply_finish(struct web *w, struct pool_answer *ret_answer);

/* A header of the reply, NULL when absent. */
const char *reply_get(const struct web *w, const char *name);

#endif
