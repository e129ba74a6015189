/*
 * The bytes of a connection: libfcgi reads exactly the bytes of a complete request, so that no part of one
 * request can be read as the next; it never gets anything else.
 */
#include "common/http/worker.h"
#include "tests/fuzz/fuzz.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int served;

static void serve(void *thread, struct arena *a, const struct pool_request *request,
		  struct pool_answer *ret_answer)
{
	static const char head[] = "Status: 200 OK\r\n\r\n";

	(void)thread;
	(void)a;
	for (size_t i = 0; request->params[i] != NULL; i++)
		HOLDS(strlen(request->params[i]) < FRAMES_PEEK);
	HOLDS(request->body_len <= POOL_BODY_MAX && request->body[request->body_len] == '\0');
	HOLDS(request->body_is == BODY_WHOLE || request->body_len == 0);
	served++;
	*ret_answer = (struct pool_answer){head, "", sizeof head - 1, 0};
}

static const struct pool pool = {.serve = serve};

void fuzz_begin(void)
{
	exchange_begin();
}

static void send_all(int fd, const char *bytes, size_t len)
{
	int room = 4 * 1024 * 1024;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
	HOLDS(write(fd, bytes, len) == (ssize_t)len);
	HOLDS(shutdown(fd, SHUT_WR) == 0);
}

/* One exchange on a connection that has these bytes and then ends. */
static bool exchange(struct arena *a, const char *bytes, size_t len)
{
	int ends[2], left = 0;
	enum exchange done;

	HOLDS(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	send_all(ends[0], bytes, len);
	served = 0;
	done = exchange_run(&pool, NULL, a, ends[1]);
	HOLDS(served <= 1);
	if (done == EXCHANGE_KEEP) {
		HOLDS(ioctl(ends[1], FIONREAD, &left) == 0);
		HOLDS(left == 0 && served == 1);
	}
	if (done != EXCHANGE_CLOSED)
		close(ends[1]);
	close(ends[0]);
	return served == 1;
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	const unsigned char *b = (const unsigned char *)bytes;
	enum frames frames = frames_peek(b, len < FRAMES_PEEK ? len : FRAMES_PEEK);

	/* bytes with a wrong beginning stay wrong; a complete request with bytes behind it is no longer
	 * complete */
	for (size_t part = 0; part < len && part < FRAMES_PEEK; part += 1 + part / 8) {
		if (frames_peek(b, part) != FRAMES_PART)
			HOLDS(frames == FRAMES_WRONG);
	}
	return frames == FRAMES_WHOLE && exchange(a, bytes, len);
}
