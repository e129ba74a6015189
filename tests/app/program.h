#ifndef STAGEDOOR_TESTS_APP_PROGRAM_H
#define STAGEDOOR_TESTS_APP_PROGRAM_H

#include <sys/types.h>

/* A running test-echo with its own socket. */
struct program {
	pid_t pid;
	char dir[64], socket[80];
};

void program_start(struct program *p, int processes, int threads, int max_requests);
/* The same on the socket that p has already. */
void program_exec(struct program *p, int processes, int threads, int max_requests);
/* Sends SIGTERM; the exit status, -1 when the program did not end within 25 s. */
int program_stop(struct program *p);
/* The same, when the signal was sent before. */
int program_wait(struct program *p);
/* The same, but keeps the socket's directory. */
int program_status(struct program *p);

#endif
