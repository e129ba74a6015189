#ifndef STAGEDOOR_TESTS_APP_CUTTER_H
#define STAGEDOOR_TESTS_APP_CUTTER_H

#include <pthread.h>

/*
 * Stands between a program and its database: passes all on, but for the first `cuts` COMMITs, which reach the
 * database and are done there, while their answer is lost with the connection.
 */
struct cutter {
	const char *server; /* socket of the database */
	char dir[40], socket[48];
	int cuts, listener;
	pthread_t thread;
};

void cutter_start(struct cutter *c);
void cutter_stop(struct cutter *c); /* when all who came by it have gone */

#endif
