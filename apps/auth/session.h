#ifndef STAGEDOOR_AUTH_SESSION_H
#define STAGEDOOR_AUTH_SESSION_H

#include "apps/auth/auth.h"

/* How sessions begin and end. A session is a row here and a signed token in the browser; the other
 * services know the token, and by the event session.revoked which sessions ended before their time. */

/* A new session of that user, from now for SESSION_SECONDS; not stored. Its strings are those of u. */
struct session session_new(const struct user *u);

/* Stores the session. The caller's transaction has locked the user's row, or inserted it. */
err session_store(struct db *db, const struct session *s) NODISCARD;

/* Sets the cookie `session`: the signed token, until the session ends. */
err session_cookie(struct web *w, const struct session *s) NODISCARD;

/* Deletes the cookie and what the browser has cached of pages (Clear-Site-Data). */
void session_forget(struct web *w);

/* Begins and stores a session of a user who has given the right password. ERR_STALE, ERR_NO_ROW as
 * user_lock. */
err session_begin(struct web *w, const struct user *u, struct session *ret_session) NODISCARD;

/* Checks address and password, begins a session and remembers the browser. ERR_INVALID with the same sentence
 * and after the same work for an unknown address and a wrong password; ERR_THROTTLED, ERR_UNAVAILABLE. */
err session_sign_in(struct web *w, email address, password p, struct session *ret_session) NODISCARD;

/* Ends the session of this request at the server, and its cookie. OK also when nobody is signed in. */
err session_sign_out(struct web *w) NODISCARD;

/* Ends every session of the signed-in user. ERR_NOT_FOUND as user_signed_in. */
err session_sign_out_everywhere(struct web *w) NODISCARD;

/* Ends every session of the user that has begun so far, and none that begins later. The caller's
 * transaction has locked the user's row. Waits for up to a millisecond or so. */
err sessions_end(struct db *db, user_id user) NODISCARD;

#endif
