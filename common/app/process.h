#ifndef STAGEDOOR_APP_PROCESS_H
#define STAGEDOOR_APP_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>

/* Signals between a program and its supervisor: the order to stop, and readiness. */

/* SIGTERM and SIGINT set the flag of process_stop and interrupt waits; SIGPIPE and SIGHUP are ignored.
 * Once, by app_main, before threads. */
void process_signals(void);

/* The flag, for loops that take one; it lives as long as the program. */
const atomic_bool *process_stop(void);

/* The descriptor that app_ready writes to and closes (the setting READY_FD); 0: none. */
void process_ready_on(int fd);

/* Has the program been asked to stop? Long rounds of a job check it and leave the rest to the next start.
 * From any thread. */
bool app_stopping(void);

/* Tells the supervisor that the program is up, by a newline on the descriptor of process_ready_on. Further
 * calls do nothing. From the main thread. */
void app_ready(void);

#endif
