#ifndef STAGEDOOR_HTTP_INSIDE_H
#define STAGEDOOR_HTTP_INSIDE_H

#include "common/http/idempotency.h"
#include "common/http/route.h"
#include "common/http/site.h"

#define WORDS_LIST "common/http/words.def"
#include "common/html/declare_words.h"

/* What the files of common/http share; no other folder includes it. */
struct web_inside {
	const struct web_site *site;
	const struct pool_request *request;
	const char *const *params;
	const char *uri;        /* REQUEST_URI as it came */
	bool foreign_charset;   /* the body is said to be in something other than UTF-8 */
	bool by_bearer;         /* signed in by Authorization, not by a cookie */
	bool own_page;          /* a browser says that a page of this site sent it */
	bool bad_cookie;        /* a session cookie that holds no longer */
	const char *key;        /* idempotency key, NULL: none */
	const char *hash;       /* of what was sent, for the key */
	struct pairs *sent;     /* the form as read, without _csrf and _key; NULL: not a form */
	const char *csrf;       /* _csrf as it was sent */
	const char *owner;      /* _owner as it was sent: whose form it is */
	const char *presession; /* new value of that cookie; NULL: none is set */
	when claimed_at;        /* of this request's claim */
	enum {
		DRAFT_NONE,
		DRAFT_WAITS,
		DRAFT_SHOWN
	} draft;           /* a form that was not sent: for after sign-in, or shown */
	struct html *page; /* the reply's body, when the reply is a page */
};

/* web.c: what needs nothing of the other files. */
bool web_is_get(const struct web *w); /* GET or HEAD */

/* request.c */
const char *param_get(const char *const *params, const char *name);
err request_read(struct web *w) MUST; /* ERR_MALFORMED; what an error's answer needs is filled in any case */
const char *random_hex(struct arena *a); /* 32 digits */
bool web_is_https(const struct web *w);
const char *web_cookie_name(const struct web *w, const char *name);

/* As web_cookie, the one at that index when several of the name were sent. */
const char *web_cookie_at(const struct web *w, const char *name, size_t index);

/* match.c. ERR_NOT_FOUND, or ERR_BAD_METHOD with *ret_allow ("GET, HEAD, POST"). *ret_id: what stands for
 * {id}, NULL when there is none. */
struct match {
	const struct route *route;
	const char *id, *allow;
};
err route_match(struct arena *a, const struct route_list *routes, const char *method, const char *path,
		struct match *match) MUST;

/* who.c */
void session_find(struct web *w);
const char *csrf_subject(struct web *w,
			 bool make);  /* "" when there is none; make: sets the pre-session cookie */
err origin_check(struct web *w) MUST; /* ERR_FORGED */
err csrf_check(struct web *w) MUST;   /* ERR_FORGED */
bool origin_is_ours(const struct web *w, const char *origin); /* "https://stagedoor.example" */
bool web_has_signed_out_form(const struct web *w); /* has this address a form for those who are signed out? */

/* signin.c: "/signin?next=…": back to where this request belongs. */
const char *signin_url(struct web *w);

/* draft.c: forms whose session has ended. */
const char *draft_owner(const struct web *w);  /* value of the hidden field _owner: whose form it is */
void draft_keep(struct web *w);                /* the refused form goes with the reply, as a cookie */
void draft_show(struct web *w);                /* it is shown again on the page that it was on */
void draft_drop(struct web *w);                /* a form was sent: what was kept has served */
const char *draft_notice(const struct web *w); /* what the page says of it; NULL: nothing */

/* input.c: content type, form and key of the request, in the order of the checks. *ret_in: what the handler
 * gets, the id still none. */
err media_check(struct web *w) MUST;
err input_pairs(struct web *w) MUST;
err input_form(struct web *w, void *in) MUST;

/* idempotency.c: runs the handler of a WRITE route in its transaction. */
err write_run(struct web *w, const void *in) MUST;

/* shed.c: ERR_BUSY with Retry-After, when the request has waited longer than its route is worth. */
err shed_late(struct web *w) MUST;

/* errors.c */
err error_public(err e); /* an inner error as the one that the client is told */
void error_answer(struct web *w, err e);

/* reply.c */
void reply_reset(struct web *w);
/* Takes the place of the reply so far, but for its headers other than Location. */
void reply_begin(struct web *w, int status, const char *content_type);
void reply_finish(struct web *w, struct pool_answer *ret_answer);
const char *reply_get(const struct web *w, const char *name); /* a header of the reply, NULL when absent */

#endif
