#ifndef STAGEDOOR_TESTS_UNIT_TEST_DB_WIRE_H
#define STAGEDOOR_TESTS_UNIT_TEST_DB_WIRE_H

#include "tests/unit/test_db.h"
#include <pthread.h>

/* Carries connections to the server, one at a time, and ends the one on which the word first passes towards
 * it. */
struct wire {
	char path[108];
	int listener;
	const char *word; /* NULL: never */
	enum wire_end {
		CUT_BEFORE, /* the server does not get it */
		CUT_AFTER,  /* the server gets it, its answer is lost */
		STALL,      /* no more bytes at all */
	} then;
	pthread_t thread;
};

/* A wire that listens, and carries if it serves; it goes with the arena. word: NULL for never. */
struct wire *wire_new(const char *word, enum wire_end then, bool serves);

/* A connection to the test's database over the wire; the caller frees it. */
struct db *db_over(const struct wire *w);

#endif
