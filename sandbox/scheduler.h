#ifndef STAGEDOOR_SANDBOX_SCHEDULER_H
#define STAGEDOOR_SANDBOX_SCHEDULER_H

#include <stdbool.h>

/* The thread that acts on timers (timer.h): it decides slow payments, and expires open sessions and
 * authorisations that nobody captured. */

bool scheduler_start(void); /* false when the thread cannot be created */
void scheduler_join(void);  /* after book_stop: returns when the thread has ended */

#endif
