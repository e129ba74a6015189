#ifndef STAGEDOOR_SANDBOX_CONTROL_H
#define STAGEDOOR_SANDBOX_CONTROL_H

#include "sandbox/answer.h"

/*
 * The calls under /sandbox, by which tests read the book and set faults, delays and the mode of webhooks. All
 * need the book's lock; api.c has their parameters.
 */
struct answer sandbox_book(const struct call *call);
struct answer sandbox_faults(const struct call *call);
struct answer sandbox_delays(const struct call *call);
struct answer sandbox_webhooks(const struct call *call);
struct answer sandbox_release(const struct call *call);
struct answer sandbox_intent_release(const struct call *call); /* an authorisation expires now */
/* from now on as an older version of the client made it: paid at once */
struct answer sandbox_intent_automatic(const struct call *call);
struct answer sandbox_session_automatic(const struct call *call);
struct answer sandbox_reset(const struct call *call);
struct answer sandbox_elsewhere(const struct call *call);

#endif
