#ifndef STAGEDOOR_AUTH_USER_H
#define STAGEDOOR_AUTH_USER_H

#include "apps/auth/auth.h"

/* The row of a user. What is done with an account as a whole: account.h. */

/* The row of who is signed in. ERR_NOT_FOUND when the account is deleted or blocked: its sessions end within
 * seconds. */
err user_signed_in(struct web *w, struct user *ret_user) NODISCARD;

/* In a transaction: locks the row of a user who has given the right password. ERR_STALE when the password is
 * another by now, or the account is no longer active. */
err user_lock(struct db *db, const struct user *proven, struct user *ret_user) NODISCARD;

/* Tells of the user as of its version, in the transaction that made it. */
err user_publish(struct db *db, const struct user *u) NODISCARD;

#endif
