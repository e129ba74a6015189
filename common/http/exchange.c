#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/worker.h"
#include <fcgiapp.h>
#include <signal.h>
#include <string.h>

/* libfcgi's own handler for SIGTERM only sets a flag; signals are the main thread's business (signalfd). */
void exchange_begin(void)
{
	BUG_IF(FCGX_Init() != 0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
}

/*
 * The body must be read to its end also when it is not wanted: what is left of it would be read as the next
 * request of a kept connection, and a client could write that request.
 */
static bool drain(FCGX_Stream *in, size_t *total)
{
	char waste[4096];

	while (*total <= POOL_DRAIN_MAX) {
		int n = FCGX_GetStr(waste, sizeof waste, in);

		*total += (size_t)n;
		if (n < (int)sizeof waste)
			return true;
	}
	return false;
}

static bool length_is(const char *said, size_t len)
{
	int64_t n = 0;

	if (said == NULL || *said == '\0')
		return len == 0;
	return text_number(said, INT64_MAX, &n) == OK && n == (int64_t)len;
}

static bool read_body(struct arena *a, FCGX_Request *r, struct pool_request *request)
{
	const char *said = FCGX_GetParam("CONTENT_LENGTH", r->envp);
	char first[POOL_BODY_MAX + 1];
	size_t total = (size_t)FCGX_GetStr(first, sizeof first, r->in);
	bool whole = total < sizeof first || drain(r->in, &total);

	*request = (struct pool_request){.params = (const char *const *)r->envp, .body = ""};
	if (total > POOL_BODY_MAX)
		request->body_is = BODY_TOO_LARGE;
	else if (!length_is(said, total))
		request->body_is = BODY_NOT_AS_SAID;
	else
		request->body = arena_memdup(a, first, request->body_len = total);
	return whole;
}

static void stream_put(FCGX_Stream *out, const char *bytes, size_t len)
{
	BUG_IF(len > INT32_MAX);
	if (len > 0)
		FCGX_PutStr(bytes, (int)len, out);
}

/* Where a test ends the program the first half has left it. */
static void answer_half_way(FCGX_Stream *out)
{
#ifdef FAILPOINTS
	FCGX_FFlush(out);
#endif
	(void)out;
	FAILPOINT(answering);
}

enum exchange exchange_run(const struct pool *pool, void *thread, struct arena *a, int fd)
{
	FCGX_Request r;
	struct pool_request request;
	struct pool_answer answer = {0};
	bool keep;

	/* -1: its inner accept can take nobody's connection; detached: no waiting for the peer when it closes
	 */
	BUG_IF(FCGX_InitRequest(&r, -1, 0) != 0);
	r.ipcFd = fd;
	r.keepConnection = 1;
	r.detached = 1;
	if (FCGX_Accept_r(&r) != 0)
		return r.ipcFd == fd ? EXCHANGE_CLOSE : EXCHANGE_CLOSED;
	keep = read_body(a, &r, &request) && r.keepConnection != 0;
	if (FCGX_GetError(r.in) == 0) {
		pool->serve(thread, a, &request, &answer);
		stream_put(r.out, answer.head, answer.head_len);
		answer_half_way(r.out);
		stream_put(r.out, answer.body, answer.body_len);
		keep = FCGX_FClose(r.err) == 0 && FCGX_FClose(r.out) == 0 && keep;
	} else {
		log_warn("a connection ended within a request");
		keep = false;
	}
	/* not FCGX_Finish_r: it would close by itself, with a wait of up to 2 s */
	FCGX_Free(&r, 0);
	return keep ? EXCHANGE_KEEP : EXCHANGE_CLOSE;
}
