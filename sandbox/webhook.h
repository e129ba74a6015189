#ifndef STAGEDOOR_SANDBOX_WEBHOOK_H
#define STAGEDOOR_SANDBOX_WEBHOOK_H

#include "sandbox/book.h"

/*
 * Events, and their delivery as signed webhooks (Stripe-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body">).
 * An event that is not answered with 2xx within 10 s is sent again after 0.5 s, then twice that, up to 10 s,
 * for 10 minutes.
 */

/* hold: nothing is sent until webhook_release or another mode. twice: each is sent two times. unsigned:
 * without signature. forged: with a wrong one. wrong_amount: amounts are one more than they are. reorder:
 * those of one second newest first. */
#define WEBHOOK_MODES "normal, hold, twice, unsigned, forged, wrong_amount, reorder"

/* Adds the event `type` showing `object` as it is now, and has it sent when the book is committed. Needs the
 * lock. */
void event_emit(const char *type, const json_t *object);

/* Is it one of WEBHOOK_MODES? */
bool webhook_knows(const char *mode);

/* From now on; new events wait `late_ms` before they are sent. The settings, borrowed. Needs the lock. */
json_t *webhook_set(const char *mode, long long late_ms);

/* Sends all that waits or was held, at once, whatever the mode; how many. Needs the lock. */
size_t webhook_release(void);

/* Starts and, after book_stop, ends the sending thread. `url` NULL: events are only kept. The strings are
 * borrowed for good. */
bool webhook_start(const char *url, const char *secret);
void webhook_join(void);

#endif
