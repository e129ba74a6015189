#ifndef STAGEDOOR_PAYMENTS_SIGNATURE_H
#define STAGEDOOR_PAYMENTS_SIGNATURE_H

#include "common/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * Is it a body that the bank signed, not long ago? The header Stripe-Signature is
 * "t=<seconds>,v1=<hex>,v1=<hex>,…": one of the v1, of which there are several while the secret is being
 * changed, must be HMAC-SHA256(secret, "<t>.<body>"), and t, which stands there once, within 300 s of
 * clock_now(). header may be NULL.
 */
bool signature_matches(struct arena *a, const char *secret, const char *header, const char *body, size_t len);

#endif
