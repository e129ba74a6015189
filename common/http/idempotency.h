#ifndef STAGEDOOR_HTTP_IDEMPOTENCY_H
#define STAGEDOOR_HTTP_IDEMPOTENCY_H

#include "common/http/web.h"

/*
 * Idempotency keys: the form field _key or the header Idempotency-Key, stored per service in `idempotency`
 * (user, route, key; hash of path and body, status, Location, content type, body; 24 h). AUTO routes do
 * it by themselves: the row is inserted first in the transaction of the effect, so that a refusal rolls back
 * and is not remembered and a second request with the key waits for the first, then gets its answer (header
 * Idempotency-Replayed: true). The same key with another body or path is ERR_KEY_REUSED.
 *
 * A route that calls outside between two transactions (MANUAL) claims first, in a transaction of its own.
 * Without a key the three do nothing and say OK.
 *
 *   web_claim         OK                the key is ours: go on. *ret_taken_over: a claim older than 30 s was
 *                                       taken over; first find out what that attempt has done
 *                     ERR_REPLAYED      w->reply holds the first answer: return this, and it is sent
 *                     ERR_CONFLICT      the first request is still running; w has the sentence
 *                     ERR_KEY_REUSED    the key came with another body or path
 *   web_claim_done    stores w->reply as the answer
 *   web_claim_drop    forgets the claim, after a refusal
 */
err web_claim(struct web *w, bool *ret_taken_over) NODISCARD;
err web_claim_done(struct web *w) NODISCARD;
err web_claim_drop(struct web *w) NODISCARD;

/*
 * For a MANUAL route that has nothing to do outside but something before its transaction: runs work in one,
 * idempotent by key, exactly as an AUTO route's handler is run. A replay is OK with w->reply set. Errors of
 * work roll back and are returned.
 */
err web_transaction(struct web *w, err (*work)(struct web *w, void *context), void *context) NODISCARD;

#endif
