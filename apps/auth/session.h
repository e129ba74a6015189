#ifndef STAGEDOOR_AUTH_SESSION_H
#define STAGEDOOR_AUTH_SESSION_H

#include "apps/auth/auth.h"

/* Sessions begin and end. */

/* A new session of that user, from now for SESSION_SECONDS. */
struct session session_new(const struct user *u);

/* Stores the session, in the transaction of its beginning: with the user's row locked, when the user is not
 * new. */
err session_store(struct db *db, const struct session *s) NODISCARD;

/* Sets the cookie: the signed token, until the session ends. */
err session_cookie(struct web *w, const struct session *s) NODISCARD;

/* Drops the cookie, and what the browser has kept of pages. */
void session_forget(struct web *w);

/* Begins a session of a user who has given the right password. ERR_STALE as user_lock. */
err session_begin(struct web *w, const struct user *u, struct session *ret_session) NODISCARD;

/* ERR_INVALID, in one way and one time for an unknown address and a wrong password; ERR_THROTTLED. */
err session_sign_in(struct web *w, email address, password p, struct session *ret_session) NODISCARD;

/* Ends the session of this request at the server, and its cookie; OK also when nobody is signed in. */
err session_sign_out(struct web *w) NODISCARD;

/* Ends every session of the signed-in user. */
err session_sign_out_everywhere(struct web *w) NODISCARD;

/* In a transaction, with the user's row locked: every session that began so far ends, none that begins from
 * now on. */
err sessions_end(struct db *db, user_id user) NODISCARD;

#endif
