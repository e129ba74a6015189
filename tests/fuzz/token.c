/*
 * A session token: three lines are its header, claims and the text after the signature. Unsigned it is never
 * accepted; signed with the site's key, it is accepted only with all claims that a session needs. The clock
 * is set to 2100-01-01.
 */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include "common/token/session.h"
#include "tests/fuzz/fuzz.h"
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <time.h>

enum { HALF = 32 };
static const int64_t year_2100 = INT64_C(4102444800);
static struct keyring *ring;
static EVP_PKEY *pair;

static void stop_clock_at(const char *path, int64_t second)
{
	int64_t offset = (second - (int64_t)time(NULL)) * SECOND;
	FILE *f = fopen(path, "w");

	HOLDS(f != NULL && fwrite(&offset, sizeof offset, 1, f) == 1 && fclose(f) == 0);
	HOLDS(clock_follow(path) == OK);
}

void fuzz_begin(void)
{
	struct arena *a = arena_new();
	const char *home = fuzz_directory();
	FILE *f = fopen(arena_printf(a, "%s/k1.pem", home), "w");

	pair = EVP_EC_gen("P-256");
	HOLDS(f != NULL && PEM_write_PUBKEY(f, pair) == 1 && fclose(f) == 0);
	HOLDS(keyring_open(home, &ring) == OK);
	stop_clock_at(arena_printf(a, "%s/clock", home), year_2100);
	arena_free(a);
}

/* The 64 bytes of RFC 7518 section 3.4. */
static const char *signature_of(struct arena *a, const char *text)
{
	unsigned char der[128], raw[2 * HALF];
	const unsigned char *at = der;
	size_t len = sizeof der;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	ECDSA_SIG *sig;

	HOLDS(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pair) == 1);
	HOLDS(EVP_DigestSign(context, der, &len, (const unsigned char *)text, strlen(text)) == 1);
	EVP_MD_CTX_free(context);
	sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	HOLDS(BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, HALF) == HALF);
	HOLDS(BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + HALF, HALF) == HALF);
	ECDSA_SIG_free(sig);
	return text_base64url(a, raw, sizeof raw);
}

static void is_whole(const struct session *s)
{
	int64_t now = clock_now();

	HOLDS(kind_fits(&kind_user_id, &s->user) && kind_fits(&kind_session_id, &s->sid));
	HOLDS(kind_fits(&kind_email, &s->email) && kind_fits(&kind_display_name, &s->name));
	HOLDS(s->expires.v > now && s->issued.v <= now + 60 * SECOND);
	HOLDS(s->expires.v - s->issued.v <= SESSION_SECONDS * SECOND);
	HOLDS(s->zone.v == NULL || kind_fits(&kind_time_zone, &s->zone));
	HOLDS(s->rows.v == 0 || kind_fits(&kind_page_size, &s->rows));
}

static void says_what_was_said(struct arena *a, const char *header, const char *claims)
{
	struct json_t *said;

	HOLDS(json_parse(a, header, strlen(header), &said) == OK);
	HOLDS(text_same(json_get_text(said, "alg"), "ES256") && text_same(json_get_text(said, "kid"), "k1"));
	HOLDS(json_get(said, "jku") == NULL && json_get(said, "jwk") == NULL &&
	      json_get(said, "crit") == NULL);
	HOLDS(json_parse(a, claims, strlen(claims), &said) == OK);
	HOLDS(text_same(json_get_text(said, "iss"), "stagedoor") &&
	      text_same(json_get_text(said, "aud"), "stagedoor"));
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const char *header = fuzz_part(a, &bytes, &len, '\n'), *claims = fuzz_part(a, &bytes, &len, '\n');
	const char *more = arena_memdup(a, bytes, len), *text, *right;
	struct session s, again;
	bool taken;

	HOLDS(keyring_verify(ring, a, header, &s) == ERR_SIGNED_OUT);
	text = arena_printf(a, "%s.%s", text_base64url(a, header, strlen(header)),
			    text_base64url(a, claims, strlen(claims)));
	HOLDS(keyring_verify(ring, a, text, &s) == ERR_SIGNED_OUT);
	HOLDS(keyring_verify(ring, a, arena_printf(a, "%s.%s", text, more), &s) == ERR_SIGNED_OUT);
	right = arena_printf(a, "%s.%s", text, signature_of(a, text));
	taken = keyring_verify(ring, a, right, &s) == OK;
	if (*more != '\0')
		HOLDS(keyring_verify(ring, a, arena_printf(a, "%s%s", right, more), &again) ==
		      ERR_SIGNED_OUT);
	if (!taken)
		return false;
	is_whole(&s);
	says_what_was_said(a, header, claims);
	/* the result from the cache is the same */
	HOLDS(keyring_verify(ring, a, right, &again) == OK);
	HOLDS(id_same(again.user, s.user) && id_same(again.sid, s.sid) &&
	      text_same(again.email.v, s.email.v));
	HOLDS(text_same(again.name.v, s.name.v) && text_same(again.zone.v, s.zone.v) &&
	      again.rows.v == s.rows.v);
	return true;
}
