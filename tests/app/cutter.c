#include "tests/app/cutter.h"
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ROOM = 65536 };

static struct sockaddr_un address_of(const char *path)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};

	snprintf(a.sun_path, sizeof a.sun_path, "%s", path);
	return a;
}

static int server_connect(const char *path)
{
	const struct sockaddr_un a = address_of(path);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (connect(fd, (const struct sockaddr *)&a, sizeof a) != 0)
		abort();
	return fd;
}

/* Reads what has arrived and forwards it; returns its length, 0 at the end. */
static ssize_t pass(int from, int to, char *bytes)
{
	ssize_t n = recv(from, bytes, ROOM, 0);

	if (n <= 0 || send(to, bytes, (size_t)n, MSG_NOSIGNAL) != n)
		return 0;
	return n;
}

/* A packet of the client: four bytes of header, COM_QUERY, the text. */
static bool is_commit(const char *bytes, ssize_t n)
{
	return n == 11 && memcmp(bytes + 4, "\3COMMIT", 7) == 0;
}

static void serve(struct cutter *c, int client)
{
	int server = server_connect(c->server);
	struct pollfd fds[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
	static char bytes[ROOM];
	ssize_t n = 1;

	while (n > 0 && poll(fds, 2, -1) > 0) {
		bool asks = fds[0].revents != 0;

		n = asks ? pass(client, server, bytes) : pass(server, client, bytes);
		if (asks && c->cuts > 0 && is_commit(bytes, n)) {
			c->cuts--;
			n = recv(server, bytes, ROOM, 0) > 0 ? 0 : -1;
		}
	}
	close(server);
	close(client);
}

/* One connection at a time is enough here. */
static void *cutter_main(void *argument)
{
	struct cutter *c = argument;
	int client;

	while ((client = accept(c->listener, NULL, NULL)) >= 0)
		serve(c, client);
	return NULL;
}

void cutter_start(struct cutter *c)
{
	struct sockaddr_un a;

	snprintf(c->dir, sizeof c->dir, "/tmp/stagedoor-cutter-XXXXXX");
	if (mkdtemp(c->dir) == NULL)
		abort();
	snprintf(c->socket, sizeof c->socket, "%s/s", c->dir);
	a = address_of(c->socket);
	c->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(c->listener, (const struct sockaddr *)&a, sizeof a) != 0 || listen(c->listener, 8) != 0)
		abort();
	if (pthread_create(&c->thread, NULL, cutter_main, c) != 0)
		abort();
}

void cutter_stop(struct cutter *c)
{
	shutdown(c->listener, SHUT_RDWR);
	pthread_join(c->thread, NULL);
	close(c->listener);
	unlink(c->socket);
	rmdir(c->dir);
}
