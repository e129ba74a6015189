/*
 * Verifies session tokens. Exactly one form of JWT is accepted, whatever the token says about itself.
 *
 * Cheap checks come first: length, three parts, a header without unknown members, the length of the
 * signature, a known kid. Then the signature, by libjwt, and last the claims. The session is cached by the
 * digest of the whole token, because a signature costs much more than a lookup.
 *
 * What must hold:
 * - The algorithm is ES256 and the key is not empty, checked here, because libjwt takes the algorithm from
 *   the token and accepts any token without a key (signature_fits).
 * - No claim is used before the signature was verified.
 * - Expiry is checked at every use, also of a cached session. Revocation is the caller's to check.
 * - Unknown claims are ignored, because a later version may add some.
 */
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

static const struct number_format as_request = {.major = true};

static err read_part(struct arena *a, const struct record *r, enum unknown_fields unknown, const char *s,
		     size_t len, struct json_t **ret_json, void *ret_record)
{
	struct problems unsaid = {.arena = a};
	uint8_t *bytes;
	size_t bytes_len;
	err e;

	if ((e = text_unbase64url(a, s, len, &bytes, &bytes_len)) != OK)
		return e;
	if ((e = json_parse(a, (const char *)bytes, bytes_len, ret_json)) != OK)
		return e;
	return record_from_json(a, r, &as_request, unknown, *ret_json, &unsaid, ret_record);
}

/* No reason to sign anybody out: what does not fit (a zone that this machine does not know) is left out. */
static void read_preferences(struct arena *a, const struct json_t *claims, struct session *s)
{
	const char *zone = json_get_text(claims, "zone");
	page_size rows = {json_get_number(claims, "rows", 0)};

	if (zone == NULL || kind_parse(a, &kind_time_zone, &as_request, zone, &s->zone) != OK)
		s->zone = (time_zone){NULL};
	if (kind_fits(&kind_page_size, &rows))
		s->rows = rows;
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
	struct json_t *json;
	struct parts p;
	uint8_t *signature;
	size_t signature_len;
	const char *pem;

	if (!split(token, &p) ||
	    read_part(a, record_token_header(), UNKNOWN_REFUSED, p.header, p.header_len, &json, &header) !=
		OK ||
	    strcmp(header.alg.v, "ES256") != 0 || (header.typ.v != NULL && strcmp(header.typ.v, "JWT") != 0))
		return ERR_SIGNED_OUT;
	if (text_unbase64url(a, p.signature, p.signature_len, &signature, &signature_len) != OK ||
	    signature_len != SIGNATURE_BYTES)
		return ERR_SIGNED_OUT;
	if (keyring_find(k, a, header.kid.v, &pem, ret_generation) != OK || !signature_fits(token, pem))
		return ERR_SIGNED_OUT;
	if (read_part(a, record_token_claims(), UNKNOWN_IGNORED, p.claims, p.claims_len, &json, &claims) !=
	    OK)
		return ERR_SIGNED_OUT;
	if (session_of(&claims, ret_session) != OK)
		return ERR_SIGNED_OUT;
	read_preferences(a, json, ret_session);
	return OK;
}

when session_begun(const struct session *s)
{
	int64_t by_id = uuid_time(s->sid.b);

	return (when){by_id / SECOND == s->issued.v / SECOND ? by_id : s->issued.v};
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
