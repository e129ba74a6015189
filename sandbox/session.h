#ifndef STAGEDOOR_SANDBOX_SESSION_H
#define STAGEDOOR_SANDBOX_SESSION_H

#include "sandbox/answer.h"

/*
 * Checkout Sessions: a payment that is made on the bank's own page. All need the book's lock.
 */

/* The public address of this bank, "http://127.0.0.1:19104"; copied. */
void session_site(const char *url);

/* The API calls. */
struct answer session_create(const struct call *call);
struct answer session_show(const struct call *call);
struct answer session_expire_now(const struct call *call);

/* The state of a session, which decides its page. */
enum session_state { SESSION_OPEN, SESSION_DECIDING, SESSION_COMPLETE, SESSION_EXPIRED };
enum session_state session_state(const json_t *session);

/* Tries a card on an open session; `wait_ms` later, or at once when it is 0, the bank decides. */
void session_pay(json_t *session, const char *token, long long wait_ms);

/* Decides the intent of a session: paid or authorised completes the session, declined leaves it open. */
void session_settle(json_t *intent);

/* Expires an open session and cancels its intent; does nothing while a payment is being decided. */
void session_expire(json_t *session);

/* The session's success_url with {CHECKOUT_SESSION_ID} filled in; owned by the caller. */
char *session_success_url(const json_t *session);

#endif
