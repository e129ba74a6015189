/*
 * A set-associative cache: two bytes of the digest choose a set, the WAYS entries of the set are compared,
 * and a new entry replaces the one of the set that was used least recently. So memory is bounded, and a
 * lookup costs the same however many sessions there are.
 *
 * What must hold:
 * - Only sessions of tokens that were verified come in, and the cache is cleared when the keys change
 *   (keyring.c).
 * - An entry stays after its session has expired, so the caller compares the times at each use (verify.c).
 * - Strings are copied on the way in and out, because an entry can be replaced once the caller's lock is
 *   released.
 */
#include "common/token/cache.h"
#include <stdlib.h>

enum { SETS = 512, WAYS = 4 };

struct entry {
	uint8_t digest[TOKEN_DIGEST];
	struct session session; /* its strings are allocated */
	uint64_t used;          /* 0: empty */
};

struct token_cache {
	uint64_t uses;
	struct entry entries[SETS][WAYS];
};

struct token_cache *token_cache_new(void)
{
	struct token_cache *c = calloc(1, sizeof *c);

	BUG_IF(c == NULL);
	return c;
}

static char *copy(const char *s)
{
	char *own = s == NULL ? NULL : strdup(s);

	BUG_IF(own == NULL && s != NULL);
	return own;
}

static void empty(struct entry *e)
{
	free((char *)e->session.email.v);
	free((char *)e->session.name.v);
	free((char *)e->session.zone.v);
	*e = (struct entry){.used = 0};
}

void token_cache_clear(struct token_cache *c)
{
	for (size_t set = 0; set < SETS; set++)
		for (size_t way = 0; way < WAYS; way++)
			if (c->entries[set][way].used > 0)
				empty(&c->entries[set][way]);
}

void token_cache_free(struct token_cache *c)
{
	if (c == NULL)
		return;
	token_cache_clear(c);
	free(c);
}

static struct entry *set_of(struct token_cache *c, const uint8_t digest[TOKEN_DIGEST])
{
	return c->entries[((unsigned)digest[0] << 8 | digest[1]) % SETS];
}

bool token_cache_get(struct token_cache *c, struct arena *a, const uint8_t digest[TOKEN_DIGEST],
		     struct session *ret_session)
{
	struct entry *set = set_of(c, digest);

	for (size_t way = 0; way < WAYS; way++) {
		struct entry *e = &set[way];

		if (e->used == 0 || memcmp(e->digest, digest, TOKEN_DIGEST) != 0)
			continue;
		e->used = ++c->uses;
		*ret_session = e->session;
		ret_session->email.v = arena_strdup(a, e->session.email.v);
		ret_session->name.v = arena_strdup(a, e->session.name.v);
		if (e->session.zone.v != NULL)
			ret_session->zone.v = arena_strdup(a, e->session.zone.v);
		return true;
	}
	return false;
}

void token_cache_put(struct token_cache *c, const uint8_t digest[TOKEN_DIGEST], const struct session *session)
{
	struct entry *set = set_of(c, digest), *oldest = &set[0];

	for (size_t way = 1; way < WAYS; way++)
		if (set[way].used < oldest->used)
			oldest = &set[way];
	empty(oldest);
	memcpy(oldest->digest, digest, TOKEN_DIGEST);
	oldest->session = *session;
	oldest->session.email.v = copy(session->email.v);
	oldest->session.name.v = copy(session->name.v);
	oldest->session.zone.v = copy(session->zone.v);
	oldest->used = ++c->uses;
}
