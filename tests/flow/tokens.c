#include "tests/flow/tokens.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include <glob.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char token_user[] = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a50";

static const char *path_of_key(const char *folder, const char *kid)
{
	return arena_printf(flow_arena, "%s/%s/%s.pem", flow_state(), folder, kid);
}

const char *signing_kid(void)
{
	glob_t found;
	const char *name;

	ck_assert_int_eq(glob(path_of_key("secrets/signing", "*"), 0, NULL, &found), 0);
	ck_assert_uint_eq(found.gl_pathc, 1);
	name = strrchr(found.gl_pathv[0], '/') + 1;
	name = arena_memdup(flow_arena, name, strlen(name) - strlen(".pem"));
	globfree(&found);
	return name;
}

static const char *read_key(const char *folder, const char *kid)
{
	char *pem;

	ck_assert_int_eq(text_read_file(flow_arena, path_of_key(folder, kid), 4096, &pem), OK);
	return arena_printf(flow_arena, "%s\n", pem);
}

/* RFC 7518 section 3.4: r and s, 32 bytes each, instead of OpenSSL's DER. */
static const char *es256(const char *pem, const char *text)
{
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	unsigned char der[128], both[64];
	const unsigned char *at = der;
	size_t len = sizeof der;
	ECDSA_SIG *sig;

	ck_assert_ptr_nonnull(key);
	ck_assert_int_eq(EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key), 1);
	ck_assert_int_eq(EVP_DigestSign(ctx, der, &len, (const unsigned char *)text, strlen(text)), 1);
	sig = d2i_ECDSA_SIG(NULL, &at, (long)len);
	ck_assert_int_eq(BN_bn2binpad(ECDSA_SIG_get0_r(sig), both, 32), 32);
	ck_assert_int_eq(BN_bn2binpad(ECDSA_SIG_get0_s(sig), both + 32, 32), 32);
	ECDSA_SIG_free(sig);
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return text_base64url(flow_arena, both, sizeof both);
}

static const char *unsigned_part(const char *header, const char *claims)
{
	return arena_printf(flow_arena, "%s.%s", text_base64url(flow_arena, header, strlen(header)),
			    text_base64url(flow_arena, claims, strlen(claims)));
}

const char *token_unsigned(const char *header, const char *claims)
{
	return arena_printf(flow_arena, "%s.", unsigned_part(header, claims));
}

const char *token_es256(const char *header, const char *claims)
{
	const char *part = unsigned_part(header, claims);

	return arena_printf(flow_arena, "%s.%s", part,
			    es256(read_key("secrets/signing", signing_kid()), part));
}

const char *token_hs256(const char *header, const char *claims)
{
	const char *part = unsigned_part(header, claims), *key = read_key("etc/keys", signing_kid());
	uint8_t mac[32];

	ck_assert_int_eq(
	    text_unhex(hmac_sha256_hex(flow_arena, key, strlen(key), part, strlen(part)), mac, sizeof mac),
	    OK);
	return arena_printf(flow_arena, "%s.%s", part, text_base64url(flow_arena, mac, sizeof mac));
}

const char *token_recombined(const char *token, const char *claims)
{
	const char *first = strchr(token, '.'), *second = strchr(first + 1, '.');

	return arena_printf(flow_arena, "%.*s.%s%s", (int)(first - token), token,
			    text_base64url(flow_arena, claims, strlen(claims)), second);
}

const char *token_of(const struct visitor *v)
{
	const char *at =
	    strncmp(v->cookies, "session=", 8) == 0 ? v->cookies : strstr(v->cookies, " session=");

	ck_assert_ptr_nonnull(at);
	at = strchr(at, '=') + 1;
	return arena_memdup(flow_arena, at, strcspn(at, ";"));
}

const char *kid_of(const char *token)
{
	struct json_t *json;
	uint8_t *bytes;
	size_t len;

	ck_assert_int_eq(text_unbase64url(flow_arena, token, strcspn(token, "."), &bytes, &len), OK);
	ck_assert_int_eq(json_parse(flow_arena, (const char *)bytes, len, &json), OK);
	return json_get_text(json, "kid");
}

const char *const token_places[TOKEN_PLACES] = {
    "auth, cookie, page",         "auth, cookie",   "auth, bearer",   "tickets, cookie",
    "tickets, bearer, no fields", "orders, cookie", "orders, bearer", "payments, bearer"};
const int token_nobody[TOKEN_PLACES] = {303, 0, 0, 401, 401, 401, 401, 401};
const int token_somebody[TOKEN_PLACES] = {200, 1, 1, 400, 400, 200, 200, 404};

static int is_signed_in(const struct answer *a)
{
	return *text_of(a, "currentUser.id") != '\0';
}

const int *services_with(const char *token)
{
	int *got = arena_alloc(flow_arena, TOKEN_PLACES * sizeof *got);
	const char *const cookie[] = {arena_printf(flow_arena, "Cookie: session=%s", token), NULL};
	const char *const bearer[] = {arena_printf(flow_arena, "Authorization: Bearer %s", token), NULL};
	struct visitor *v = visitor_new();

	got[0] = http(v, "GET", "/account/data", NULL, NULL, cookie)->status;
	got[1] = is_signed_in(http(v, "GET", "/api/users/currentuser", NULL, NULL, cookie));
	got[2] = is_signed_in(http(v, "GET", "/api/users/currentuser", NULL, NULL, bearer));
	v = visitor_new(); /* a page drops an invalid cookie */
	got[3] = http(v, "POST", "/api/tickets", "application/json", "{}", cookie)->status;
	got[4] = http(v, "POST", "/api/tickets", "application/json", "{}", bearer)->status;
	got[5] = http(v, "GET", "/api/orders", NULL, NULL, cookie)->status;
	got[6] = http(v, "GET", "/api/orders", NULL, NULL, bearer)->status;
	got[7] =
	    http(v, "GET", "/api/payments/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", NULL, NULL, bearer)->status;
	return got;
}

struct key_pair key_pair_now(void)
{
	const char *kid = signing_kid();

	return (struct key_pair){kid, read_key("secrets/signing", kid), read_key("etc/keys", kid)};
}

static const char *pem_text(BIO *bio)
{
	char *bytes;
	long len = BIO_get_mem_data(bio, &bytes);

	return arena_memdup(flow_arena, bytes, (size_t)len);
}

struct key_pair key_pair_new(const char *kid)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *private = BIO_new(BIO_s_mem()), *public = BIO_new(BIO_s_mem());
	struct key_pair pair = {.kid = kid};

	ck_assert_int_eq(PEM_write_bio_PrivateKey(private, key, NULL, NULL, 0, NULL, NULL), 1);
	ck_assert_int_eq(PEM_write_bio_PUBKEY(public, key), 1);
	pair.private_pem = pem_text(private);
	pair.public_pem = pem_text(public);
	BIO_free(private);
	BIO_free(public);
	EVP_PKEY_free(key);
	return pair;
}

/* The file appears complete under its name, as with an operator's mv. */
static void write_key(const char *folder, const char *kid, const char *pem, mode_t mode)
{
	const char *path = path_of_key(folder, kid), *new = arena_printf(flow_arena, "%s.new", path);
	FILE *f = fopen(new, "w");

	ck_assert_ptr_nonnull(f);
	fputs(pem, f);
	ck_assert_int_eq(fclose(f), 0);
	ck_assert_int_eq(chmod(new, mode), 0);
	ck_assert_int_eq(rename(new, path), 0);
}

void key_publish(const struct key_pair *k)
{
	write_key("etc/keys", k->kid, k->public_pem, 0644);
}

void key_sign_with(const struct key_pair *k)
{
	write_key("secrets/signing", k->kid, k->private_pem, 0400);
}

void key_remove(const struct key_pair *k)
{
	unlink(path_of_key("secrets/signing", k->kid));
	unlink(path_of_key("etc/keys", k->kid));
}
