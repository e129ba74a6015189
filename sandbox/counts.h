#ifndef STAGEDOOR_SANDBOX_COUNTS_H
#define STAGEDOOR_SANDBOX_COUNTS_H

#include <jansson.h>

/* How often each route was called since the start of the process. Both need the book's lock. */
void counts_add(const char *method, const char *path);

/* {"POST /v1/refunds": 2, …}; owned by the caller. */
json_t *counts_json(void);

#endif
