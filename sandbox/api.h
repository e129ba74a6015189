#ifndef STAGEDOOR_SANDBOX_API_H
#define STAGEDOOR_SANDBOX_API_H

#include "sandbox/answer.h"

/*
 * The API: routes, idempotency keys, and injected faults.
 */

struct request {
	const char *method, *path, *key; /* key: the Idempotency-Key, NULL when there is none */
	const char *body;
	size_t size;
	bool is_form; /* the content type is that of forms, or there is no body */
};

/* Carries out an authorised request of /v1 or /sandbox. Takes the book's lock, and returns when the effect is
 * stored and the answer is due. The answer's body is moved to `ret_text`, owned by the caller (NULL when the
 * connection is to be closed). */
struct answer api_serve(const struct request *request, char **ret_text);

#endif
