#ifndef STAGEDOOR_AUTH_PASSWORD_H
#define STAGEDOOR_AUTH_PASSWORD_H

#include "apps/auth/auth.h"

/* What passwords must be, and what is done with them. */

/* Is it one of the passwords that are tried first (apps/auth/passwords.def), in any case, or the address
 * itself? */
bool password_is_common(struct arena *a, password p, email address);

/* The same as a problem of that field. */
err password_rules(struct web *w, const char *field, password p, email address) NODISCARD;

/* Waits for a slot; ERR_UNAVAILABLE when there is none. */
err password_hashed(struct web *w, password p, password_hash *ret_hash) NODISCARD;

/* Is p the password of the user? False for a user without a hash, after the same work. Counts no try.
 * ERR_UNAVAILABLE. */
err password_fits(struct web *w, const struct user *u, password p, bool *ret_right) NODISCARD;

/* Does p prove that who sent it is the user? One try of the throttle. Nobody has a user without a hash: the
 * same work, false. ERR_THROTTLED, ERR_UNAVAILABLE. */
err password_proves(struct web *w, const struct user *u, password p, bool *ret_right) NODISCARD;

#endif
