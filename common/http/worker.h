#ifndef STAGEDOOR_HTTP_WORKER_H
#define STAGEDOOR_HTTP_WORKER_H

#include "common/http/pool.h"
#include <sys/types.h>

/* What the files of the pool share; no other folder includes it. */

/* What a worker reports to the parent through the pipe. */
struct worker_report {
	pid_t pid;
	enum worker_state { WORKER_UP, WORKER_RETIRES } state;
};

enum { WORKER_CANNOT_START = 3 };

/* The life of one worker process, in the child after fork; returns its exit status. */
int worker_run(const struct pool *pool, int listener, int reports, int64_t requests);

/* Is a whole request in the bytes that have arrived on a connection? When FRAMES_PEEK of them are there, all
 * params must be among them; the body need not. */
enum { FRAMES_PEEK = 64 * 1024 };
enum frames {
	FRAMES_WHOLE,
	FRAMES_PART,
	FRAMES_WRONG, /* no web server sends it: two requests, management records, another order */
};
enum frames frames_peek(const unsigned char *bytes, size_t len);

/* Reads one request from the connection, has it answered, sends the answer. */
enum exchange {
	EXCHANGE_KEEP,   /* the connection may carry another request */
	EXCHANGE_CLOSE,  /* to be closed by the caller */
	EXCHANGE_CLOSED, /* is closed */
};
void exchange_begin(void); /* once a process */
enum exchange exchange_run(const struct pool *pool, void *thread, struct arena *a, int fd);

#endif
