#ifndef STAGEDOOR_APPS_AUTH_H
#define STAGEDOOR_APPS_AUTH_H

#include "amqp/events.h"
#include "common/app/app.h"

#define RECORD_LIST "apps/auth/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "apps/auth/queries.def"
#define QUERY_SET  auth
#include "common/db/declare_queries.h"
#define WORDS_LIST "apps/auth/words.def"
#include "common/html/declare_words.h"
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

/* The row of who is signed in. ERR_NOT_FOUND when the account is deleted or blocked: its sessions end within
 * seconds. */
err user_signed_in(struct web *w, struct user *ret_user) MUST;

/* Gives the signed-in user another name, if the account still is of that version. ERR_CONFLICT. */
err user_change_name(struct web *w, version seen, display_name name) MUST;

/* In which zone the signed-in user sees times, and how long lists are; none: as they come. */
err user_change_preferences(struct web *w, time_zone zone, page_size rows) MUST;

/* Deletes the account: the row stays, without what tells of a person, and every session ends. Done already:
 * OK. A wrong password is a problem of its field; ERR_THROTTLED. */
err user_delete(struct web *w, password p) MUST;

/* In a transaction: locks the row of a user who has given the right password. ERR_STALE when the password is
 * another by now, or the account is no longer active. */
err user_lock(struct db *db, const struct user *proven, struct user *ret_user) MUST;

/* Tells of the user as of its version, in the transaction that made it. */
err user_publish(struct db *db, const struct user *u) MUST;

/* password.c: what passwords must be, and what is done with them. */

/* Is it one of the passwords that are tried first (apps/auth/passwords.def), in any case, or the address
 * itself? */
bool password_is_common(struct arena *a, password p, email address);

/* The same as a problem of that field. */
err password_rules(struct web *w, const char *field, password p, email address) MUST;

/* Waits for a slot; ERR_AWAY when there is none. */
err password_hashed(struct web *w, password p, password_hash *ret_hash) MUST;

/* Does p prove that who sent it is the user? One try of the throttle. Nobody has a user without a hash: the
 * same work, false. ERR_THROTTLED, ERR_AWAY. */
err password_proves(struct web *w, const struct user *u, password p, bool *ret_right) MUST;

/* Gives the signed-in user another password, ends all of the user's sessions and begins one for this device.
 * What is wrong with either is a problem of its field, password or newPassword; ERR_THROTTLED. */
err user_change_password(struct web *w, password old, password new, struct session *ret_session) MUST;

/* session.c: sessions begin and end. */

/* A new session of that user, from now for SESSION_SECONDS. */
struct session session_new(const struct user *u);

/* Stores the session, in the transaction of its beginning: with the user's row locked, when the user is not
 * new. */
err session_store(struct db *db, const struct session *s) MUST;

/* Sets the cookie: the signed token, until the session ends. */
err session_cookie(struct web *w, const struct session *s) MUST;

/* Drops the cookie, and what the browser has kept of pages. */
void session_forget(struct web *w);

/* Begins a session of a user who has given the right password. ERR_STALE as user_lock. */
err session_begin(struct web *w, const struct user *u, struct session *ret_session) MUST;

/* ERR_INVALID, in one way and one time for an unknown address and a wrong password; ERR_THROTTLED. */
err session_sign_in(struct web *w, email address, password p, struct session *ret_session) MUST;

/* Ends the session of this request at the server, and its cookie; OK also when nobody is signed in. */
err session_sign_out(struct web *w) MUST;

/* Ends every session of the signed-in user. */
err session_sign_out_everywhere(struct web *w) MUST;

/* In a transaction, with the user's row locked: every session that began so far ends, none that begins from
 * now on. */
err sessions_end(struct db *db, user_id user) MUST;

/* forms.c */

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

/* In the transaction that deletes the account: nothing is remembered of its address. */
err throttle_forget(struct db *db, email address) MUST;

/* How long after that many failures none is looked at: microseconds. free: failures that cost nothing. */
int64_t throttle_delay(int64_t failures, int64_t free);

/* account.c: what the page of the account shows. */
struct account_view {
	struct user user;
	struct session_row *sessions; /* that are alive, the newest first */
	size_t count;
	session_id here; /* the one of this request */
};

/* For the lists to choose from: is it one of those (NULL ends them)? "America/New York" for America/New_York.
 */
bool is_listed(const char *const *list, const char *s);
const char *zone_label(struct html *h, const char *zone);

/* jobs.c */
extern const struct job auth_jobs[];

#endif
