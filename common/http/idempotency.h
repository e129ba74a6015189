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
 * For a MANUAL route that has nothing to do outside but something before its transaction: the transaction
 * of an AUTO route, idempotent by key. The caller repeats the whole of it as long as web_end returns
 * ERR_RETRY:
 *
 *   do {
 *           if ((e = web_begin(w)) == OK)
 *                   e = …work on w->db, which sets w->reply…;
 *           e = web_end(w, e);
 *   } while (e == ERR_RETRY);
 *
 * web_begin empties the reply, opens the transaction (db_begin) and inserts the key. ERR_REPLAYED: w->reply
 * holds the first answer; ERR_KEY_REUSED; ERR_CONFLICT. web_end takes the result of web_begin or of the
 * work: OK stores w->reply with the key and commits; anything else rolls back and is returned, but a replay
 * is OK. ERR_UNAVAILABLE: not done, or w has the sentence that says it may be.
 */
err web_begin(struct web *w) NODISCARD;
err web_end(struct web *w, err e) NODISCARD;

#endif
