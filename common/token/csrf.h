#ifndef STAGEDOOR_TOKEN_CSRF_H
#define STAGEDOOR_TOKEN_CSRF_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdbool.h>

/*
 * CSRF tokens: "<16 random hex digits>.<base64url HMAC-SHA256(key, purpose | random | subject)>" (OWASP:
 * signed, session-bound). The subject is the session id's text, or the value of the pre-session cookie of the
 * signed-out forms.
 */
const char *csrf_token(struct arena *a, const char *key, const char *subject);
bool csrf_matches(struct arena *a, const char *key, const char *subject, const char *token);

/* The value of a new pre-session cookie ("<random>.<mac>"), and whether one was made with the key. */
const char *presession_new(struct arena *a, const char *key);
bool presession_is_ours(struct arena *a, const char *key, const char *cookie);

/* The seal of what a cookie carries: was the text sent by us? */
const char *cookie_seal(struct arena *a, const char *key, const char *text);
bool cookie_is_sealed(struct arena *a, const char *key, const char *text, const char *seal);

/* Lower-case hex SHA-256 and HMAC-SHA256. */
const char *sha256_hex(struct arena *a, const void *bytes, size_t len);
const char *hmac_sha256_hex(struct arena *a, const char *key, size_t key_len, const void *bytes, size_t len);

#endif
