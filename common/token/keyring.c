/*
 * The public keys that session tokens are verified with: those that the directory has now.
 *
 * Keys are replaced while programs run (OPERATIONS.md, Keys). A lookup checks the directory, at most once
 * a second, and reads it when it has changed (pem_dir.c). Contents that differ from the last make a new
 * generation with its own arena. Signatures are checked without the lock, with a copy of the key
 * (verify.c).
 *
 * What must hold:
 * - Every cached session was verified with a key of the current generation: a new generation clears the
 *   cache, and a session that was verified with an earlier one is not added.
 * - A directory that cannot be read leaves the keys as they are; one without keys leaves none, and nobody
 *   is signed in.
 * - Only public keys of P-256 are used.
 */
#include "common/token/keyring.h"
#include "common/base/buf.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

struct keyring {
	pthread_mutex_t lock;
	struct arena *path_arena, *arena; /* arena: of this generation's keys */
	struct pem_watch watch;
	struct key *keys;
	uint8_t digest[TOKEN_DIGEST]; /* of all files: what tells one generation from the next */
	uint64_t generation;
	struct token_cache *cache;
};

static bool coordinate(const EVP_PKEY *pkey, const char *name, uint8_t out[32])
{
	BIGNUM *n = NULL;
	bool fits = EVP_PKEY_get_bn_param(pkey, name, &n) == 1 && BN_bn2binpad(n, out, 32) == 32;

	BN_free(n);
	return fits;
}

static bool is_p256(const EVP_PKEY *pkey)
{
	char group[32] = "";

	return EVP_PKEY_get_base_id(pkey) == EVP_PKEY_EC &&
	       EVP_PKEY_get_group_name(pkey, group, sizeof group, NULL) == 1 &&
	       strcmp(group, "prime256v1") == 0;
}

/* Only a public key: a private one in this directory is a mistake and is not used. */
static struct key *key_of(struct arena *a, const struct pem *pem)
{
	BIO *bio = BIO_new_mem_buf(pem->text, -1);
	EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	struct key *key = arena_alloc(a, sizeof *key);
	bool usable = pkey != NULL && is_p256(pkey) && coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_X, key->x) &&
		      coordinate(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, key->y);

	EVP_PKEY_free(pkey);
	BIO_free(bio);
	key->kid = pem->kid;
	key->pem = pem->text;
	return usable ? key : NULL;
}

static struct key *keys_of(struct arena *a, const struct pem *pems)
{
	struct key *first = NULL, **end = &first;

	for (const struct pem *p = pems; p != NULL; p = p->next) {
		struct key *key = key_of(a, p);

		if (key == NULL) {
			log_warn("%s.pem is no public key of P-256: passed over", p->kid);
			continue;
		}
		*end = key;
		end = &key->next;
	}
	return first;
}

static void digest_of(const struct pem *pems, uint8_t out[TOKEN_DIGEST])
{
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	for (const struct pem *p = pems; p != NULL; p = p->next) {
		crypto_hash_sha256_update(&state, (const uint8_t *)p->kid, strlen(p->kid) + 1);
		crypto_hash_sha256_update(&state, (const uint8_t *)p->text, strlen(p->text) + 1);
	}
	crypto_hash_sha256_final(&state, out);
}

/* A directory that cannot be read at the moment leaves the keys as they are; one without keys leaves none. */
static void read_again(struct keyring *k)
{
	struct arena *fresh = arena_new();
	uint8_t digest[TOKEN_DIGEST];
	struct pem *pems;

	if (pem_dir_read(fresh, k->watch.path, &pems) != OK) {
		log_error("the directory of keys %s cannot be read", k->watch.path);
		arena_free(fresh);
		return;
	}
	digest_of(pems, digest);
	if (k->arena != NULL && memcmp(digest, k->digest, sizeof digest) == 0) {
		arena_free(fresh);
		return;
	}
	arena_free(k->arena);
	k->arena = fresh;
	k->keys = keys_of(fresh, pems);
	memcpy(k->digest, digest, sizeof digest);
	k->generation++;
	token_cache_clear(k->cache);
	if (k->keys == NULL)
		log_alarm("no key in %s: nobody is signed in", k->watch.path);
}

static void lock_fresh(struct keyring *k)
{
	pthread_mutex_lock(&k->lock);
	if (pem_watch_stirred(&k->watch))
		read_again(k);
}

err keyring_open(const char *keys_dir, struct keyring **ret_keyring)
{
	struct keyring *k = calloc(1, sizeof *k);

	BUG_IF(k == NULL);
	pthread_mutex_init(&k->lock, NULL);
	k->path_arena = arena_new();
	k->watch.path = arena_strdup(k->path_arena, keys_dir);
	k->cache = token_cache_new();
	lock_fresh(k);
	pthread_mutex_unlock(&k->lock);
	if (k->keys == NULL) {
		keyring_close(k);
		return ERR_NOT_FOUND;
	}
	*ret_keyring = k;
	return OK;
}

void keyring_close(struct keyring *k)
{
	if (k == NULL)
		return;
	token_cache_free(k->cache);
	arena_free(k->arena);
	arena_free(k->path_arena);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

bool keyring_remembers(struct keyring *k, struct arena *a, const uint8_t digest[TOKEN_DIGEST],
		       struct session *ret_session)
{
	bool found;

	lock_fresh(k);
	found = token_cache_get(k->cache, a, digest, ret_session);
	pthread_mutex_unlock(&k->lock);
	return found;
}

err keyring_find(struct keyring *k, struct arena *a, const char *kid, const char **ret_pem,
		 uint64_t *ret_generation)
{
	err e = ERR_NOT_FOUND;

	lock_fresh(k);
	for (const struct key *key = k->keys; key != NULL && e != OK; key = key->next) {
		if (strcmp(key->kid, kid) != 0)
			continue;
		*ret_pem = arena_strdup(a, key->pem);
		*ret_generation = k->generation;
		e = OK;
	}
	pthread_mutex_unlock(&k->lock);
	return e;
}

void keyring_remember(struct keyring *k, uint64_t generation, const uint8_t digest[TOKEN_DIGEST],
		      const struct session *session)
{
	pthread_mutex_lock(&k->lock);
	if (generation == k->generation)
		token_cache_put(k->cache, digest, session);
	pthread_mutex_unlock(&k->lock);
}

static struct json_t *jwk_of(struct arena *a, const struct key *key)
{
	struct json_t *jwk = json_object_new(a);

	json_put_text(jwk, "kty", "EC");
	json_put_text(jwk, "crv", "P-256");
	json_put_text(jwk, "use", "sig");
	json_put_text(jwk, "alg", "ES256");
	json_put_text(jwk, "kid", key->kid);
	json_put_text(jwk, "x", text_base64url(a, key->x, sizeof key->x));
	json_put_text(jwk, "y", text_base64url(a, key->y, sizeof key->y));
	return jwk;
}

const char *keyring_jwks(struct keyring *k, struct arena *a)
{
	struct json_t *set = json_object_new(a), *keys = json_array_new(a);

	lock_fresh(k);
	for (const struct key *key = k->keys; key != NULL; key = key->next)
		json_append(keys, jwk_of(a, key));
	pthread_mutex_unlock(&k->lock);
	json_put(set, "keys", keys);
	return json_text(a, set);
}
