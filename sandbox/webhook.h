#ifndef STAGEDOOR_SANDBOX_WEBHOOK_H
#define STAGEDOOR_SANDBOX_WEBHOOK_H

#include "sandbox/book.h"

/*
 * Events, and their delivery as signed webhooks (Stripe-Signature: t=<seconds>,v1=<HMAC-SHA256 of "t.body">).
 * An event that is not answered with 2xx within 10 s is sent again after 0.5 s, then twice that, up to 10 s,
 * for 10 minutes.
 */

/* hold: nothing is sent until webhook_release or another mode. twice: each event is sent two times. unsigned:
 * without a signature. forged: with a wrong signature. wrong_amount: amounts are one too high. reorder:
 * events of one second are sent newest first. */
#define WEBHOOK_MODES "normal, hold, twice, unsigned, forged, wrong_amount, reorder"

/* Adds the event `type` with the current state of `object`; it is sent after the commit. Needs the lock. */
void event_emit(const char *type, const json_t *object);

/* Is it one of WEBHOOK_MODES? */
bool webhook_knows(const char *mode);

/* Sets the mode from now on; new events wait `late_ms` before they are sent. Returns the settings, borrowed.
 * Needs the lock. */
json_t *webhook_set(const char *mode, long long late_ms);

/* Sends all waiting and held events at once, in any mode; returns how many. Needs the lock. */
size_t webhook_release(void);

/* Start and, after book_stop, end the sending thread. `url` NULL: events are only stored. The strings are
 * borrowed permanently. */
bool webhook_start(const char *url, const char *secret);
void webhook_join(void);

#endif
