/*
 * A line of its own for the database, the broker and the bank (line.h): two threads a connection, one each
 * way.
 *
 *   line FILE DATABASE DATABASE_TO BROKER BROKER_TO BANK BANK_TO
 *
 * where each is a port of 127.0.0.1, or the path of a socket.
 */
#include "tests/line/line.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { LOOK_MS = 20, PIECE = 16384, STACK = 128 * 1024 };

struct entrance {
	struct line *line;
	const char *to;
	int listening;
};

struct connection {
	struct line *line;
	int fds[2]; /* the program, the part */
	uint32_t number;
	_Atomic bool torn, was_silent, is_counted;
	_Atomic int users;
	_Atomic int64_t left; /* when the line tears: bytes until it is torn */
};

struct way {
	struct connection *c;
	int from, to;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A socket of the kind that the name wants, and its address in *a. */
static int socket_for(const char *name, struct sockaddr_storage *a, socklen_t *ret_len)
{
	struct sockaddr_un *path = (struct sockaddr_un *)a;
	struct sockaddr_in *port = (struct sockaddr_in *)a;

	memset(a, 0, sizeof *a);
	if (strchr(name, '/') != NULL) {
		path->sun_family = AF_UNIX;
		snprintf(path->sun_path, sizeof path->sun_path, "%s", name);
		*ret_len = sizeof *path;
	} else {
		port->sin_family = AF_INET;
		port->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		port->sin_port = htons((uint16_t)atoi(name));
		*ret_len = sizeof *port;
	}
	return socket(a->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static int listen_at(const char *name)
{
	struct sockaddr_storage a;
	socklen_t len;
	int fd = socket_for(name, &a, &len), yes = 1;

	if (a.ss_family == AF_UNIX)
		unlink(name);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) != 0 || listen(fd, 256) != 0)
		fail(name);
	return fd;
}

/* The other end learns of it as of a peer that is gone: by a reset, where there is one. */
static void release(struct connection *c)
{
	const struct linger at_once = {1, 0};

	if (--c->users > 0)
		return;
	for (int i = 0; i < 2; i++) {
		if (c->torn)
			setsockopt(c->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		close(c->fds[i]);
	}
	free(c);
}

static void tear(struct connection *c)
{
	c->torn = true;
	c->line->spoiled++;
}

/* A peer that reads nothing does not keep it from seeing that it is torn. */
static bool send_whole(const struct way *w, const char *bytes, size_t len)
{
	while (len > 0 && !w->c->torn) {
		ssize_t n = send(w->to, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return !w->c->torn;
}

static bool send_sliced(struct way *w, const char *bytes, size_t len)
{
	size_t most = (size_t)w->c->line->value;

	w->c->line->spoiled++;
	while (len > 0 && w->c->line->mode == LINE_SLICED) {
		size_t n = len < most ? len : most;

		if (!send_whole(w, bytes, n))
			return false;
		usleep(100);
		bytes += n;
		len -= n;
	}
	return send_whole(w, bytes, len);
}

static uint32_t scatter(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352dU;
	x ^= x >> 15;
	x *= 0x846ca68bU;
	return x ^ x >> 16;
}

static void count_from_here(struct connection *c)
{
	if (!atomic_exchange(&c->is_counted, true))
		c->left = 1 + scatter(c->line->seed + c->number) % (uint32_t)c->line->value;
}

static bool pass_on(struct way *w, const char *bytes, size_t len)
{
	struct connection *c = w->c;

	switch (atomic_load(&c->line->mode)) {
	case LINE_LATE:
		c->line->spoiled++;
		usleep((useconds_t)c->line->value * 1000);
		return send_whole(w, bytes, len);
	case LINE_SLICED:
		return send_sliced(w, bytes, len);
	case LINE_TORN:
		count_from_here(c);
		if (atomic_fetch_sub(&c->left, (int64_t)len) > (int64_t)len)
			return send_whole(w, bytes, len);
		send_whole(w, bytes, len / 2);
		tear(c);
		return false;
	default:
		return send_whole(w, bytes, len);
	}
}

/* Nothing of it is read, so that it fills up as a line does. */
static bool is_silent(struct connection *c)
{
	if (c->line->mode == LINE_SILENT) {
		c->line->spoiled += !c->was_silent;
		c->was_silent = true;
		usleep(LOOK_MS * 1000);
		return true;
	}
	if (c->was_silent && !c->torn)
		tear(c);
	return false;
}

static void *pump(void *context)
{
	struct way *w = context;
	struct pollfd in = {.fd = w->from, .events = POLLIN};
	char bytes[PIECE];
	ssize_t n;

	while (!w->c->torn) {
		if (is_silent(w->c) || poll(&in, 1, LOOK_MS) <= 0)
			continue;
		n = recv(w->from, bytes, sizeof bytes, 0);
		if (n <= 0 || !pass_on(w, bytes, (size_t)n))
			break;
	}
	if (!w->c->torn)
		shutdown(w->to, SHUT_WR);
	release(w->c);
	free(w);
	return NULL;
}

static void start(struct connection *c, int from, int to)
{
	struct way *w = malloc(sizeof *w);
	pthread_attr_t small;
	pthread_t thread;

	if (w == NULL)
		fail("memory");
	*w = (struct way){c, from, to};
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &small, pump, w) != 0)
		fail("a thread");
	pthread_attr_destroy(&small);
}

static void set_up(int fd)
{
	const struct timeval look = {.tv_usec = LOOK_MS * 1000};
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &look, sizeof look);
}

static void connect_through(const struct entrance *e, int program, uint32_t number)
{
	struct connection *c = calloc(1, sizeof *c);
	struct sockaddr_storage a;
	socklen_t len;
	int part = socket_for(e->to, &a, &len);

	if (c == NULL)
		fail("memory");
	*c = (struct connection){.line = e->line, .fds = {program, part}, .number = number, .users = 2};
	if (connect(part, (struct sockaddr *)&a, len) != 0) {
		c->users = 1;
		c->torn = true;
		release(c);
		return;
	}
	set_up(program);
	set_up(part);
	start(c, program, part);
	start(c, part, program);
}

static void *serve(void *context)
{
	const struct entrance *e = context;

	for (uint32_t number = 0;; number++) {
		int fd = accept4(e->listening, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			connect_through(e, fd, number);
		else
			usleep(LOOK_MS * 1000);
	}
	return NULL;
}

static struct lines *map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct lines *lines;

	if (fd < 0 || ftruncate(fd, sizeof *lines) != 0)
		fail(path);
	lines = mmap(NULL, sizeof *lines, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (lines == MAP_FAILED)
		fail(path);
	close(fd);
	return lines;
}

int main(int argc, char **argv)
{
	static struct entrance entrances[LINES];
	struct rlimit handles;
	struct lines *lines;

	if (argc != 2 + 2 * LINES)
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	getrlimit(RLIMIT_NOFILE, &handles);
	handles.rlim_cur = handles.rlim_max;
	setrlimit(RLIMIT_NOFILE, &handles);
	signal(SIGPIPE, SIG_IGN);
	lines = map(argv[1]);
	for (int i = 0; i < LINES; i++) {
		pthread_t thread;

		entrances[i] =
		    (struct entrance){&lines->list[i], argv[3 + 2 * i], listen_at(argv[2 + 2 * i])};
		if (pthread_create(&thread, NULL, serve, &entrances[i]) != 0)
			fail("a thread");
	}
	for (;;)
		pause();
}
