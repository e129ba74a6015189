/*
 * CSRF tokens, pre-sessions and the seals of cookies. All have one form, "<random>.<MAC>", where the MAC
 * is the HMAC-SHA256 of "<purpose>|<random>|<subject>". Whoever has the key can check one, so the site
 * stores none. A seal proves where a text comes from; it neither encrypts the text nor expires.
 *
 * What must hold:
 * - Each sort has its own purpose, so that one is never accepted for another.
 * - The random part of a purpose has a fixed length and no purpose contains "|", so two different inputs
 *   never give the same text to the MAC.
 * - MACs are compared in constant time; a token that is too long is refused before anything is computed.
 * - The key is never empty.
 */
#include "common/token/csrf.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include <sodium.h>
#include <string.h>

enum { MAC = crypto_auth_hmacsha256_BYTES, CSRF_RANDOM = 8, PRESESSION_RANDOM = 16 };

static void hmac(const char *key, size_t key_len, const void *bytes, size_t len, uint8_t out[MAC])
{
	crypto_auth_hmacsha256_state state;

	crypto_auth_hmacsha256_init(&state, (const uint8_t *)key, key_len);
	crypto_auth_hmacsha256_update(&state, bytes, len);
	crypto_auth_hmacsha256_final(&state, out);
}

/* "<random>.<mac>"; the purpose keeps a token of one sort from standing for another. */
static const char *sealed(struct arena *a, const char *key, const char *purpose, const char *random,
			  const char *subject)
{
	const char *said = arena_printf(a, "%s|%s|%s", purpose, random, subject);
	uint8_t mac[MAC];

	BUG_IF(key == NULL || key[0] == '\0');
	hmac(key, strlen(key), said, strlen(said), mac);
	return arena_printf(a, "%s.%s", random, text_base64url(a, mac, sizeof mac));
}

static const char *seal(struct arena *a, const char *key, const char *purpose, size_t random_len,
			const char *subject)
{
	uint8_t bytes[PRESESSION_RANDOM];
	char hex[2 * PRESESSION_RANDOM + 1];

	random_bytes(bytes, random_len);
	text_hex(bytes, random_len, hex);
	return sealed(a, key, purpose, hex, subject);
}

static bool is_sealed(struct arena *a, const char *key, const char *purpose, size_t random_len,
		      const char *subject, const char *token)
{
	const char *ours;
	size_t len = token == NULL ? 0 : strnlen(token, 128);

	if (len <= 2 * random_len || token[2 * random_len] != '.' || len == 128)
		return false;
	ours = sealed(a, key, purpose, arena_memdup(a, token, 2 * random_len), subject);
	return strlen(ours) == len && text_same_secret(ours, token, len);
}

const char *csrf_token(struct arena *a, const char *key, const char *subject)
{
	return seal(a, key, "csrf", CSRF_RANDOM, subject);
}

bool csrf_matches(struct arena *a, const char *key, const char *subject, const char *token)
{
	return is_sealed(a, key, "csrf", CSRF_RANDOM, subject, token);
}

const char *presession_new(struct arena *a, const char *key)
{
	return seal(a, key, "presession", PRESESSION_RANDOM, "");
}

bool presession_is_ours(struct arena *a, const char *key, const char *cookie)
{
	return is_sealed(a, key, "presession", PRESESSION_RANDOM, "", cookie);
}

const char *cookie_seal(struct arena *a, const char *key, const char *text)
{
	return seal(a, key, "cookie", CSRF_RANDOM, text);
}

bool cookie_is_sealed(struct arena *a, const char *key, const char *text, const char *seal_)
{
	return is_sealed(a, key, "cookie", CSRF_RANDOM, text, seal_);
}

static const char *hex_of(struct arena *a, const uint8_t *bytes, size_t len)
{
	char *hex = arena_alloc(a, 2 * len + 1);

	text_hex(bytes, len, hex);
	return hex;
}

const char *sha256_hex(struct arena *a, const void *bytes, size_t len)
{
	uint8_t digest[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(digest, bytes, len);
	return hex_of(a, digest, sizeof digest);
}

const char *hmac_sha256_hex(struct arena *a, const char *key, size_t key_len, const void *bytes, size_t len)
{
	uint8_t mac[MAC];

	hmac(key, key_len, bytes, len, mac);
	return hex_of(a, mac, sizeof mac);
}
