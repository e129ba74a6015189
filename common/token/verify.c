#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include "common/token/keyring.h"
#include <jwt.h>
#include <sodium.h>
#include <stdlib.h>

#define RECORD_LIST "common/token/records.def"
#include "common/schema/define_records.h"

enum { SIGNATURE_BYTES = 64, FUTURE_SLACK = 60 };

/* The three parts of a compact JWS (RFC 7515 section 3.1). */
struct parts {
	const char *header, *claims, *signature;
	size_t header_len, claims_len, signature_len;
};

static bool split(const char *token, struct parts *ret_parts)
{
	const char *first = strchr(token, '.'), *second = first == NULL ? NULL : strchr(first + 1, '.');

	if (second == NULL || strchr(second + 1, '.') != NULL)
		return false;
	*ret_parts = (struct parts){token,
				    first + 1,
				    second + 1,
				    (size_t)(first - token),
				    (size_t)(second - first - 1),
				    strlen(second + 1)};
	return true;
}

static err read_part(struct arena *a, const struct record *r, enum unknown_fields unknown, const char *s,
		     size_t len, void *ret_record)
{
	const struct notation as_request = {.major = true};
	struct problems unsaid = {.arena = a};
	struct json_t *json;
	uint8_t *bytes;
	size_t bytes_len;
	err e;

	if ((e = text_unbase64url(a, s, len, &bytes, &bytes_len)) != OK)
		return e;
	if ((e = json_parse(a, (const char *)bytes, bytes_len, &json)) != OK)
		return e;
	return record_from_json(a, r, &as_request, unknown, json, &unsaid, ret_record);
}

/*
 * libjwt 1.10 takes any token when its key is empty, and the algorithm from the token: so the header was read
 * before, the key is never empty, and the algorithm is looked at once more.
 */
static bool signature_fits(const char *token, const char *pem)
{
	jwt_t *jwt = NULL;
	bool fits;

	if (pem == NULL || pem[0] == '\0')
		return false;
	fits = jwt_decode(&jwt, token, (const unsigned char *)pem, (int)strlen(pem)) == 0 && jwt != NULL &&
	       jwt_get_alg(jwt) == JWT_ALG_ES256;
	jwt_free(jwt);
	return fits;
}

static bool is_current(const struct session *s)
{
	int64_t now = clock_now();

	return s->expires.v > now && s->issued.v <= now + FUTURE_SLACK * SECOND;
}

static err session_of(const struct token_claims *c, struct session *ret_session)
{
	if (strcmp(c->iss.v, TOKEN_ISSUER) != 0 || strcmp(c->aud.v, TOKEN_AUDIENCE) != 0)
		return ERR_SIGNED_OUT;
	if (c->exp.v <= c->iat.v || c->exp.v - c->iat.v > SESSION_SECONDS || c->exp.v > INT64_MAX / SECOND)
		return ERR_SIGNED_OUT;
	*ret_session = (struct session){.user = c->sub,
					.sid = c->sid,
					.email = c->email,
					.name = c->name,
					.issued = {c->iat.v * SECOND},
					.expires = {c->exp.v * SECOND}};
	return OK;
}

static err verify(struct keyring *k, struct arena *a, const char *token, uint64_t *ret_generation,
		  struct session *ret_session)
{
	struct token_header header;
	struct token_claims claims;
	struct parts p;
	uint8_t *signature;
	size_t signature_len;
	const char *pem;

	if (!split(token, &p) ||
	    read_part(a, record_token_header(), UNKNOWN_REFUSED, p.header, p.header_len, &header) != OK ||
	    strcmp(header.alg.v, "ES256") != 0 || (header.typ.v != NULL && strcmp(header.typ.v, "JWT") != 0))
		return ERR_SIGNED_OUT;
	if (text_unbase64url(a, p.signature, p.signature_len, &signature, &signature_len) != OK ||
	    signature_len != SIGNATURE_BYTES)
		return ERR_SIGNED_OUT;
	if (keyring_find(k, a, header.kid.v, &pem, ret_generation) != OK || !signature_fits(token, pem))
		return ERR_SIGNED_OUT;
	if (read_part(a, record_token_claims(), UNKNOWN_IGNORED, p.claims, p.claims_len, &claims) != OK)
		return ERR_SIGNED_OUT;
	return session_of(&claims, ret_session);
}

err keyring_verify(struct keyring *k, struct arena *a, const char *token, struct session *ret_session)
{
	uint8_t digest[TOKEN_DIGEST];
	struct session session;
	uint64_t generation;
	size_t len = token == NULL ? 0 : strnlen(token, SESSION_TOKEN_MAX + 1);

	if (len == 0 || len > SESSION_TOKEN_MAX)
		return ERR_SIGNED_OUT;
	crypto_hash_sha256(digest, (const uint8_t *)token, len);
	if (!keyring_remembers(k, a, digest, &session)) {
		if (verify(k, a, token, &generation, &session) != OK)
			return ERR_SIGNED_OUT;
		if (is_current(&session))
			keyring_remember(k, generation, digest, &session);
	}
	if (!is_current(&session))
		return ERR_SIGNED_OUT;
	*ret_session = session;
	return OK;
}
