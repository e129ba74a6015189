#include "tests/flow/fake_pool.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char said[] =
    "Status: 200 OK\r\nContent-Type: text/plain\r\nX-Accel-Redirect: /static/site.css\r\n"
    "X-Accel-Expires: 600\r\nX-Accel-Buffering: no\r\nX-Accel-Limit-Rate: 1\r\n"
    "X-Accel-Charset: utf-7\r\n\r\nits own words";

static struct sockaddr_un place;
static pid_t fake_pool;

bool received_has(const struct received *h, const char *words)
{
	return memmem(h->bytes, h->len, words, strlen(words)) != NULL;
}

/* The empty record of the body ends a request. False: nginx has closed the connection. */
static bool hear(int fd, struct received *h)
{
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, h->bytes + len, sizeof h->bytes - len)) > 0) {
		len += (size_t)n;
		if (len >= 8 && memcmp(h->bytes + len - 8, "\1\5\0\1\0\0", 6) == 0) {
			h->len = len;
			h->requests++;
			return true;
		}
	}
	return false;
}

static void answer(int fd)
{
	unsigned char out[1024] = {1, 6, 0, 1, 0, sizeof said - 1};
	const unsigned char end[16] = {1, 3, 0, 1, 0, 8};

	memcpy(out + 8, said, sizeof said - 1);
	memcpy(out + 8 + sizeof said - 1, end, sizeof end);
	ck_assert_int_gt(write(fd, out, 8 + sizeof said - 1 + sizeof end), 0);
}

static void serve(int listener, struct received *h)
{
	int fd = accept(listener, NULL, NULL);

	h->connections++;
	while (hear(fd, h) && !received_has(h, HANG_UP))
		answer(fd);
	close(fd);
}

static int take_place(void)
{
	int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	place = (struct sockaddr_un){.sun_family = AF_UNIX};
	snprintf(place.sun_path, sizeof place.sun_path, "%s/web/payments.sock", flow_state());
	part_stop("payments-web");
	unlink(place.sun_path);
	ck_assert_int_eq(bind(listener, (const struct sockaddr *)&place, sizeof place), 0);
	ck_assert_int_eq(chmod(place.sun_path, 0660), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	return listener;
}

const struct received *fake_pool_start(void)
{
	int listener = take_place();
	struct received *h = mmap(NULL, sizeof *h, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	ck_assert(h != MAP_FAILED);
	/* its answers are not answers of the API, so do not record them (http.c); each test is a process */
	unsetenv("FLOW_RECORD");
	fake_pool = fork();
	if (fake_pool == 0) {
		for (;;)
			serve(listener, h);
	}
	close(listener);
	return h;
}

void fake_pool_stop(void)
{
	kill(fake_pool, SIGKILL);
	unlink(place.sun_path);
	part_start("payments-web");
}
