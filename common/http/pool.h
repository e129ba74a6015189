#ifndef STAGEDOOR_HTTP_POOL_H
#define STAGEDOOR_HTTP_POOL_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include <stdbool.h>
#include <stdint.h>

/*
 * A pool of FastCGI workers (FastCGI 1.0, role Responder) on one unix socket: processes that are replaced
 * when they end, threads that share all connections of their process, so that a kept connection that is idle
 * costs no thread and none is served before the others.
 */
enum {
	POOL_BODY_MAX = 32 * 1024,    /* of a request that is read */
	POOL_DRAIN_MAX = 1024 * 1024, /* what is read of a longer one; beyond it the connection is not kept */
	POOL_SILENCE_SECONDS = 15,    /* a request that does not arrive whole within this is dropped */
	POOL_STOP_SECONDS = 20,       /* what is running gets this long to finish */
};

enum pool_body { BODY_WHOLE, BODY_TOO_LARGE, BODY_NOT_AS_SAID /* its length is not CONTENT_LENGTH */ };

struct pool_request {
	const char *const *params; /* "NAME=value" as the web server sent them, NULL ends */
	const char *body;          /* "" unless BODY_WHOLE; NUL after it */
	size_t body_len;
	enum pool_body body_is;
};

struct pool_answer {
	const char *head, *body; /* head: CGI header lines and the empty line (RFC 3875) */
	size_t head_len, body_len;
};

struct pool {
	/* Its path: made with mode 0660; a stale one is replaced, one where somebody listens is an error. */
	const char *socket;
	unsigned processes, threads;
	int64_t max_requests; /* a worker serves about this many, then a new one takes its place; 0: no end */
	/* In each worker: once, before its threads; an error ends the worker, and the whole pool when no
	 * worker was up yet. */
	err (*process_begin)(void *context);
	void (*process_end)(void *context); /* after all threads have ended */
	/* Once a thread, before the process is up, all in the main thread; the result goes to serve and to
	 * thread_end. */
	void *(*thread_begin)(void *context);
	void (*thread_end)(void *thread);
	/* Answers one request; the answer's bytes live until the arena is reset, after they were sent. */
	void (*serve)(void *thread, struct arena *a, const struct pool_request *request,
		      struct pool_answer *ret_answer);
	/* In the parent, once: all workers are up. */
	void (*ready)(void);
	void *context;
};

/* Runs until SIGTERM or SIGINT; returns an exit status. Call it with one thread. */
int pool_run(const struct pool *pool);

#endif
