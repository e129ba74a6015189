#ifndef STAGEDOOR_TESTS_APP_CUTTER_H
#define STAGEDOOR_TESTS_APP_CUTTER_H

#include <pthread.h>

/*
 * A proxy between a program and its database that forwards everything, except for the first `cuts` COMMITs:
 * they reach the database and are executed, but the connection is closed before their response.
 */
struct cutter {
	const char *server; /* socket of the database */
	char dir[40], socket[48];
	int cuts, listener;
	pthread_t thread;
};

void cutter_start(struct cutter *c);
void cutter_stop(struct cutter *c); /* when all of its clients have disconnected */

#endif
