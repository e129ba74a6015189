#ifndef STAGEDOOR_AUTH_USER_H
#define STAGEDOOR_AUTH_USER_H

#include "apps/auth/auth.h"

/* The row of a user. What is done with an account as a whole: account.h. */

/* The row of the signed-in user, without a lock. ERR_NOT_FOUND when the account is deleted or blocked: its
 * sessions end within seconds. */
err user_signed_in(struct web *w, struct user *ret_user) NODISCARD;

/* Locks the row of a user who has given the right password, for the caller's transaction. ERR_STALE when the
 * password has been changed since `proven` was read, or the account is no longer active. ERR_NO_ROW. */
err user_lock(struct db *db, const struct user *proven, struct user *ret_user) NODISCARD;

/* Publishes UserCreated (version 1) or UserUpdated with the state in u, which the caller's transaction has
 * stored. */
err user_publish(struct db *db, const struct user *u) NODISCARD;

#endif
