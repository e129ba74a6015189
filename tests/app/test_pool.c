#include "common/base/clock.h"
#include "tests/app/fcgi_client.h"
#include "tests/app/program.h"
#include "tests/app/suites.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 32, LOAD_SECONDS = 2, HALF_SENT = 100 };

static const struct fcgi_ask ask_who = {.method = "GET", .uri = "/who"};
static const struct fcgi_ask ask_slow = {.method = "GET", .uri = "/slow"};
static const struct fcgi_ask ask_calls = {.method = "GET", .uri = "/calls"};

static struct program program;
static struct arena *arena;

static void begin(void)
{
	arena = arena_new();
}

static void end(void)
{
	arena_free(arena);
}

static void pause_ms(int ms)
{
	const struct timespec pause = {ms / 1000, ms % 1000 * 1000000L};

	nanosleep(&pause, NULL);
}

static struct fcgi_reply must_call(int fd, const struct fcgi_ask *ask)
{
	struct fcgi_reply reply = {0};

	ck_assert_msg(fcgi_call(fd, arena, ask, &reply), "no answer to %s %s", ask->method, ask->uri);
	return reply;
}

static int must_connect(void)
{
	int fd = fcgi_connect(program.socket);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void must_count(int fd, const char *calls)
{
	ck_assert_str_eq(must_call(fd, &ask_calls).body, calls);
}

static void expect_status(int fd, const struct fcgi_ask *ask, int status)
{
	ck_assert_int_eq(must_call(fd, ask).status, status);
}

/* Clients that send requests without a pause on a kept connection. */
struct client {
	pthread_t thread;
	pthread_barrier_t *start; /* all begin together once they are connected; NULL: each begins at once */
	int seconds;
	int limit; /* of requests; 0: `seconds` limits the client */
	int answered, lost, connects, pids_seen;
	char pids[64][12];
};

static void note_pid(struct client *c, const char *pid)
{
	for (int i = 0; i < c->pids_seen; i++)
		if (strcmp(c->pids[i], pid) == 0)
			return;
	if (c->pids_seen < 64)
		snprintf(c->pids[c->pids_seen++], sizeof c->pids[0], "%s", pid);
}

static bool one_request(struct client *c, struct arena *a, int *fd)
{
	struct fcgi_reply reply;

	/* as web servers do: replace a kept connection that was closed between two requests */
	if (*fd >= 0 && fcgi_is_closed(*fd, 0)) {
		close(*fd);
		*fd = -1;
	}
	if (*fd < 0) {
		*fd = fcgi_connect(program.socket);
		c->connects++;
	}
	if (*fd < 0 || !fcgi_call(*fd, a, &ask_who, &reply) || reply.status != 200)
		return false;
	note_pid(c, reply.body);
	return true;
}

static void *client_main(void *argument)
{
	struct client *c = argument;
	struct arena *a = arena_new();
	int64_t until;
	int fd = -1;

	if (c->start != NULL) {
		c->lost += !one_request(c, a, &fd);
		pthread_barrier_wait(c->start);
	}
	until = clock_steady() + c->seconds * SECOND;
	while (c->limit > 0 ? c->answered + c->lost < c->limit : clock_steady() < until) {
		if (one_request(c, a, &fd))
			c->answered++;
		else if (fd >= 0 && fcgi_is_closed(fd, 0) && one_request(c, a, &fd))
			c->answered++;
		else
			c->lost++;
		arena_reset(a);
	}
	if (fd >= 0)
		close(fd);
	arena_free(a);
	return NULL;
}

static void run_clients(struct client *clients, int count)
{
	for (int i = 0; i < count; i++)
		ck_assert_int_eq(pthread_create(&clients[i].thread, NULL, client_main, &clients[i]), 0);
	for (int i = 0; i < count; i++)
		pthread_join(clients[i].thread, NULL);
}

static int by_count(const void *x, const void *y)
{
	return *(const int *)x - *(const int *)y;
}

/* Requests answered on each of 32 kept connections, in order. */
static void measure_shares(int seconds, int counts[CONNECTIONS])
{
	struct client clients[CONNECTIONS] = {0};
	pthread_barrier_t start;

	ck_assert_int_eq(pthread_barrier_init(&start, NULL, CONNECTIONS), 0);
	for (int i = 0; i < CONNECTIONS; i++) {
		clients[i].start = &start;
		clients[i].seconds = seconds;
	}
	run_clients(clients, CONNECTIONS);
	pthread_barrier_destroy(&start);
	for (int i = 0; i < CONNECTIONS; i++) {
		counts[i] = clients[i].answered;
		ck_assert_int_eq(clients[i].lost, 0);
		ck_assert_int_eq(clients[i].connects, 1);
	}
	qsort(counts, CONNECTIONS, sizeof *counts, by_count);
}

START_TEST(kept_connections_share_the_threads)
{
	int counts[CONNECTIONS];

	program_start(&program, 1, 4, 0);
	measure_shares(LOAD_SECONDS, counts);
	/* too few to compare: the machine is busy */
	if (counts[CONNECTIONS / 2] < 200)
		measure_shares(5 * LOAD_SECONDS, counts);
	printf("requests a connection: least %d, median %d, most %d\n", counts[0], counts[CONNECTIONS / 2],
	       counts[CONNECTIONS - 1]);
	ck_assert_int_gt(counts[0], 0);
	ck_assert_int_ge(counts[0], counts[CONNECTIONS / 2] / 2);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(idle_connections_cost_no_thread)
{
	int idle[CONNECTIONS], fd;

	program_start(&program, 1, 1, 0);
	for (int i = 0; i < CONNECTIONS; i++) {
		idle[i] = must_connect();
		expect_status(idle[i], &ask_who, 200);
	}
	fd = must_connect();
	expect_status(fd, &ask_who, 200);
	for (int i = 0; i < CONNECTIONS; i++) {
		expect_status(idle[i], &ask_who, 200);
		close(idle[i]);
	}
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

/* A body that consists of requests, as a client could send it, of at least this many bytes. */
static struct buf forged_body(size_t least)
{
	struct buf b = BUF(arena);

	while (b.len < least)
		fcgi_request(&b, &(struct fcgi_ask){.method = "GET", .uri = "/forged"});
	return b;
}

static void send_forged(const char *uri, const char *type, size_t least, int status)
{
	const struct buf body = forged_body(least);
	const struct fcgi_ask ask = {
	    .method = "POST", .uri = uri, .type = type, .body = body.bytes, .body_len = body.len};
	int fd = must_connect();

	expect_status(fd, &ask, status);
	must_count(fd, "calls 0");
	expect_status(fd, &ask, status);
	must_count(fd, "calls 0");
	close(fd);
}

START_TEST(body_never_becomes_a_request)
{
	program_start(&program, 2, 4, 0);
	for (size_t least = 100; least < 30000; least = least * 2 + 77) {
		send_forged("/api/private", "application/json", least, 401);
		send_forged("/api/json", "text/plain", least, 415);
		send_forged("/api/json", "application/json", least, 400);
		send_forged("/nowhere", "application/json", least, 404);
		send_forged("/who", "application/json", least, 405);
	}
	send_forged("/api/json", "application/json", 33000, 413);
	send_forged("/api/private", "application/json", 100000, 413);
	send_forged("/body", "text/plain", 900000, 413);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(endless_body_is_answered_and_not_kept)
{
	const struct buf body = forged_body(1500000);
	const struct fcgi_ask ask = {
	    .method = "POST", .uri = "/body", .type = "text/plain", .body = body.bytes, .body_len = body.len};
	struct buf b = BUF(arena);
	struct fcgi_reply reply;
	int fd;

	program_start(&program, 1, 2, 0);
	fd = must_connect();
	fcgi_request(&b, &ask);
	(void)!fcgi_send(fd, b.bytes, b.len);
	ck_assert(fcgi_receive(fd, arena, &reply));
	ck_assert_int_eq(reply.status, 413);
	ck_assert(fcgi_is_closed(fd, 1000));
	close(fd);
	fd = must_connect();
	must_count(fd, "calls 0");
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(body_of_another_length_is_refused)
{
	int fd;

	program_start(&program, 1, 2, 0);
	fd = must_connect();
	expect_status(
	    fd, &(struct fcgi_ask){.method = "POST", .uri = "/body", .body = "0123456789", .said_len = 100},
	    400);
	expect_status(
	    fd, &(struct fcgi_ask){.method = "POST", .uri = "/body", .body = "0123456789", .said_len = 5},
	    400);
	ck_assert_str_eq(
	    must_call(fd, &(struct fcgi_ask){.method = "POST", .uri = "/body", .body = "0123456789"}).body,
	    "10:0123456789");
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(long_answer_comes_whole)
{
	struct fcgi_reply reply;
	int fd;

	program_start(&program, 1, 2, 0);
	fd = must_connect();
	reply = must_call(fd, &(struct fcgi_ask){.method = "GET", .uri = "/page"});
	ck_assert_uint_eq(reply.body_len, 200 * 1024);
	reply = must_call(fd, &(struct fcgi_ask){.method = "HEAD", .uri = "/page"});
	ck_assert_uint_eq(reply.body_len, 0);
	ck_assert_ptr_nonnull(strstr(reply.head, "Content-Length: 204800\r\n"));
	expect_status(fd, &(struct fcgi_ask){.method = "GET", .uri = "/who", .ends = true}, 200);
	ck_assert(fcgi_is_closed(fd, 1000));
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(stop_finishes_what_runs)
{
	struct buf b = BUF(arena);
	struct fcgi_reply reply;
	int running, in_body, idle;

	program_start(&program, 2, 4, 0);
	running = must_connect();
	in_body = must_connect();
	idle = must_connect();
	expect_status(idle, &ask_who, 200);
	fcgi_request(&b, &ask_slow);
	ck_assert(fcgi_send(running, b.bytes, b.len));
	b = BUF(arena);
	fcgi_request(&b, &(struct fcgi_ask){.method = "POST", .uri = "/body", .body = "0123456789"});
	ck_assert(fcgi_send(in_body, b.bytes, b.len - 14));
	pause_ms(100);
	kill(program.pid, SIGTERM);
	pause_ms(300);
	ck_assert(fcgi_send(in_body, b.bytes + b.len - 14, 14));
	ck_assert(fcgi_receive(in_body, arena, &reply));
	ck_assert_str_eq(reply.body, "10:0123456789");
	ck_assert(fcgi_receive(running, arena, &reply));
	ck_assert_int_eq(reply.status, 200);
	ck_assert(fcgi_is_closed(idle, 2000));
	ck_assert_int_eq(program_wait(&program), 0);
}
END_TEST

START_TEST(workers_are_replaced_without_a_loss)
{
	struct client clients[8] = {0};
	int most_pids = 0;

	program_start(&program, 2, 4, 500);
	for (int i = 0; i < 8; i++)
		clients[i].limit = 1500;
	run_clients(clients, 8);
	for (int i = 0; i < 8; i++) {
		ck_assert_int_eq(clients[i].lost, 0);
		ck_assert_int_eq(clients[i].answered, 1500);
		most_pids = clients[i].pids_seen > most_pids ? clients[i].pids_seen : most_pids;
	}
	printf("a client met up to %d workers\n", most_pids);
	ck_assert_int_gt(most_pids, 2);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(killed_worker_is_replaced)
{
	program_start(&program, 1, 2, 0);
	for (int i = 0; i < 2; i++) {
		int fd = must_connect();
		pid_t worker = atoi(must_call(fd, &ask_who).body);

		ck_assert_int_gt(worker, 1);
		ck_assert_int_eq(kill(worker, SIGKILL), 0);
		ck_assert(fcgi_is_closed(fd, 1000));
		close(fd);
		fd = must_connect();
		ck_assert_int_ne(atoi(must_call(fd, &ask_who).body), worker);
		close(fd);
	}
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(workers_end_with_their_parent)
{
	pid_t worker;
	int fd;

	program_start(&program, 1, 2, 0);
	fd = must_connect();
	worker = atoi(must_call(fd, &ask_who).body);
	kill(program.pid, SIGKILL);
	ck_assert(fcgi_is_closed(fd, 5000));
	for (int i = 0; i < 500 && kill(worker, 0) == 0; i++)
		pause_ms(10);
	ck_assert_int_ne(kill(worker, 0), 0);
	close(fd);
	program_wait(&program);
}
END_TEST

START_TEST(half_sent_requests_do_not_block_others)
{
	struct buf whole = BUF(arena);
	int half[HALF_SENT], fd;
	int64_t start;
	struct fcgi_reply reply;

	program_start(&program, 1, 4, 0);
	fcgi_request(&whole, &(struct fcgi_ask){.method = "POST", .uri = "/body", .body = "0123456789"});
	for (int i = 0; i < HALF_SENT; i++) {
		half[i] = must_connect();
		ck_assert(fcgi_send(half[i], whole.bytes, 1 + (size_t)i * (whole.len - 2) / HALF_SENT));
	}
	fd = must_connect();
	start = clock_steady();
	for (int i = 0; i < 50; i++)
		expect_status(fd, &ask_who, 200);
	ck_assert_int_lt(clock_steady() - start, SECOND);
	for (int i = 0; i < HALF_SENT; i++) {
		size_t sent = 1 + (size_t)i * (whole.len - 2) / HALF_SENT;

		ck_assert(fcgi_send(half[i], whole.bytes + sent, whole.len - sent));
	}
	for (int i = 0; i < HALF_SENT; i++) {
		ck_assert(fcgi_receive(half[i], arena, &reply));
		ck_assert_str_eq(reply.body, "10:0123456789");
		close(half[i]);
	}
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(half_sent_request_is_dropped_in_time)
{
	int64_t start = clock_steady();
	int fd;

	program_start(&program, 1, 1, 0);
	fd = must_connect();
	ck_assert(fcgi_send(fd, "\1\1\0\1", 4));
	ck_assert(fcgi_is_closed(fd, 20000));
	ck_assert_int_ge(clock_steady() - start, 10 * SECOND);
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

static void send_wrong(const struct buf *b)
{
	int fd = must_connect();

	(void)!fcgi_send(fd, b->bytes, b->len);
	ck_assert(fcgi_is_closed(fd, 5000));
	close(fd);
}

START_TEST(malformed_bytes_end_only_the_connection)
{
	const unsigned char authorizer[8] = {0, 2, 1};
	struct buf b = BUF(arena);
	char noise[4096];
	int fd;

	program_start(&program, 1, 2, 0);
	fd = must_connect();
	memset(noise, 'x', sizeof noise);
	buf_add(&b, noise, sizeof noise);
	send_wrong(&b);
	b = BUF(arena);
	for (int i = 0; i < 5; i++)
		fcgi_record(&b, FCGI_GET_VALUES, 0,
			    "\16\0FCGI_MAX_CONNS\16\0FCGI_MAX_CONNS\16\0FCGI_MAX_CONNS\16\0FCGI_MAX_CONNS",
			    64);
	send_wrong(&b);
	b = BUF(arena);
	fcgi_record(&b, FCGI_STDIN, 1, "x", 1);
	send_wrong(&b);
	b = BUF(arena);
	fcgi_request(&b, &ask_who);
	fcgi_request(&b, &ask_who);
	send_wrong(&b);
	b = BUF(arena);
	fcgi_record(&b, FCGI_BEGIN, 1, "\0\1\1\0\0\0\0\0", 8);
	fcgi_record(&b, FCGI_BEGIN, 2, "\0\1\1\0\0\0\0\0", 8);
	send_wrong(&b);
	b = BUF(arena);
	fcgi_record(&b, FCGI_BEGIN, 1, authorizer, 8);
	fcgi_record(&b, FCGI_PARAMS, 1, "\377\377\377\377\377\377\377\377abc", 11);
	fcgi_record(&b, FCGI_PARAMS, 1, NULL, 0);
	fcgi_record(&b, FCGI_STDIN, 1, NULL, 0);
	send_wrong(&b);
	expect_status(fd, &ask_who, 200);
	must_count(fd, "calls 0");
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

/* A request with these bytes as its parameters, in two records. */
static void send_params(const char *bytes, size_t len)
{
	struct buf b = BUF(arena);

	fcgi_record(&b, FCGI_BEGIN, 1, "\0\1\1\0\0\0\0\0", 8);
	fcgi_record(&b, FCGI_PARAMS, 1, bytes, len / 2);
	fcgi_record(&b, FCGI_PARAMS, 1, bytes + len / 2, len - len / 2);
	fcgi_record(&b, FCGI_PARAMS, 1, NULL, 0);
	fcgi_record(&b, FCGI_STDIN, 1, NULL, 0);
	send_wrong(&b);
}

/* libfcgi allocates as much memory as the lengths say, and ends the process when that fails. */
START_TEST(wrong_lengths_end_only_the_connection)
{
	const char *worker;
	int fd;

	program_start(&program, 1, 2, 0);
	fd = must_connect();
	worker = must_call(fd, &ask_who).body;
	send_params("\4\xf1\xfe\xbc\xb0NAMEvalue", 14);
	send_params("\xff\xff\xff\xff\xff\xff\xff\xff"
		    "ab",
		    10);
	send_params("\xc0\0\0\0\xc0\0\0\0ab", 10);
	send_params("\x80\1\0\0\1a", 6);
	send_params("\4\1NAM", 5);
	send_params("\4\x80\0", 3);
	send_params("\4", 1);
	ck_assert_str_eq(must_call(fd, &ask_who).body, worker);
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(second_pool_on_the_socket_is_refused)
{
	struct program second;
	int fd;

	program_start(&program, 1, 1, 0);
	fd = must_connect();
	second = program;
	program_exec(&second, 1, 1, 0);
	ck_assert_int_eq(program_status(&second), 1);
	expect_status(fd, &ask_who, 200);
	close(fd);
	fd = must_connect();
	expect_status(fd, &ask_who, 200);
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

START_TEST(stale_socket_is_replaced)
{
	struct program first;
	int fd;

	program_start(&program, 1, 1, 0);
	close(must_connect());
	first = program;
	kill(first.pid, SIGKILL);
	program_status(&first);
	/* its worker ends a moment later */
	pause_ms(1000);
	ck_assert_int_eq(access(program.socket, F_OK), 0);
	program_exec(&program, 1, 1, 0);
	pause_ms(200);
	fd = must_connect();
	expect_status(fd, &ask_who, 200);
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
}
END_TEST

Suite *pool_suite(void)
{
	Suite *s = suite_create("pool");
	TCase *c = tcase_create("pool");

	tcase_add_checked_fixture(c, begin, end);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, kept_connections_share_the_threads);
	tcase_add_test(c, idle_connections_cost_no_thread);
	tcase_add_test(c, body_never_becomes_a_request);
	tcase_add_test(c, endless_body_is_answered_and_not_kept);
	tcase_add_test(c, body_of_another_length_is_refused);
	tcase_add_test(c, long_answer_comes_whole);
	tcase_add_test(c, stop_finishes_what_runs);
	tcase_add_test(c, workers_are_replaced_without_a_loss);
	tcase_add_test(c, killed_worker_is_replaced);
	tcase_add_test(c, workers_end_with_their_parent);
	tcase_add_test(c, half_sent_requests_do_not_block_others);
	tcase_add_test(c, half_sent_request_is_dropped_in_time);
	tcase_add_test(c, malformed_bytes_end_only_the_connection);
	tcase_add_test(c, wrong_lengths_end_only_the_connection);
	tcase_add_test(c, second_pool_on_the_socket_is_refused);
	tcase_add_test(c, stale_socket_is_replaced);
	suite_add_tcase(s, c);
	return s;
}
