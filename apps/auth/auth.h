#ifndef STAGEDOOR_APPS_AUTH_H
#define STAGEDOOR_APPS_AUTH_H

#include "amqp/events.h"
#include "common/app/app.h"

#define RECORD_LIST "apps/auth/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "apps/auth/queries.def"
#define QUERY_SET  auth
#include "common/db/declare_queries.h"
#define ROUTE_LIST "apps/auth/routes.def"
#define ROUTE_SET  auth
#include "common/http/declare_routes.h"

/* What web->app points to. */
struct auth {
	struct signer *signer; /* NULL in the role jobs */
};

/* user.c: the rules of accounts. */

/* Makes an account and its first session. A taken address and a well-known password are problems of their
 * fields. */
err user_sign_up(struct web *w, const struct signup_request *wish, struct session *ret_session) MUST;

/* Gives the signed-in user another name, if the account still is of that version. ERR_CONFLICT. */
err user_change_name(struct web *w, version seen, display_name name) MUST;

/* Is it one of the passwords that are tried first (apps/auth/passwords.def), in any case, or the address
 * itself? */
bool password_is_common(struct arena *a, password p, email address);

/* session.c: sessions begin and end. */

/* A new session of that user, from now for SESSION_SECONDS. */
struct session session_new(const struct user *u);

/* Stores the session, in the transaction of its beginning. */
err session_store(struct db *db, const struct session *s) MUST;

/* Sets the cookie: the signed token, until the session ends. */
err session_cookie(struct web *w, const struct session *s) MUST;

/* ERR_INVALID, in one way and one time for an unknown address and a wrong password; ERR_THROTTLED. */
err session_sign_in(struct web *w, email address, password p, struct session *ret_session) MUST;

/* Ends the session of this request at the server, and its cookie; OK also when nobody is signed in. */
err session_sign_out(struct web *w) MUST;

/* Where a form said to go: a path of this site other than that which would end the session again, else "/".
 */
const char *next_of(web_url next);

/* The same for a form that is shown: what was sent with it before, else what its address says. */
const char *next_asked(const struct web *w, web_url next);

/* url with next=…, when that is not "/" anyway. */
const char *with_next(struct arena *a, const char *url, const char *next);

/* A form that was right but cannot be taken now is shown again, with what was typed: status and sentence of e
 * for the page that follows. */
bool is_for_later(err e);
void form_later(struct web *w, err e);

/* throttle.c: guessing is slowed down, by account and by network address; nobody is ever locked out. */

/* Counts a try before it is made, so that many at once count too. ERR_THROTTLED with Retry-After, in w. */
err throttle_take(struct web *w, email address) MUST;

/* The try was right: the account begins anew, the network address has one less. */
err throttle_right(struct web *w, email address) MUST;

/* The try was not made after all. */
err throttle_undo(struct web *w, email address) MUST;

/* How long after that many failures none is looked at: microseconds. free: failures that cost nothing. */
int64_t throttle_delay(int64_t failures, int64_t free);

/* jobs.c */
extern const struct job auth_jobs[];

#endif
