#ifndef STAGEDOOR_HTTP_WEB_H
#define STAGEDOOR_HTTP_WEB_H

#include "common/base/config.h"
#include "common/base/locale.h"
#include "common/db/db.h"
#include "common/html/html.h"
#include "common/schema/form_params.h"
#include "common/schema/json.h"
#include "common/token/session.h"

/* A request as nginx handed it over. Strings live in the arena of the unit of work. */
struct request {
	const char *method; /* "GET"; HEAD comes as GET */
	const char *path;   /* decoded, without the query */
	const char *query;  /* raw, "" when there is none */
	const char *body;   /* whole; NUL after it */
	size_t body_len;
	const char *content_type; /* without parameters, lower case; "" */
	const char *id;           /* request id, made by nginx */
	const char *address;      /* of the client */
	bool api;                 /* path begins with /api/ */
	bool head;
};

struct reply_header {
	struct reply_header *next;
	const char *name, *value;
};

/* The answer, built in memory and sent when the handler (and its transaction) is done. */
struct reply {
	int status; /* 0: nothing yet */
	const char *content_type;
	struct buf body;
	struct reply_header *headers; /* in the order of sending */
	bool public;                  /* Cache-Control: public, for a second, instead of no-store */
};

/* One request being answered: the unit of work of a web program. */
struct web {
	struct arena *arena;
	struct db *db;
	const struct config *config;
	struct keyring *keyring;
	const struct route *route;
	struct request request;
	const struct locale *locale; /* of who asks, by Accept-Language */
	bool signed_in;
	struct session session;      /* when signed_in */
	struct problems problems;    /* why the request is wrong, field by field */
	struct form_params *typed;   /* form fields as they were sent, without _csrf and _key; never NULL */
	const char *detail;          /* a sentence for this very case; NULL: the error's own */
	struct json_t *problem_more; /* further members of the problem body; NULL: none */
	struct reply reply;
	int form_status;               /* a page shown again for a failed form has this status; 0: not so */
	void *app;                     /* what the app's start function made */
	struct web_internal *internal; /* of common/http alone */
};

/* The value of a request header ("If-Match"), NULL when absent. A header that must not come twice and did was
 * refused before. */
const char *web_header(const struct web *w, const char *name);

/* The value of a cookie set by reply_cookie under that name (the prefix is added here too), NULL when absent.
 */
const char *web_cookie(const struct web *w, const char *name);

/* The message in the language of the request. */
const char *web_tr(const struct web *w, struct message text);

/* Fails with a sentence for this case: return web_fail(w, ERR_CONFLICT, tr_x), or with what a
 * tr_text_x() made. */
err web_fail(struct web *w, err e, struct message sentence);
err web_fail_text(struct web *w, err e, const char *sentence);

/* Adds a problem of that field, or of the whole form (NULL). Returns ERR_INVALID. */
err web_problem(struct web *w, const char *field, struct message message);

/* Adds a member to the problem body that will be sent: the current row of a conflict, as "current". */
void web_problem_put(struct web *w, const char *key, struct json_t *value);

/* Answers. Each sets the whole reply; the last one wins. reply_record writes the record as the API has it. */
void reply_json(struct web *w, int status, struct json_t *json);
void reply_record(struct web *w, int status, const struct record *r, const void *record);
void reply_empty(struct web *w, int status);
void reply_see_other(struct web *w, const char *local_url); /* 303 */
void reply_text(struct web *w, int status, const char *content_type, const char *text);

/* A page: fills *ret_page and begins the HTML reply; the caller then runs its template with the result. */
struct html *reply_page(struct web *w, int status, const char *title, struct page *ret_page);

/* Forgets the reply so far, with its headers and cookies. */
void reply_reset(struct web *w);

/* The answer that a handler's error gets, set now: for one that is to be remembered (web_claim_done). */
void reply_error(struct web *w, err e);

/* A header; bytes below 0x20 or 0x7f in the value are a bug. */
void reply_header(struct web *w, const char *name, const char *value);

/* HttpOnly, SameSite=Lax, Path=/, Secure and the __Host- prefix under https. max_age in seconds; 0 deletes
 * it. */
void reply_cookie(struct web *w, const char *name, const char *value, int max_age);

/* May be cached by nginx for a second: only for requests without a session. Does nothing when signed in. */
void reply_public(struct web *w);

/* How amounts are written by default: {major, the setting CURRENCY}. */
struct number_format web_number_format(const struct web *w);

/* The revision in If-Match ("<revision>.<version>" or "<revision>", quoted, weak or not; * and absent are
 * none). ERR_INVALID with a problem. */
err web_if_match(struct web *w, revision *ret_revision) NODISCARD;

/* Waits up to 300 ms for `ready` to say OK (it is called every 10 to 20 ms); its last answer otherwise. At
 * most a quarter of a pool's threads wait at a time: others get one try. */
err web_wait(struct web *w, err (*ready)(struct web *w, void *context), void *context) NODISCARD;

/* Can replication lag be the reason that no row with this id (UUIDv7) is here? For a minute after the time in
 * the id, and a minute before it, because another machine's clock may have made it. */
bool web_replica_may_lag(const uint8_t id[UUID_BYTES]);

/* How long a list is to be: as was asked for; else, on a page, as the user prefers; else as usual. */
size_t web_rows(const struct web *w, page_size asked, size_t usual);

/* Is it a path of this site ("/orders?x=1"), safe to redirect to? */
bool web_is_local(const char *url);

#endif
