/*
 * What happens by itself: slow payments are decided, open sessions expire. Timers are in the book, so they
 * outlive the process.
 */
#ifndef BANK_TIMERS_H
#define BANK_TIMERS_H

#include <stdbool.h>

/* Of an intent ("pi_…": decide it) or a session ("cs_…": expire it); replaces an earlier one. Needs the lock.
 */
void timer_set(const char *id, long long at_ms);
void timer_clear(const char *id);

/* Starts and, after book_stop, ends the thread that watches them. */
bool timers_start(void);
void timers_join(void);

#endif
