#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include "common/token/csrf.h"
#include "common/token/password.h"
#include "common/token/session.h"
#include "tests/unit/suites.h"
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A directory with keys/ and signing/, two key pairs k1 and k2, and tokens made by hand, so that any header
 * and any claims can be signed. */
static struct arena *arena;
static const char *home;
static EVP_PKEY *pairs[2];
static struct keyring *ring;
static struct signer *signer;
static struct session anna;

static const char *in_home(const char *name)
{
	return arena_printf(arena, "%s/%s", home, name);
}

static void write_pair(int i)
{
	FILE *f = fopen(in_home(arena_printf(arena, "keys/k%d.pem", i + 1)), "w");

	pairs[i] = EVP_EC_gen("P-256");
	ck_assert_int_eq(PEM_write_PUBKEY(f, pairs[i]), 1);
	fclose(f);
	f = fopen(in_home(arena_printf(arena, "signing/k%d.pem", i + 1)), "w");
	ck_assert_int_eq(PEM_write_PrivateKey(f, pairs[i], NULL, NULL, 0, NULL, NULL), 1);
	fclose(f);
}

static void run(const char *format, const char *argument)
{
	ck_assert_int_eq(system(arena_printf(arena, "%s '%s'", format, argument)), 0);
}

static void set_up(void)
{
	char name[] = "/tmp/test-token-XXXXXX";

	arena = arena_new();
	home = arena_strdup(arena, mkdtemp(name));
	run("mkdir", in_home("keys"));
	run("mkdir", in_home("signing"));
	write_pair(0);
	write_pair(1);
	run("touch -d '1 hour ago'", in_home("signing/k2.pem"));
	ck_assert_int_eq(keyring_open(in_home("keys"), &ring), OK);
	ck_assert_int_eq(signer_open(in_home("signing"), &signer), OK);
	anna = (struct session){.email = {"anna@example.com"},
				.name = {"Anna \"Łoś\""},
				.issued = {clock_now() / SECOND * SECOND},
				.expires = {clock_now() / SECOND * SECOND + SESSION_SECONDS * SECOND}};
	uuid_new(anna.user.b);
	uuid_new(anna.sid.b);
}

static void tear_down(void)
{
	keyring_close(ring);
	signer_close(signer);
	run("rm -rf", home);
	EVP_PKEY_free(pairs[0]);
	EVP_PKEY_free(pairs[1]);
	arena_free(arena);
}

static const char *part(const char *text)
{
	return text_base64url(arena, text, strlen(text));
}

static const char *sign(int pair, const char *header, const char *claims)
{
	const char *said = arena_printf(arena, "%s.%s", part(header), part(claims));
	uint8_t der[128], raw[64];
	size_t der_len = sizeof der;
	const uint8_t *at = der;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	ECDSA_SIG *sig;

	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, pairs[pair]), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, der, &der_len, (const uint8_t *)said, strlen(said)), 1);
	sig = d2i_ECDSA_SIG(NULL, &at, (long)der_len);
	BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	return arena_printf(arena, "%s.%s", said, text_base64url(arena, raw, sizeof raw));
}

#define GOOD_HEADER "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"JWT\"}"

/* Claims of anna with other values of iss, aud, iat and exp, as JSON. */
static const char *claims(const char *iss, const char *aud, const char *iat, const char *exp)
{
	return arena_printf(arena,
			    "{\"iss\":%s,\"aud\":%s,\"sub\":\"%s\",\"sid\":\"%s\",\"email\":\"a@b.c\","
			    "\"name\":\"A\"%s%s%s%s}",
			    iss, aud, id_text(arena, anna.user), id_text(arena, anna.sid),
			    iat[0] == '\0' ? "" : ",\"iat\":", iat, exp[0] == '\0' ? "" : ",\"exp\":", exp);
}

static const char *seconds(int64_t from_now)
{
	return arena_printf(arena, "%lld", (long long)(clock_now() / SECOND + from_now));
}

static const char *good_claims(void)
{
	return claims("\"stagedoor\"", "\"stagedoor\"", seconds(0), seconds(3600));
}

static err verify(const char *token)
{
	struct session s = {.issued = {-7}};
	err e = keyring_verify(ring, arena, token, &s);

	if (e != OK)
		ck_assert_int_eq(s.issued.v, -7);
	return e;
}

START_TEST(what_is_signed_is_verified)
{
	const char *token;
	struct session s;

	ck_assert_int_eq(signer_sign(signer, arena, &anna, &token), OK);
	for (int i = 0; i < 2; i++) { /* then from the cache */
		ck_assert_int_eq(keyring_verify(ring, arena, token, &s), OK);
		ck_assert(id_same(s.user, anna.user) && id_same(s.sid, anna.sid));
		ck_assert_str_eq(s.email.v, anna.email.v);
		ck_assert_str_eq(s.name.v, anna.name.v);
		ck_assert_int_eq(s.issued.v, anna.issued.v);
		ck_assert_int_eq(s.expires.v, anna.expires.v);
	}
	ck_assert_int_eq(verify(sign(0, GOOD_HEADER, good_claims())), OK);
}
END_TEST

START_TEST(preferences_are_carried)
{
	const char *token;
	struct session s;

	anna.zone.v = "America/New_York";
	anna.rows.v = 100;
	ck_assert_int_eq(signer_sign(signer, arena, &anna, &token), OK);
	for (int i = 0; i < 2; i++) { /* then from the cache */
		ck_assert_int_eq(keyring_verify(ring, arena, token, &s), OK);
		ck_assert_str_eq(s.zone.v, "America/New_York");
		ck_assert_int_eq(s.rows.v, 100);
	}
}
END_TEST

START_TEST(a_session_begins_when_its_id_says)
{
	anna.issued.v = uuid_time(anna.sid.b) / SECOND * SECOND;
	ck_assert_int_eq(session_begun(&anna).v, uuid_time(anna.sid.b));
	anna.issued.v -= SECOND; /* an id from another second is not used */
	ck_assert_int_eq(session_begun(&anna).v, anna.issued.v);
	anna.issued.v += 2 * SECOND;
	ck_assert_int_eq(session_begun(&anna).v, anna.issued.v);
	anna.issued.v -= SECOND;
	anna.sid.b[6] = 0x40; /* another UUID version */
	ck_assert_int_eq(session_begun(&anna).v, anna.issued.v);
}
END_TEST

/* Further claims, and the zone and rows that are read from them. */
static const struct {
	const char *more, *zone;
	int64_t rows;
} preferences[] = {
    {"", NULL, 0}, /* as tokens were before these claims existed */
    {",\"zone\":\"Europe/Berlin\"", "Europe/Berlin", 0},
    {",\"rows\":1", NULL, 1},
    {",\"zone\":\"Mars/Olympus\",\"rows\":50", NULL, 50},
    {",\"zone\":\"\",\"rows\":null", NULL, 0},
    {",\"zone\":7,\"rows\":\"50\"", NULL, 0},
    {",\"zone\":\"UTC\",\"rows\":101", "UTC", 0},
    {",\"zone\":\"UTC\",\"rows\":0", "UTC", 0},
    {",\"zone\":\"UTC\",\"rows\":-5", "UTC", 0},
    {",\"zone\":\"UTC\",\"rows\":5.5", "UTC", 0},
    {",\"zone\":null,\"rows\":{\"v\":5}", NULL, 0},
};

START_TEST(wrong_preferences_are_left_out)
{
	const char *all = good_claims();
	struct session s;

	all = arena_printf(arena, "%.*s%s}", (int)strlen(all) - 1, all, preferences[_i].more);
	all = sign(0, GOOD_HEADER, all);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(keyring_verify(ring, arena, all, &s), OK);
		ck_assert_pstr_eq(s.zone.v, preferences[_i].zone);
		ck_assert_int_eq(s.rows.v, preferences[_i].rows);
	}
}
END_TEST

START_TEST(newest_key_signs)
{
	const char *token;
	char *header;
	size_t len;

	ck_assert_int_eq(signer_sign(signer, arena, &anna, &token), OK);
	ck_assert_int_eq(text_unbase64url(arena, token, (size_t)(strchr(token, '.') - token),
					  (uint8_t **)(void *)&header, &len),
			 OK);
	ck_assert_ptr_nonnull(memmem(header, len, "\"k1\"", 4));
	ck_assert_int_eq(verify(sign(1, "{\"alg\":\"ES256\",\"kid\":\"k2\"}", good_claims())), OK);
}
END_TEST

static const char *const forged_headers[] = {
    "{\"alg\":\"none\",\"kid\":\"k1\"}",
    "{\"alg\":\"HS256\",\"kid\":\"k1\"}",
    "{\"alg\":\"es256\",\"kid\":\"k1\"}",
    "{\"alg\":\"ES384\",\"kid\":\"k1\"}",
    "{\"alg\":\"ES256\",\"kid\":\"k9\"}",
    "{\"alg\":\"ES256\",\"kid\":\"k2\"}", /* signed by k1 */
    "{\"alg\":\"ES256\",\"kid\":\"../keys/k1\"}",
    "{\"alg\":\"ES256\",\"kid\":1}",
    "{\"alg\":\"ES256\",\"kid\":null}",
    "{\"alg\":\"ES256\"}",
    "{\"kid\":\"k1\"}",
    "{\"alg\":\"ES256\",\"alg\":\"ES256\",\"kid\":\"k1\"}",
    "{\"alg\":\"ES256\",\"kid\":\"k1\",\"typ\":\"at+jwt\"}",
    "{\"alg\":\"ES256\",\"kid\":\"k1\",\"crit\":[\"exp\"]}",
    "{\"alg\":\"ES256\",\"kid\":\"k1\",\"jku\":\"https://example.com/keys\"}",
    "{\"alg\":\"ES256\",\"kid\":\"k1\",\"jwk\":{\"kty\":\"EC\"}}",
    "{\"alg\":\"ES256\",\"kid\":\"k1\",\"x5u\":\"https://example.com/\"}",
    "[]",
    "",
    "{",
};

START_TEST(header_is_refused)
{
	ck_assert_int_eq(verify(sign(0, forged_headers[_i], good_claims())), ERR_SIGNED_OUT);
}
END_TEST

/* Algorithm confusion (the public key as an HMAC secret), and a token without a signature. */
START_TEST(public_key_is_no_secret)
{
	const char *said = arena_printf(
	    arena, "%s.%s", part("{\"alg\":\"HS256\",\"kid\":\"k1\",\"typ\":\"JWT\"}"), part(good_claims()));
	char *pem;
	uint8_t mac[32];
	unsigned len;

	ck_assert_int_eq(text_read_file(arena, in_home("keys/k1.pem"), 4096, &pem), OK);
	pem = arena_printf(arena, "%s\n", pem);
	HMAC(EVP_sha256(), pem, (int)strlen(pem), (const uint8_t *)said, strlen(said), mac, &len);
	ck_assert_int_eq(verify(arena_printf(arena, "%s.%s", said, text_base64url(arena, mac, len))),
			 ERR_SIGNED_OUT);
	said = arena_printf(arena, "%s.%s.", part("{\"alg\":\"none\"}"), part(good_claims()));
	ck_assert_int_eq(verify(said), ERR_SIGNED_OUT);
	said = arena_printf(arena, "%s.%s.", part(GOOD_HEADER), part(good_claims()));
	ck_assert_int_eq(verify(said), ERR_SIGNED_OUT);
}
END_TEST

/* iss, aud, iat and exp; @n is the current time plus n seconds. */
static const struct {
	const char *iss, *aud, *iat, *exp;
} wrong_claims[] = {
    {"\"stagedoor\"", "\"stagedoor\"", "@0", ""},
    {"\"stagedoor\"", "\"stagedoor\"", "", "@60"},
    {"\"stagedoor\"", "\"stagedoor\"", "@-60", "@-1"},
    {"\"stagedoor\"", "\"stagedoor\"", "@-60", "@0"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "1e12"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "99999999999.5"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "\"99999999999\""},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "null"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "true"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "-1"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "9223372036854775807"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "@60,\"exp\":1"},
    {"\"stagedoor\"", "\"stagedoor\"", "@0", "@90000"}, /* longer than any session */
    {"\"stagedoor\"", "\"stagedoor\"", "1.5", "@60"},
    {"\"stagedoor\"", "\"stagedoor\"", "\"1\"", "@60"},
    {"\"stagedoor\"", "\"stagedoor\"", "@300", "@600"},
    {"\"stagedoor\"", "\"stagedoor\"", "@60", "@30"},
    {"\"other\"", "\"stagedoor\"", "@0", "@60"},
    {"\"stagedoor\"", "\"other\"", "@0", "@60"},
    {"null", "\"stagedoor\"", "@0", "@60"},
    {"\"stagedoor\"", "[\"stagedoor\"]", "@0", "@60"},
};

static const char *number(const char *s)
{
	return s[0] == '@' ? arena_printf(arena, "%s%s", seconds(atoll(s + 1)),
					  strchr(s, ',') == NULL ? "" : strchr(s, ','))
			   : s;
}

START_TEST(claims_are_refused)
{
	const char *text = claims(wrong_claims[_i].iss, wrong_claims[_i].aud, number(wrong_claims[_i].iat),
				  number(wrong_claims[_i].exp));

	ck_assert_int_eq(verify(sign(0, GOOD_HEADER, text)), ERR_SIGNED_OUT);
}
END_TEST

/* Every truncation, every changed character of the signed parts, further segments, padding, 5 KiB. */
START_TEST(shape_is_refused)
{
	const char *token = sign(0, GOOD_HEADER, good_claims());
	char *long_one = arena_alloc(arena, 5121), *bent;
	size_t len = strlen(token);

	for (size_t cut = 0; cut < len; cut++)
		ck_assert_int_eq(verify(arena_memdup(arena, token, cut)), ERR_SIGNED_OUT);
	for (size_t i = 0; i < len; i += 3) {
		bent = arena_strdup(arena, token);
		bent[i] = bent[i] == 'A' ? 'Q' : 'A';
		if (i != len - 1) /* the last character has unused bits */
			ck_assert_int_eq(verify(bent), ERR_SIGNED_OUT);
	}
	ck_assert_int_eq(verify(arena_printf(arena, "%s.", token)), ERR_SIGNED_OUT);
	ck_assert_int_eq(verify(arena_printf(arena, "%s.%s", token, part("x"))), ERR_SIGNED_OUT);
	ck_assert_int_eq(verify(arena_printf(arena, "%s==", token)), ERR_SIGNED_OUT);
	ck_assert_int_eq(verify(arena_printf(arena, " %s", token)), ERR_SIGNED_OUT);
	ck_assert_int_eq(verify(NULL), ERR_SIGNED_OUT);
	memset(long_one, 'a', 5120);
	ck_assert_int_eq(verify(long_one), ERR_SIGNED_OUT);
	memcpy(long_one, token, len);
	ck_assert_int_eq(verify(long_one), ERR_SIGNED_OUT);
	ck_assert_int_eq(verify(token), OK);
}
END_TEST

START_TEST(large_token_is_refused)
{
	char *name = arena_alloc(arena, 4001);
	const char *text;

	memset(name, 'x', 4000);
	text =
	    arena_printf(arena, "%.*s,\"more\":\"%s\"}", (int)strlen(good_claims()) - 1, good_claims(), name);
	ck_assert_int_eq(verify(sign(0, GOOD_HEADER, text)), ERR_SIGNED_OUT);
}
END_TEST

START_TEST(removed_key_is_forgotten)
{
	const char *token = sign(0, GOOD_HEADER, good_claims());

	ck_assert_int_eq(verify(token), OK);
	unlink(in_home("keys/k1.pem"));
	usleep(1100 * 1000);
	ck_assert_int_eq(verify(token), ERR_SIGNED_OUT);
	ck_assert_int_eq(verify(sign(1, "{\"alg\":\"ES256\",\"kid\":\"k2\"}", good_claims())), OK);
	unlink(in_home("keys/k2.pem"));
	usleep(1100 * 1000);
	ck_assert_int_eq(verify(sign(1, "{\"alg\":\"ES256\",\"kid\":\"k2\"}", good_claims())),
			 ERR_SIGNED_OUT);
}
END_TEST

/* Even if it was verified before: the cache stores when a token ends. */
START_TEST(token_ends)
{
	const char *token =
	    sign(0, GOOD_HEADER, claims("\"stagedoor\"", "\"stagedoor\"", seconds(0), seconds(60)));
	int64_t offset = 61 * SECOND;
	FILE *f;

	ck_assert_int_eq(verify(token), OK);
	ck_assert_int_eq(clock_follow(in_home("clock")), OK);
	ck_assert_int_eq(verify(token), OK);
	f = fopen(in_home("clock"), "r+");
	ck_assert_uint_eq(fwrite(&offset, sizeof offset, 1, f), 1);
	fclose(f);
	ck_assert_int_eq(verify(token), ERR_SIGNED_OUT);
	f = fopen(in_home("clock"), "r+");
	ck_assert_uint_eq(fwrite(&(int64_t){0}, sizeof offset, 1, f), 1);
	fclose(f);
	ck_assert_int_eq(verify(token), OK);
}
END_TEST

START_TEST(no_key_no_ring)
{
	struct keyring *none;
	struct signer *nobody;

	run("mkdir", in_home("empty"));
	ck_assert_int_eq(keyring_open(in_home("empty"), &none), ERR_NOT_FOUND);
	ck_assert_int_eq(keyring_open(in_home("nowhere"), &none), ERR_NOT_FOUND);
	run("echo rubbish >", in_home("empty/a.pem"));
	ck_assert_int_eq(keyring_open(in_home("empty"), &none), ERR_NOT_FOUND);
	/* private keys are refused */
	ck_assert_int_eq(keyring_open(in_home("signing"), &none), ERR_NOT_FOUND);
	ck_assert_int_eq(signer_open(in_home("nowhere"), &nobody), ERR_NOT_FOUND);
}
END_TEST

START_TEST(jwks_is_public)
{
	const char *text = keyring_jwks(ring, arena);
	struct json_t *json;
	const struct json_t *key;

	ck_assert_int_eq(json_parse(arena, text, strlen(text), &json), OK);
	key = json_at(json_get(json, "keys"), 1);
	ck_assert_str_eq(json_get_text(key, "kid"), "k2");
	ck_assert_str_eq(json_get_text(key, "crv"), "P-256");
	ck_assert_uint_eq(strlen(json_get_text(key, "x")), 43);
	ck_assert_uint_eq(strlen(json_get_text(key, "y")), 43);
	ck_assert_ptr_null(json_get(key, "d"));
	ck_assert_ptr_null(json_at(json_get(json, "keys"), 2));
}
END_TEST

/* More tokens than the cache holds: all results stay right. */
START_TEST(cache_is_bounded)
{
	enum { MANY = 3000 }; /* the cache holds 2048 */
	static const char *tokens[MANY];

	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < MANY; i++) {
			if (round == 0)
				tokens[i] = sign(0, GOOD_HEADER, good_claims());
			ck_assert_int_eq(verify(tokens[i]), OK);
		}
}
END_TEST

START_TEST(csrf_is_of_its_subject)
{
	const char *key = "0123456789abcdef", *token = csrf_token(arena, key, "sid-1");
	char *bent = arena_strdup(arena, token);

	ck_assert(csrf_matches(arena, key, "sid-1", token));
	ck_assert(!csrf_matches(arena, key, "sid-2", token));
	ck_assert(!csrf_matches(arena, key, "sid-", token));
	ck_assert(!csrf_matches(arena, "another key", "sid-1", token));
	ck_assert(!csrf_matches(arena, key, "sid-1", ""));
	ck_assert(!csrf_matches(arena, key, "sid-1", NULL));
	ck_assert(!csrf_matches(arena, key, "sid-1", "0123456789abcdef."));
	ck_assert(!csrf_matches(arena, key, "sid-1", arena_printf(arena, "%sA", token)));
	bent[0] = bent[0] == '0' ? '1' : '0';
	ck_assert(!csrf_matches(arena, key, "sid-1", bent));
	ck_assert_str_ne(token, csrf_token(arena, key, "sid-1"));
}
END_TEST

START_TEST(presession_is_signed)
{
	const char *key = "0123456789abcdef", *cookie = presession_new(arena, key);

	ck_assert(presession_is_ours(arena, key, cookie));
	ck_assert(!presession_is_ours(arena, "another key", cookie));
	ck_assert(!presession_is_ours(arena, key, "0123456789abcdef0123456789abcdef.x"));
	ck_assert(!presession_is_ours(arena, key, NULL));
	ck_assert(!presession_is_ours(arena, key, csrf_token(arena, key, "")));
}
END_TEST

/* FIPS 180-4 and RFC 4231 test case 2. */
START_TEST(digests_are_right)
{
	ck_assert_str_eq(sha256_hex(arena, "abc", 3),
			 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	ck_assert_str_eq(hmac_sha256_hex(arena, "Jefe", 4, "what do ya want for nothing?", 28),
			 "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}
END_TEST

START_TEST(password_is_hashed)
{
	const password right = {" two spaces  ż"}, wrong = {"two spaces  ż"};
	const char *prefix = "$argon2id$v=19$m=19456,t=2,p=1$";
	password_hash hash, again;
	bool fits = true;

	ck_assert_int_eq(password_hash_of(arena, right, &hash), OK);
	ck_assert_int_eq(password_hash_of(arena, right, &again), OK);
	ck_assert_int_eq(strncmp(hash.v, prefix, strlen(prefix)), 0);
	ck_assert_str_ne(hash.v, again.v);
	ck_assert(kind_fits(&kind_password_hash, &hash));
	ck_assert_int_eq(password_check(wrong, hash, &fits), OK);
	ck_assert(!fits);
	ck_assert_int_eq(password_check(right, hash, &fits), OK);
	ck_assert(fits);
	ck_assert_int_eq(password_check(right, (password_hash){NULL}, &fits), OK);
	ck_assert(!fits);
	ck_assert(!password_is_dated(hash));
	ck_assert(password_is_dated((password_hash){"$argon2id$v=19$m=8192,t=1,p=1$rPd4HumHdworxb7gJDC8Ug$"
						    "GnAyDN31BVmz5RHwYVSQahieC037G5As1Q+dFbRGhpw"}));
}
END_TEST

/* Without a stored hash the same work is done: within a factor of two, by the best of five. */
START_TEST(unknown_account_takes_as_long)
{
	const password p = {"some password"};
	int64_t best[2] = {INT64_MAX, INT64_MAX};
	password_hash hash;
	bool fits;

	ck_assert_int_eq(password_hash_of(arena, p, &hash), OK);
	for (int i = 0; i < 10; i++) {
		int64_t began = clock_steady(), took;

		ck_assert_int_eq(password_check(p, i % 2 == 0 ? hash : (password_hash){NULL}, &fits), OK);
		took = clock_steady() - began;
		best[i % 2] = took < best[i % 2] ? took : best[i % 2];
	}
	ck_assert_int_lt(best[0], 2 * best[1]);
	ck_assert_int_lt(best[1], 2 * best[0]);
}
END_TEST

static void *hash_one(void *result)
{
	struct arena *own = arena_new();
	password_hash hash;

	*(err *)result = password_hash_of(own, (password){"some password"}, &hash);
	arena_free(own);
	return NULL;
}

START_TEST(slots_are_bound)
{
	pthread_t threads[8];
	err results[8];
	int done = 0;

	password_slots(0);
	hash_one(&results[0]);
	ck_assert_int_eq(results[0], ERR_UNAVAILABLE);
	password_slots(2);
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, hash_one, &results[i]);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], NULL);
		ck_assert(results[i] == OK || results[i] == ERR_UNAVAILABLE);
		done += results[i] == OK;
	}
	ck_assert_int_ge(done, 2);
	hash_one(&results[0]);
	ck_assert_int_eq(results[0], OK);
}
END_TEST

Suite *token_suite(void)
{
	Suite *s = suite_create("token");
	TCase *c = tcase_create("session"), *p = tcase_create("password");

	tcase_add_checked_fixture(c, set_up, tear_down);
	tcase_add_test(c, what_is_signed_is_verified);
	tcase_add_test(c, preferences_are_carried);
	tcase_add_test(c, a_session_begins_when_its_id_says);
	tcase_add_loop_test(c, wrong_preferences_are_left_out, 0, sizeof preferences / sizeof *preferences);
	tcase_add_test(c, newest_key_signs);
	tcase_add_loop_test(c, header_is_refused, 0, sizeof forged_headers / sizeof *forged_headers);
	tcase_add_test(c, public_key_is_no_secret);
	tcase_add_loop_test(c, claims_are_refused, 0, sizeof wrong_claims / sizeof *wrong_claims);
	tcase_add_test(c, shape_is_refused);
	tcase_add_test(c, large_token_is_refused);
	tcase_add_test(c, removed_key_is_forgotten);
	tcase_add_test(c, token_ends);
	tcase_add_test(c, no_key_no_ring);
	tcase_add_test(c, jwks_is_public);
	tcase_add_test(c, cache_is_bounded);
	tcase_add_test(c, csrf_is_of_its_subject);
	tcase_add_test(c, presession_is_signed);
	tcase_add_test(c, digests_are_right);
	suite_add_tcase(s, c);
	tcase_add_checked_fixture(p, set_up, tear_down);
	tcase_add_test(p, password_is_hashed);
	tcase_add_test(p, unknown_account_takes_as_long);
	tcase_add_test(p, slots_are_bound);
	tcase_set_timeout(c, 60);
	tcase_set_timeout(p, 60);
	suite_add_tcase(s, p);
	return s;
}
