#ifndef STAGEDOOR_TESTS_FLOW_FAKE_POOL_H
#define STAGEDOOR_TESTS_FLOW_FAKE_POOL_H

#include "tests/flow/flow.h"

/* Replaces the payments pool behind nginx by a fake. It sends response headers that only nginx may set, and
 * closes the connection without an answer when the path of a request contains HANG_UP. */
#define HANG_UP "hang-up"

/* What the fake has received: the newest request, with its FastCGI records. */
struct received {
	int connections, requests;
	size_t len;
	char bytes[16384];
};

const struct received *fake_pool_start(void);
void fake_pool_stop(void); /* starts payments again */

bool received_has(const struct received *h, const char *words);

#endif
