/*
 * A fault proxy for the connections to the database, the broker and the bank (proxy.h). Each connection has
 * two threads, one for each direction.
 *
 *   fault-proxy FILE DATABASE DATABASE_TO BROKER BROKER_TO BANK BANK_TO
 *
 * Each argument after FILE is a port of 127.0.0.1 or the path of a socket.
 */
#include "tests/proxy/proxy.h"
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

enum { POLL_MS = 20, CHUNK = 16384, STACK = 128 * 1024 };

struct endpoint {
	struct proxy *proxy;
	const char *to;
	int listening;
};

struct connection {
	struct proxy *proxy;
	int fds[2]; /* the program, the backend */
	uint32_t number;
	_Atomic bool is_reset, was_blackholed, counts_down;
	_Atomic int users;
	_Atomic int64_t left; /* PROXY_RESET_PEER: bytes until the reset */
};

struct direction {
	struct connection *c;
	int from, to;
};

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* A socket of the type that the name needs, and its address in *a. */
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

/*
 * The last of the two threads closes both ends; a reset connection is closed with RST where the socket has
 * it.
 */
static void connection_release(struct connection *c)
{
	const struct linger at_once = {1, 0};

	if (--c->users > 0)
		return;
	for (int i = 0; i < 2; i++) {
		if (c->is_reset)
			setsockopt(c->fds[i], SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
		close(c->fds[i]);
	}
	free(c);
}

static void connection_reset(struct connection *c)
{
	c->is_reset = true;
	c->proxy->affected++;
}

/* Sends time out after POLL_MS, so that a peer that does not read cannot hide a reset. */
static bool send_whole(const struct direction *w, const char *bytes, size_t len)
{
	while (len > 0 && !w->c->is_reset) {
		ssize_t n = send(w->to, bytes, len, MSG_NOSIGNAL);

		if (n < 0 && errno == EAGAIN)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return !w->c->is_reset;
}

static bool send_in_slices(struct direction *w, const char *bytes, size_t len)
{
	size_t most = (size_t)w->c->proxy->value;

	w->c->proxy->affected++;
	while (len > 0 && w->c->proxy->mode == PROXY_SLICER) {
		size_t n = len < most ? len : most;

		if (!send_whole(w, bytes, n))
			return false;
		usleep(100);
		bytes += n;
		len -= n;
	}
	return send_whole(w, bytes, len);
}

static uint32_t mix(uint32_t x)
{
	x ^= x >> 16;
	x *= 0x7feb352dU;
	x ^= x >> 15;
	x *= 0x846ca68bU;
	return x ^ x >> 16;
}

static void start_countdown(struct connection *c)
{
	if (!atomic_exchange(&c->counts_down, true))
		c->left = 1 + mix(c->proxy->seed + c->number) % (uint32_t)c->proxy->value;
}

static bool forward(struct direction *w, const char *bytes, size_t len)
{
	struct connection *c = w->c;

	switch (atomic_load(&c->proxy->mode)) {
	case PROXY_LATENCY:
		c->proxy->affected++;
		usleep((useconds_t)c->proxy->value * 1000);
		return send_whole(w, bytes, len);
	case PROXY_SLICER:
		return send_in_slices(w, bytes, len);
	case PROXY_RESET_PEER:
		start_countdown(c);
		if (atomic_fetch_sub(&c->left, (int64_t)len) > (int64_t)len)
			return send_whole(w, bytes, len);
		send_whole(w, bytes, len / 2);
		connection_reset(c);
		return false;
	default:
		return send_whole(w, bytes, len);
	}
}

/* Nothing is read, so the buffers of both ends fill up, as on a half-open connection. */
static bool is_blackholed(struct connection *c)
{
	if (c->proxy->mode == PROXY_BLACKHOLE) {
		c->proxy->affected += !c->was_blackholed;
		c->was_blackholed = true;
		usleep(POLL_MS * 1000);
		return true;
	}
	if (c->was_blackholed && !c->is_reset)
		connection_reset(c);
	return false;
}

static void *forward_all(void *context)
{
	struct direction *w = context;
	struct pollfd in = {.fd = w->from, .events = POLLIN};
	char bytes[CHUNK];
	ssize_t n;

	while (!w->c->is_reset) {
		if (is_blackholed(w->c) || poll(&in, 1, POLL_MS) <= 0)
			continue;
		n = recv(w->from, bytes, sizeof bytes, 0);
		if (n <= 0 || !forward(w, bytes, (size_t)n))
			break;
	}
	if (!w->c->is_reset)
		shutdown(w->to, SHUT_WR);
	connection_release(w->c);
	free(w);
	return NULL;
}

static void start_direction(struct connection *c, int from, int to)
{
	struct direction *w = malloc(sizeof *w);
	pthread_attr_t small;
	pthread_t thread;

	if (w == NULL)
		fail("memory");
	*w = (struct direction){c, from, to};
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	pthread_attr_setdetachstate(&small, PTHREAD_CREATE_DETACHED);
	if (pthread_create(&thread, &small, forward_all, w) != 0)
		fail("a thread");
	pthread_attr_destroy(&small);
}

static void set_options(int fd)
{
	const struct timeval poll_time = {.tv_usec = POLL_MS * 1000};
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &poll_time, sizeof poll_time);
}

static void connect_through(const struct endpoint *e, int program, uint32_t number)
{
	struct connection *c = calloc(1, sizeof *c);
	struct sockaddr_storage a;
	socklen_t len;
	int backend = socket_for(e->to, &a, &len);

	if (c == NULL)
		fail("memory");
	*c = (struct connection){.proxy = e->proxy, .fds = {program, backend}, .number = number, .users = 2};
	if (connect(backend, (struct sockaddr *)&a, len) != 0) {
		c->users = 1;
		c->is_reset = true;
		connection_release(c);
		return;
	}
	set_options(program);
	set_options(backend);
	start_direction(c, program, backend);
	start_direction(c, backend, program);
}

static void *serve(void *context)
{
	const struct endpoint *e = context;

	for (uint32_t number = 0;; number++) {
		int fd = accept4(e->listening, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			connect_through(e, fd, number);
		else
			usleep(POLL_MS * 1000);
	}
	return NULL;
}

static struct proxies *map(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	struct proxies *proxies;

	if (fd < 0 || ftruncate(fd, sizeof *proxies) != 0)
		fail(path);
	proxies = mmap(NULL, sizeof *proxies, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (proxies == MAP_FAILED)
		fail(path);
	close(fd);
	return proxies;
}

int main(int argc, char **argv)
{
	static struct endpoint endpoints[PROXIES];
	struct rlimit handles;
	struct proxies *proxies;

	if (argc != 2 + 2 * PROXIES)
		return 2;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	getrlimit(RLIMIT_NOFILE, &handles);
	handles.rlim_cur = handles.rlim_max;
	setrlimit(RLIMIT_NOFILE, &handles);
	signal(SIGPIPE, SIG_IGN);
	proxies = map(argv[1]);
	for (int i = 0; i < PROXIES; i++) {
		pthread_t thread;

		endpoints[i] =
		    (struct endpoint){&proxies->list[i], argv[3 + 2 * i], listen_at(argv[2 + 2 * i])};
		if (pthread_create(&thread, NULL, serve, &endpoints[i]) != 0)
			fail("a thread");
	}
	for (;;)
		pause();
}
