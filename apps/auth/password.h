#ifndef STAGEDOOR_AUTH_PASSWORD_H
#define STAGEDOOR_AUTH_PASSWORD_H

#include "apps/auth/auth.h"

/* Which passwords are accepted, and how they are hashed and checked (argon2id, common/token/password.h). Each
 * hash or check takes a slot (auth.c), since it needs memory and time. */

/* ERR_INVALID with a problem of that field for one of the common passwords (apps/auth/passwords.def), in any
 * case, and for the address itself. */
err password_rules(struct web *w, const char *field, password p, email address) NODISCARD;

/* The hash of p, in the request's arena. Waits for a slot; ERR_UNAVAILABLE when there is none. */
err password_hashed(struct web *w, password p, password_hash *ret_hash) NODISCARD;

/* Is p the password of the user? False, after the same work, for a user without a hash. Not counted as a try.
 * ERR_UNAVAILABLE as password_hashed. */
err password_fits(struct web *w, const struct user *u, password p, bool *ret_right) NODISCARD;

/* As password_fits, counted as a try by the throttle: for requests that must prove who sends them.
 * ERR_THROTTLED, ERR_UNAVAILABLE. */
err password_proves(struct web *w, const struct user *u, password p, bool *ret_right) NODISCARD;

#endif
