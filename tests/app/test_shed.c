/* Load shedding: requests that have waited too long, and new connections while all threads are busy. */
#include "common/base/clock.h"
#include "tests/app/fcgi_client.h"
#include "tests/app/program.h"
#include "tests/app/suites.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct program program;
static struct arena *arena;

static void begin(void)
{
	arena = arena_new();
}

static void end(void)
{
	ck_assert_int_eq(program_stop(&program), 0);
	arena_free(arena);
}

/* A request that the web server passed on this many milliseconds ago. */
static struct fcgi_reply late(int fd, const char *method, const char *uri, int ms)
{
	int64_t start = clock_now() / 1000 - ms;
	struct fcgi_ask ask = {.method = method,
			       .uri = uri,
			       .type = "application/json",
			       .body = strcmp(method, "GET") == 0 ? NULL : "{}",
			       .more = {arena_printf(arena, "REQUEST_START=%lld.%03lld",
						     (long long)start / 1000, (long long)start % 1000)}};
	struct fcgi_reply reply = {0};

	ck_assert_msg(fcgi_call(fd, arena, &ask, &reply), "no answer to %s %s", method, uri);
	return reply;
}

static const char ticket[] = "/api/tickets/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

/* How long a request may wait depends on its kind: lists the shortest time, changes the longest. */
static const struct {
	const char *method, *uri;
	int waited, status;
} waits[] = {
    {"GET", "/api/tickets/new", 0, 200},
    {"GET", "/api/tickets/new", 300, 200},
    {"GET", "/api/tickets/new", 600, 503},
    {"GET", "/who", 600, 503},
    {"GET", ticket, 600, 200},
    {"GET", ticket, 2300, 503},
    {"POST", "/body", 2300, 200},
    {"POST", "/body", 7000, 200},
    {"POST", "/body", 8300, 503},
    {"POST", "/api/json", 8300, 503},
    {"GET", "/api/tickets/new", -5000, 200},
    {"GET", "/api/tickets/new", 90 * 1000, 200},
    {"GET", "/nowhere", 20000, 404},
};

START_TEST(requests_that_waited_too_long_get_503)
{
	int fd;

	program_start(&program, 1, 1, 0);
	fd = fcgi_connect(program.socket);
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		struct fcgi_reply reply = late(fd, waits[i].method, waits[i].uri, waits[i].waited);

		ck_assert_msg(reply.status == waits[i].status, "%s %s after %d ms: %d", waits[i].method,
			      waits[i].uri, waits[i].waited, reply.status);
		ck_assert_int_eq(strstr(reply.head, "\nRetry-After: ") != NULL, reply.status == 503);
		ck_assert(reply.status != 503 || strstr(reply.head, "\nCache-Control: no-store") != NULL);
	}
	close(fd);
}
END_TEST

/* A page for browsers, a problem for programs. */
START_TEST(the_refusal_has_a_text)
{
	struct fcgi_reply reply;
	int fd;

	program_start(&program, 1, 1, 0);
	fd = fcgi_connect(program.socket);
	reply = late(fd, "GET", "/who", 3000);
	ck_assert_ptr_nonnull(strstr(reply.body, "<h1>Very many people are here right now"));
	reply = late(fd, "GET", "/api/tickets/new", 3000);
	ck_assert_ptr_nonnull(strstr(reply.head, "application/problem+json"));
	ck_assert_ptr_nonnull(strstr(reply.body, "nothing was done. Try again in a few seconds."));
	close(fd);
}
END_TEST

START_TEST(a_start_that_cannot_be_read_is_none)
{
	static const char *const starts[] = {
	    "", "1", "1.5", ".123", "x.123", "99999999999999999999.000", "-5.000", "1.0000"};
	int fd;

	program_start(&program, 1, 1, 0);
	fd = fcgi_connect(program.socket);
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		struct fcgi_ask ask = {.method = "GET",
				       .uri = "/who",
				       .more = {arena_printf(arena, "REQUEST_START=%s", starts[i])}};
		struct fcgi_reply reply;

		ck_assert(fcgi_call(fd, arena, &ask, &reply));
		ck_assert_msg(reply.status == 200, "%s: %d", starts[i], reply.status);
	}
	close(fd);
}
END_TEST

enum { KEPT = 16, NEWCOMERS = 32, SECONDS = 2 };

struct client {
	pthread_t thread;
	bool keeps;
	int answered;
};

static void *client_main(void *argument)
{
	static const struct fcgi_ask ask = {.method = "GET", .uri = "/page"};
	struct client *c = argument;
	struct arena *a = arena_new();
	int64_t until = clock_steady() + SECONDS * SECOND;
	int fd = -1;

	while (clock_steady() < until) {
		struct fcgi_reply reply;

		if (fd < 0)
			fd = fcgi_connect(program.socket);
		if (fd < 0 || !fcgi_call(fd, a, &ask, &reply))
			break;
		c->answered++;
		if (!c->keeps) {
			close(fd);
			fd = -1;
		}
		arena_reset(a);
	}
	if (fd >= 0)
		close(fd);
	arena_free(a);
	return NULL;
}

/* The web server reuses a connection as soon as it is free: connections that wait to be accepted must get
 * their turn too. */
START_TEST(new_connections_wait_no_longer_than_kept_ones)
{
	struct client clients[KEPT + NEWCOMERS] = {0};
	double kept = 0, new = 0;

	program_start(&program, 1, 2, 0);
	for (int i = 0; i < KEPT + NEWCOMERS; i++) {
		clients[i].keeps = i < KEPT;
		ck_assert_int_eq(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]), 0);
	}
	for (int i = 0; i < KEPT + NEWCOMERS; i++) {
		pthread_join(clients[i].thread, NULL);
		*(i < KEPT ? &kept : &new) += clients[i].answered;
	}
	printf("answers a client: %.0f on a kept connection, %.0f on new ones\n", kept / KEPT,
	       new / NEWCOMERS);
	ck_assert(new / NEWCOMERS > kept / KEPT / 5);
}
END_TEST

Suite *shed_suite(void)
{
	Suite *s = suite_create("shed");
	TCase *t = tcase_create("shed");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, begin, end);
	tcase_add_test(t, requests_that_waited_too_long_get_503);
	tcase_add_test(t, the_refusal_has_a_text);
	tcase_add_test(t, a_start_that_cannot_be_read_is_none);
	tcase_add_test(t, new_connections_wait_no_longer_than_kept_ones);
	suite_add_tcase(s, t);
	return s;
}
