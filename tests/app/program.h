#ifndef STAGEDOOR_TESTS_APP_PROGRAM_H
#define STAGEDOOR_TESTS_APP_PROGRAM_H

#include <sys/types.h>

/* A running test-echo with a socket of its own. */
struct program {
	pid_t pid;
	char dir[64], socket[80];
};

void program_start(struct program *p, int processes, int threads, int max_requests);
/* The same on the socket that p names already. */
void program_exec(struct program *p, int processes, int threads, int max_requests);
/* SIGTERM; the exit status, -1 when it did not end within 25 s by itself. */
int program_stop(struct program *p);
/* The same, when the signal was sent already. */
int program_wait(struct program *p);
/* The same, and leaves the socket's directory there. */
int program_status(struct program *p);

#endif
