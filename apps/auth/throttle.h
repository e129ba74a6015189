#ifndef STAGEDOOR_AUTH_THROTTLE_H
#define STAGEDOOR_AUTH_THROTTLE_H

#include "apps/auth/auth.h"

/*
 * Slows down the guessing of passwords. Wrong passwords are counted by account and by network address
 * (IPv6: by /64), for 15 minutes after the last one; a browser that was signed in to the account before has
 * its own count instead (device.h). The first ones cost nothing; after that the wait before the next try
 * doubles from a second to a minute. So nobody is ever locked out, and nobody can keep the owner of an
 * account waiting. Without config->limits only throttle_forget does anything.
 */

/* Counts a try of a password for u (which may be an address without an account), before it is checked,
 * so that many at once count too. ERR_THROTTLED: the try must not be checked; Retry-After is set,
 * w->detail says why. */
err throttle_take(struct web *w, const struct user *u) NODISCARD;

/* The try was right: the count of the account or browser is deleted, that of the network address is
 * reduced by this try. */
err throttle_right(struct web *w, const struct user *u) NODISCARD;

/* The try was not checked after all: takes back what throttle_take has counted. */
err throttle_undo(struct web *w, const struct user *u) NODISCARD;

/* Deletes the count of the account's address, in the transaction that deletes the account. */
err throttle_forget(struct db *db, email address) NODISCARD;

#endif
