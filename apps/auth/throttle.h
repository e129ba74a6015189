#ifndef STAGEDOOR_AUTH_THROTTLE_H
#define STAGEDOOR_AUTH_THROTTLE_H

#include "apps/auth/auth.h"

/* Guessing is slowed down. A browser that was signed in to the account before has a count of its own; all
 * others share that of the account, and that of their network address. Nobody is ever locked out, and nobody
 * can keep the owner waiting. */

/* Counts a try before it is made, so that many at once count too. ERR_THROTTLED with Retry-After, in w. */
err throttle_take(struct web *w, const struct user *u) NODISCARD;

/* The try was right: what it was counted by begins anew, the network address has one less. */
err throttle_right(struct web *w, const struct user *u) NODISCARD;

/* The try was not made after all. */
err throttle_undo(struct web *w, const struct user *u) NODISCARD;

/* In the transaction that deletes the account: nothing is remembered of its address. */
err throttle_forget(struct db *db, email address) NODISCARD;

/* How long after that many failures none is looked at: microseconds. free: failures that cost nothing. */
int64_t throttle_delay(int64_t failures, int64_t free);

#endif
