#ifndef STAGEDOOR_AUTH_ACCOUNT_H
#define STAGEDOOR_AUTH_ACCOUNT_H

#include "apps/auth/auth.h"

/*
 * The rules of accounts: each function is one use case, with its own transaction. A rule that a field
 * breaks is ERR_INVALID with a problem of that field in w->problems. ERR_THROTTLED: too many wrong
 * passwords, Retry-After is set. ERR_UNAVAILABLE: the database, or a slot for hashing, cannot be had.
 * ERR_NOT_FOUND: the signed-in user's account is deleted or blocked.
 */

/* Makes an account and its first session, and remembers the browser (device.h). A taken address and a common
 * password are problems of email and password. The session is not in a cookie yet: session_cookie. */
err account_sign_up(struct web *w, const struct signup_request *wish, struct session *ret_session) NODISCARD;

/* Gives the signed-in user another name, if the account is still at version `seen`; ERR_CONFLICT if not. The
 * same name is OK at any version. */
err account_change_name(struct web *w, version seen, display_name name) NODISCARD;

/* Sets the zone in which the signed-in user sees times, and how many rows lists have; null: the defaults. */
err account_change_preferences(struct web *w, time_zone zone, page_size rows) NODISCARD;

/* Gives the signed-in user another password, ends all of the user's sessions and begins one for this device.
 * A wrong old password is a problem of password, a common new one of newPassword. ERR_THROTTLED. */
err account_change_password(struct web *w, password old, password new, struct session *ret_session) NODISCARD;

/* Deletes the account: the row stays without personal data, and every session ends. OK if that is done
 * already. A wrong password is a problem of password. ERR_THROTTLED. */
err account_delete(struct web *w, password p) NODISCARD;

#endif
