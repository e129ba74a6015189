#ifndef STAGEDOOR_TESTS_FLOW_PRETENDER_H
#define STAGEDOOR_TESTS_FLOW_PRETENDER_H

#include "tests/flow/flow.h"

/* A program that is not ours, in the place of payments behind nginx. It says what only nginx may decide, and
 * hangs up on a request that has HANG_UP in its address. */
#define HANG_UP "hang-up"

/* What it has heard so far: the newest request as it came, records of FastCGI and all. */
struct heard {
	int connections, requests;
	size_t len;
	char bytes[16384];
};

const struct heard *pretender_start(void);
void pretender_stop(void); /* payments are back */

bool heard_says(const struct heard *h, const char *words);

#endif
