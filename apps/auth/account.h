#ifndef STAGEDOOR_AUTH_ACCOUNT_H
#define STAGEDOOR_AUTH_ACCOUNT_H

#include "apps/auth/auth.h"

/* The rules of accounts: each function is one use case, with its transaction. */

/* Makes an account and its first session. A taken address and a well-known password are problems of their
 * fields. */
err account_sign_up(struct web *w, const struct signup_request *wish, struct session *ret_session) NODISCARD;

/* Gives the signed-in user another name, if the account still is of that version. ERR_CONFLICT. */
err account_change_name(struct web *w, version seen, display_name name) NODISCARD;

/* In which zone the signed-in user sees times, and how long lists are; none: as they come. */
err account_change_preferences(struct web *w, time_zone zone, page_size rows) NODISCARD;

/* Gives the signed-in user another password, ends all of the user's sessions and begins one for this device.
 * What is wrong with either is a problem of its field, password or newPassword; ERR_THROTTLED. */
err account_change_password(struct web *w, password old, password new, struct session *ret_session) NODISCARD;

/* Deletes the account: the row stays, without what tells of a person, and every session ends. Done already:
 * OK. A wrong password is a problem of its field; ERR_THROTTLED. */
err account_delete(struct web *w, password p) NODISCARD;

#endif
