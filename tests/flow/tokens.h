#ifndef STAGEDOOR_TESTS_FLOW_TOKENS_H
#define STAGEDOOR_TESTS_FLOW_TOKENS_H

#include "tests/flow/flow.h"

/* Session tokens made by hand, with or without the stack's own key; and the keys themselves. */
extern const char token_user[]; /* the user of these claims */

const char *signing_kid(void);

/* Header and claims are JSON. */
const char *token_es256(const char *header, const char *claims);
const char *token_hs256(const char *header, const char *claims); /* with the public key as the secret */
const char *token_unsigned(const char *header, const char *claims);
const char *token_recombined(const char *token,
			     const char *claims); /* other claims under the same signature */

/* The token of the session cookie; the kid in a token's header. */
const char *token_of(const struct visitor *v);
const char *kid_of(const char *token);

/* What each service answers to a token as a cookie and as a bearer token. */
enum { TOKEN_PLACES = 8 };
extern const char *const token_places[TOKEN_PLACES];
extern const int token_nobody[TOKEN_PLACES], token_somebody[TOKEN_PLACES];
const int *services_with(const char *token);

struct key_pair {
	const char *kid, *private_pem, *public_pem;
};
struct key_pair key_pair_now(void);
struct key_pair key_pair_new(const char *kid);
void key_publish(const struct key_pair *k);   /* public key */
void key_sign_with(const struct key_pair *k); /* private key, which becomes the newest */
void key_remove(const struct key_pair *k);    /* both keys */

#endif
