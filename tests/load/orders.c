/*
 * How many orders a second the site takes: `users` buyers order `users` * 5 tickets, each ticket once, over
 * kept connections through nginx. Prints requests a second, latencies, and every answer except 201; then,
 * from the databases, the delays of events.
 *
 *   tests/with-stack bench 18100 900 build/bin/bench-orders USERS CONNECTIONS [PAUSE_MS]
 *
 * PAUSE_MS is the pause between the orders of a connection.
 */
#include "common/base/clock.h"
#include "tests/flow/flow.h"
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EACH = 5, CONNECTIONS_MAX = 256 };

static struct job {
	const char *request;
	size_t len;
	int64_t took; /* microseconds */
	int status;
} * jobs;
static int count;
static int users = 100, connections = 16, pause_ms;
static _Atomic int next_job;

static void prepare(int n)
{
	struct visitor *seller = visitor_signed_up("Seller");
	const char *host = strstr(flow_url(), "//") + 2;

	jobs = calloc((size_t)n * EACH, sizeof *jobs);
	for (int u = 0; u < n; u++) {
		struct visitor *buyer = visitor_signed_up("Buyer");

		for (int i = 0; i < EACH; i++, count++) {
			struct answer *a = api(seller, "POST", "/api/tickets",
					       "{\"title\":\"Bench %d\",\"price\":10}", count);
			/* one order of each buyer in turn: the orders of one buyer wait for each other */
			struct job *j = &jobs[i * n + u];
			const char *body;

			ck_status(a, 201);
			body = arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", text_of(a, "id"));
			j->request =
			    arena_printf(flow_arena,
					 "POST /api/orders HTTP/1.1\r\nHost: %s\r\nCookie: %s\r\n"
					 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
					 host, buyer->cookies, strlen(body), body);
			j->len = strlen(j->request);
		}
	}
	settle(60000);
}

static int dial(void)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons((uint16_t)atoi(strrchr(flow_url(), ':') + 1))};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
	return fd;
}

/* Reads one answer with a Content-Length; its status, 0 when the connection ended. */
static int read_answer(int fd)
{
	char bytes[16384];
	size_t have = 0, whole = 0;
	int status = 0;

	while (whole == 0 || have < whole) {
		ssize_t n = read(fd, bytes + have, sizeof bytes - 1 - have);
		const char *end, *length;

		if (n <= 0)
			return 0;
		have += (size_t)n;
		bytes[have] = '\0';
		end = strstr(bytes, "\r\n\r\n");
		if (end == NULL || whole != 0)
			continue;
		length = strcasestr(bytes, "Content-Length: ");
		if (length == NULL)
			return 0;
		whole = (size_t)(end - bytes) + 4 + (size_t)atoi(length + 16);
		status = atoi(bytes + 9);
	}
	return status;
}

static void *work(void *nothing)
{
	int fd = dial(), i;

	while ((i = atomic_fetch_add(&next_job, 1)) < count) {
		int64_t begin = clock_steady();

		if (write(fd, jobs[i].request, jobs[i].len) != (ssize_t)jobs[i].len)
			break;
		jobs[i].status = read_answer(fd);
		jobs[i].took = clock_steady() - begin;
		usleep((useconds_t)pause_ms * 1000);
		if (jobs[i].status == 0) {
			close(fd);
			fd = dial();
		}
	}
	close(fd);
	return nothing;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = ((const struct job *)a)->took, y = ((const struct job *)b)->took;

	return (x > y) - (x < y);
}

static double ms_at(double part)
{
	return (double)jobs[(int)(part * (count - 1))].took / 1000;
}

static void report(int64_t took)
{
	int good = 0;

	qsort(jobs, (size_t)count, sizeof *jobs, by_time);
	for (int i = 0; i < count; i++)
		good += jobs[i].status == 201;
	printf("POST /api/orders, %d connections: %d in %.2f s = %.0f/s, p50 %.1f ms, p99 %.1f ms, max %.1f "
	       "ms, not 201: %d\n",
	       connections, count, (double)took / SECOND, (double)count * SECOND / (double)took, ms_at(.5),
	       ms_at(.99), ms_at(1), count - good);
	printf("rows of orders: %lld\n",
	       (long long)sql_number("orders", "SELECT COUNT(*) FROM orders WHERE title LIKE 'Bench %%'"));
}

/* Uses the test library, because the steps of tests/flow report to it. */
START_TEST(orders)
{
	pthread_t threads[CONNECTIONS_MAX];
	int64_t begin;

	prepare(users);
	begin = clock_steady();
	for (int i = 0; i < connections; i++)
		pthread_create(&threads[i], NULL, work, NULL);
	for (int i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	report(clock_steady() - begin);
	settle(60000);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *s = suite_create("bench");
	TCase *t = tcase_create("orders");
	SRunner *runner = srunner_create(s);
	int failed;

	users = argc > 1 ? atoi(argv[1]) : users;
	connections = argc > 2 ? atoi(argv[2]) : connections;
	pause_ms = argc > 3 ? atoi(argv[3]) : 0;
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, orders);
	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_SILENT);
	failed = srunner_ntests_failed(runner);
	if (failed > 0)
		srunner_print(runner, CK_NORMAL);
	srunner_free(runner);
	return failed;
}
