#ifndef STAGEDOOR_TESTS_UNIT_TEST_DB_WIRE_H
#define STAGEDOOR_TESTS_UNIT_TEST_DB_WIRE_H

#include "tests/unit/test_db.h"
#include <pthread.h>

/* A proxy that carries connections to the server, one at a time, and ends the connection on which the word is
 * first sent to the server. */
struct wire {
	char path[108];
	int listener;
	const char *word; /* NULL: never */
	enum wire_end {
		CUT_BEFORE, /* the server does not get it */
		CUT_AFTER,  /* the server executes it, its response is lost */
		STALL,      /* no further bytes are forwarded */
	} then;
	pthread_t thread;
};

/* A proxy that listens, and forwards if it serves; freed with the arena. word: NULL for never. */
struct wire *wire_new(const char *word, enum wire_end then, bool serves);

/* A connection to the test's database through the proxy; the caller frees it. */
struct db *db_over(const struct wire *w);

#endif
