#ifndef STAGEDOOR_TOKEN_SESSION_H
#define STAGEDOOR_TOKEN_SESSION_H

#include "common/schema/kind.h"

enum { SESSION_SECONDS = 12 * 60 * 60, SESSION_TOKEN_MAX = 4096 };

/* Who sends a request: the claims of a session token (JWT, ES256: RFC 7519, RFC 7518). */
struct session {
	user_id user;   /* sub */
	session_id sid; /* sid */
	email email;
	display_name name;
	when issued, expires; /* iat, exp: whole seconds */
	time_zone zone;       /* zone: that the user wants to see times in; null: the venue's */
	page_size rows;       /* rows: how long the user wants lists to be; null: as they are made */
};

/*
 * When the session began: to the millisecond where its id, a UUIDv7, tells one within the second of `issued`,
 * else `issued`. What ends "all sessions begun before" compares this, so that one begun in the same second is
 * neither lost nor kept.
 */
when session_begun(const struct session *s);

/*
 * The public keys of a directory (<kid>.pem, P-256), read at start and again when the directory changes, with
 * a small cache of tokens that were verified. Safe for use by several threads.
 */
struct keyring;

/* ERR_NOT_FOUND when the directory holds no usable key: never verify without one. */
err keyring_open(const char *keys_dir, struct keyring **ret_keyring) NODISCARD;
void keyring_close(struct keyring *k);

/*
 * The session of a token: header read first, ES256 (exactly) and a known kid only, at most SESSION_TOKEN_MAX
 * bytes, integer exp and iat, iss "stagedoor" and aud "stagedoor" , not expired by clock_now(), not issued in
 * the future (60 s slack). Everything else: ERR_SIGNED_OUT. Revocation is not looked at here. Strings of the
 * session go to the arena. Preferences that are absent or do not fit their kind are null: nobody is signed
 * out for them.
 */
err keyring_verify(struct keyring *k, struct arena *a, const char *token,
		   struct session *ret_session) NODISCARD;

/* The JWKS (RFC 7517) of all keys as JSON text. */
const char *keyring_jwks(struct keyring *k, struct arena *a);

/* auth only: the private key that signs, the newest <kid>.pem of the directory. */
struct signer;
err signer_open(const char *signing_dir, struct signer **ret_signer) NODISCARD;
void signer_close(struct signer *s);
err signer_sign(struct signer *s, struct arena *a, const struct session *session,
		const char **ret_token) NODISCARD;

#endif
