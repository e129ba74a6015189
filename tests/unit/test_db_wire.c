#include "tests/unit/test_db_wire.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { CHUNK = 65536 };

static int unix_socket(const char *path, bool listens)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(at.sun_path, path);
	if (listens)
		ck_assert(bind(fd, (struct sockaddr *)&at, sizeof at) == 0 && listen(fd, 8) == 0);
	else
		ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
	return fd;
}

/* false: this connection has ended */
static bool carry(struct wire *w, int from, int to, bool to_server)
{
	char bytes[CHUNK];
	ssize_t n = read(from, bytes, sizeof bytes);
	bool met = to_server && n > 0 && w->word != NULL &&
		   memmem(bytes, (size_t)n, w->word, strlen(w->word)) != NULL;

	if (met)
		w->word = NULL;
	if (n <= 0 || (met && w->then == CUT_BEFORE))
		return false;
	if (met && w->then == STALL)
		pause();
	if (write(to, bytes, (size_t)n) != n)
		return false;
	if (met) {
		/* the response is read, so that the server has executed the statement, and discarded */
		if (read(to, bytes, sizeof bytes) < 0)
			abort();
		return false;
	}
	return true;
}

static void *serve(void *wire)
{
	struct wire *w = wire;
	int client;

	while ((client = accept(w->listener, NULL, NULL)) >= 0) {
		int server = unix_socket(getenv("STAGEDOOR_TEST_DB_SOCKET"), false);
		struct pollfd p[] = {{.fd = client, .events = POLLIN}, {.fd = server, .events = POLLIN}};
		bool up = true;

		while (up && poll(p, 2, -1) > 0) {
			if (p[0].revents != 0)
				up = carry(w, client, server, true);
			if (up && p[1].revents != 0)
				up = carry(w, server, client, false);
		}
		close(client);
		close(server);
	}
	return NULL;
}

static void drop_wire(void *wire)
{
	struct wire *w = wire;

	unlink(w->path);
	close(w->listener);
}

struct wire *wire_new(const char *word, enum wire_end then, bool serves)
{
	struct wire *w = arena_alloc(arena, sizeof *w);

	*w = (struct wire){.word = word, .then = then};
	snprintf(w->path, sizeof w->path, "%s/stagedoor-wire-%d", P_tmpdir, (int)getpid());
	w->listener = unix_socket(w->path, true);
	arena_defer(arena, drop_wire, w);
	if (serves)
		ck_assert_int_eq(pthread_create(&w->thread, NULL, serve, w), 0);
	return w;
}

struct db *db_over(const struct wire *w)
{
	struct db_settings *s = arena_alloc(arena, sizeof *s);
	struct db *over;

	*s = settings;
	s->socket = w->path;
	over = db_new(s);
	db_use(over, arena);
	return over;
}
