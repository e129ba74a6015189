#ifndef STAGEDOOR_AUTH_USER_H
#define STAGEDOOR_AUTH_USER_H

#include "apps/auth/auth.h"

/* The rules of accounts. */

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

#endif
