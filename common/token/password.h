#ifndef STAGEDOOR_TOKEN_PASSWORD_H
#define STAGEDOOR_TOKEN_PASSWORD_H

#include "common/schema/kind.h"

/*
 * argon2id (m = 19456 KiB, t = 2, p = 1), PHC string, by libsodium. At most `slots` run at a time in this
 * process; above it ERR_UNAVAILABLE at once, so that a flood of sign-ins cannot take the machine.
 */
void password_slots(unsigned slots);
err password_hash_of(struct arena *a, password p, password_hash *ret_hash) NODISCARD;

/* *ret_right: does p fit? With no hash (unknown account) the same work is done and the answer is false. */
err password_check(password p, password_hash hash, bool *ret_right) NODISCARD;

/* Was the hash made with other parameters than today's? */
bool password_is_dated(password_hash hash);

#endif
