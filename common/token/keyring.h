#ifndef STAGEDOOR_TOKEN_KEYRING_H
#define STAGEDOOR_TOKEN_KEYRING_H

#include "common/token/cache.h"
#include "common/token/pem_dir.h"

#define RECORD_LIST "common/token/records.def"
#include "common/schema/declare_records.h"

#define TOKEN_ISSUER   "stagedoor"
#define TOKEN_AUDIENCE "stagedoor"

/* What the parts of a keyring share, for the files of common/token alone: a public key and its JWK
 * coordinates. */
struct key {
	struct key *next;
	const char *kid, *pem;
	uint8_t x[32], y[32];
};

/* The cached session of a token, when its key is still in the ring; reads the directory again when it
 * changed. */
bool keyring_remembers(struct keyring *k, struct arena *a, const uint8_t digest[TOKEN_DIGEST],
		       struct session *ret_session);

/* The PEM text of a key, in the arena, and the generation of the ring that it is of. ERR_NOT_FOUND. */
err keyring_find(struct keyring *k, struct arena *a, const char *kid, const char **ret_pem,
		 uint64_t *ret_generation) NODISCARD;

/* Remembers a verified token, unless the keys have changed since that generation. */
void keyring_remember(struct keyring *k, uint64_t generation, const uint8_t digest[TOKEN_DIGEST],
		      const struct session *session);

#endif
