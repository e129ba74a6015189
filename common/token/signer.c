/*
 * Signs session tokens (JWT, ES256) with the newest private key of a directory. Only auth does that.
 *
 * The newest file signs, so that a key is replaced by adding one, without a restart (OPERATIONS.md, Keys).
 * The key is copied under the lock and the signature made without it, so that sign-ins do not wait for
 * each other.
 *
 * What must hold:
 * - The claims are those that verify.c demands (token_claims in records.def), with times in whole seconds.
 * - The header names the key by the name of its file, which is that of the public key too.
 * - A directory that is empty or cannot be read leaves the key that signed last.
 */
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/token/keyring.h"
#include <jwt.h>
#include <pthread.h>
#include <stdlib.h>

struct signer {
	pthread_mutex_t lock;
	struct arena *path_arena, *arena;
	struct pem_watch watch;
	const struct pem *key; /* the newest; in arena */
};

static const struct pem *newest(const struct pem *pems)
{
	const struct pem *found = pems;

	for (const struct pem *p = pems; p != NULL; p = p->next)
		if (p->changed > found->changed)
			found = p;
	return found;
}

/* Without a key in the directory the one that was there goes on signing. */
static void read_again(struct signer *s)
{
	struct arena *fresh = arena_new();
	struct pem *pems = NULL;

	if (pem_dir_read(fresh, s->watch.path, &pems) != OK || pems == NULL) {
		log_error("no key to sign with in %s", s->watch.path);
		arena_free(fresh);
		return;
	}
	arena_free(s->arena);
	s->arena = fresh;
	s->key = newest(pems);
}

err signer_open(const char *signing_dir, struct signer **ret_signer)
{
	struct signer *s = calloc(1, sizeof *s);

	BUG_IF(s == NULL);
	pthread_mutex_init(&s->lock, NULL);
	s->path_arena = arena_new();
	s->watch.path = arena_strdup(s->path_arena, signing_dir);
	if (pem_watch_stirred(&s->watch))
		read_again(s);
	if (s->key == NULL) {
		signer_close(s);
		return ERR_NOT_FOUND;
	}
	*ret_signer = s;
	return OK;
}

void signer_close(struct signer *s)
{
	if (s == NULL)
		return;
	arena_free(s->arena);
	arena_free(s->path_arena);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static struct pem current_key(struct signer *s, struct arena *a)
{
	struct pem key = {NULL, NULL, NULL, 0};

	pthread_mutex_lock(&s->lock);
	if (pem_watch_stirred(&s->watch))
		read_again(s);
	key.kid = arena_strdup(a, s->key->kid);
	key.text = arena_strdup(a, s->key->text);
	pthread_mutex_unlock(&s->lock);
	return key;
}

static bool put_claims(jwt_t *jwt, struct arena *a, const struct session *s)
{
	return jwt_add_grant(jwt, "iss", TOKEN_ISSUER) == 0 &&
	       jwt_add_grant(jwt, "aud", TOKEN_AUDIENCE) == 0 &&
	       jwt_add_grant(jwt, "sub", id_text(a, s->user)) == 0 &&
	       jwt_add_grant(jwt, "sid", id_text(a, s->sid)) == 0 &&
	       jwt_add_grant(jwt, "email", s->email.v) == 0 && jwt_add_grant(jwt, "name", s->name.v) == 0 &&
	       jwt_add_grant_int(jwt, "iat", (long)(s->issued.v / SECOND)) == 0 &&
	       jwt_add_grant_int(jwt, "exp", (long)(s->expires.v / SECOND)) == 0;
}

static bool put_preferences(jwt_t *jwt, const struct session *s)
{
	return (s->zone.v == NULL || jwt_add_grant(jwt, "zone", s->zone.v) == 0) &&
	       (s->rows.v == 0 || jwt_add_grant_int(jwt, "rows", (long)s->rows.v) == 0);
}

err signer_sign(struct signer *s, struct arena *a, const struct session *session, const char **ret_token)
{
	struct pem key = current_key(s, a);
	jwt_t *jwt = NULL;
	char *token = NULL;
	err e = ERR_BUG;

	if (jwt_new(&jwt) == 0 && put_claims(jwt, a, session) && put_preferences(jwt, session) &&
	    jwt_add_header(jwt, "kid", key.kid) == 0 &&
	    jwt_set_alg(jwt, JWT_ALG_ES256, (const unsigned char *)key.text, (int)strlen(key.text)) == 0)
		token = jwt_encode_str(jwt);
	if (token != NULL) {
		*ret_token = arena_strdup(a, token);
		free(token);
		e = OK;
	}
	jwt_free(jwt);
	return e;
}
