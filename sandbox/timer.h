#ifndef STAGEDOOR_SANDBOX_TIMER_H
#define STAGEDOOR_SANDBOX_TIMER_H

/*
 * Timers of intents and sessions, stored in the book, so that they survive the process. scheduler.h acts when
 * one is due. Both functions need the book's lock.
 */

/* Sets the timer of an intent ("pi_…") or a session ("cs_…"), and replaces an earlier one. at_ms is in
 * milliseconds since 1970. */
void timer_set(const char *id, long long at_ms);

void timer_clear(const char *id); /* does nothing when no timer is set */

#endif
