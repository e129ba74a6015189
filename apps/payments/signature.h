#ifndef STAGEDOOR_PAYMENTS_SIGNATURE_H
#define STAGEDOOR_PAYMENTS_SIGNATURE_H

#include "common/base/arena.h"
#include <stdbool.h>
#include <stddef.h>

/*
 * Did the payment provider sign this body, not long ago? The header Stripe-Signature is
 * "t=<seconds>,v1=<hex>,v1=<hex>,…" (docs.stripe.com/webhooks/signature). One of the v1 must be
 * HMAC-SHA256(secret, "<t>.<body>"); there are several while the secret is being changed. t must stand there
 * once and be within 300 s of clock_now(). header may be NULL: false.
 */
bool signature_matches(struct arena *a, const char *secret, const char *header, const char *body, size_t len);

#endif
