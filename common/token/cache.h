#ifndef STAGEDOOR_TOKEN_CACHE_H
#define STAGEDOOR_TOKEN_CACHE_H

#include "common/token/session.h"

enum { TOKEN_DIGEST = 32 };

/*
 * Sessions of tokens whose signature was verified, by the SHA-256 of the token. Of fixed size: in each set
 * the one that was not asked for the longest makes room. The caller holds a lock.
 */
struct token_cache;
struct token_cache *token_cache_new(void);
void token_cache_free(struct token_cache *c);
void token_cache_clear(struct token_cache *c);

/* Strings go to the arena. False: not there. */
bool token_cache_get(struct token_cache *c, struct arena *a, const uint8_t digest[TOKEN_DIGEST],
		     struct session *ret_session);
void token_cache_put(struct token_cache *c, const uint8_t digest[TOKEN_DIGEST],
		     const struct session *session);

#endif
