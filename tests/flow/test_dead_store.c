/* How dead letters get from a queue to the table: each is there once, and none is lost on the way. */
#include "common/base/text.h"
#include "tests/flow/test_dead.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOKS = 100, BROKER_RESTARTS = 2, DELIVERIES = 21 };

/* More than the 20 deliveries that RabbitMQ 4 has by itself; FULL=on (make full): 100. */
static int restarts(void)
{
	return getenv("FULL") == NULL ? 25 : 100;
}

#define CUT_SHORT "its delivery was cut short too often (delivery limit)"

static int64_t rows_with(const char *service, const char *body)
{
	return sql_number(service, "SELECT COUNT(*) FROM dead_letter WHERE body = '%s'", body);
}

static bool waits_in_queue(void *before)
{
	return queue_length("tickets", "tickets.dead") > *(int64_t *)before;
}

/* The service's own account publishes what it could not handle. */
static void dead_letter(const char *body, const char *dead_letter_id)
{
	struct bus *bus = bus_of("tickets");
	struct bus_message m = {.exchange = "stagedoor.tickets.own",
				.routing_key = "tickets.dead",
				.type = "order.created",
				.id = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
				.body = body,
				.body_len = strlen(body),
				.queue = "tickets.events",
				.reason = "a test",
				.dead_letter_id = dead_letter_id};
	bool confirmed;

	ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
	ck_assert(confirmed);
	bus_free(bus);
}

START_TEST(status_counts_what_is_still_in_the_queue)
{
	int64_t before = 0;

	part_stop("tickets-events");
	dead_letter(new_body(), "1");
	ck_assert(wait_until(5000, waits_in_queue, &before));
	operator("status");
	ck_says("1 dead letters are still in the queue tickets.dead", 1);
}
END_TEST

static bool queue_is_moved(void *nothing)
{
	(void)nothing;
	return queue_length("tickets", "tickets.dead") == 0;
}

static bool has_been_moved(void *body)
{
	return queue_is_moved(NULL) && rows_with("tickets", body) == 1;
}

/* The same dead-lettering twice is what a crash between commit and ack does. */
START_TEST(what_comes_twice_is_one_letter)
{
	const char *body = new_body(), *id;

	dead_letter(body, "one");
	dead_letter(body, "one");
	ck_assert(wait_until(10000, has_been_moved, (void *)(uintptr_t)body));
	id = arena_printf(flow_arena, "tickets-%s",
			  sql_text("tickets", "SELECT id FROM dead_letter WHERE body = '%s'", body));
	ck_assert_int_eq(times_of(id), 1);
	dead_letter(body, "two");
	ck_assert(wait_until(10000, has_failed_again, (void *)(uintptr_t)id));
	operator("dead show %s", id);
	ck_says("failed again", 0);
}
END_TEST

static bool expiration_has(void *body)
{
	return undecided_with("orders", body) == 1;
}

static bool expiration_has_twice(void *body)
{
	return sql_number("orders", "SELECT times FROM dead_letter WHERE body = '%s'", (const char *)body) ==
	       2;
}

/* expiration has no database: the dead letters of both of its queues are in that of orders. */
START_TEST(those_of_expiration_are_with_orders)
{
	static const char *const queues[] = {"expiration.events", "expiration.due"};
	struct bus *bus = bus_of("expiration");

	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
		const char *body = new_body(), *id;
		struct bus_message m = {.exchange = "stagedoor.expiration.own",
					.routing_key = queues[i],
					.id = "expiration",
					.body = body,
					.body_len = strlen(body)};
		bool confirmed;

		ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
		ck_assert(wait_until(10000, expiration_has, (void *)(uintptr_t)body));
		id = sql_text("orders", "SELECT id FROM dead_letter WHERE body = '%s' AND queue = '%s'", body,
			      queues[i]);
		operator("dead show orders-%s", id);
		ck_says("reason       body: ", 0);
		operator("dead retry orders-%s", id);
		ck_says("1 sent again\n", 0);
		ck_assert(wait_until(10000, expiration_has_twice, (void *)(uintptr_t)body));
	}
	bus_free(bus);
}
END_TEST

static err leave(struct bus_message *m, struct arena *a, void *stop)
{
	(void)m;
	(void)a;
	*(atomic_bool *)stop = true;
	return ERR_UNAVAILABLE;
}

/* A consumer whose connection is cut in the middle of a delivery. */
static void cut_one_delivery(void)
{
	struct bus *bus = bus_of("tickets");
	atomic_bool stop = false;
	struct bus_consumer consumer = {
	    .queue = "tickets.events", .handle = leave, .context = &stop, .stop = &stop};

	ck_assert_int_eq(bus_consume(bus, &consumer), OK);
	bus_free(bus);
}

static bool waits_for_tickets(void *nothing)
{
	(void)nothing;
	return queue_length("tickets", "tickets.events") == 1;
}

static bool is_parked_by_the_broker(void *nothing)
{
	(void)nothing;
	return queue_length("tickets", "tickets.dead") == 1;
}

/* As often as the delivery limit allows, and once more. */
static void cut_short(void)
{
	ck_assert(wait_until(10000, waits_for_tickets, NULL));
	for (int i = 0; i < DELIVERIES; i++)
		cut_one_delivery();
	ck_assert(wait_until(20000, is_parked_by_the_broker, NULL));
}

static bool is_cut_short(void *body)
{
	return sql_number("tickets", "SELECT COUNT(*) FROM dead_letter WHERE body = '%s' AND reason = '%s'",
			  (const char *)body, CUT_SHORT) == 1;
}

/* A message that the broker dead-letters for cut connections is tried once more by itself; when it is
 * dead-lettered again, it stays a dead letter. */
START_TEST(what_was_cut_short_is_tried_once_more)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Cut short", "5"), *id, *body = new_body();
	struct bus_message again = {.exchange = "stagedoor.tickets.own",
				    .routing_key = "tickets.events",
				    .id = "again",
				    .body = body,
				    .body_len = strlen(body),
				    .retry = 1};
	struct bus *bus;
	struct answer *a;
	bool confirmed;

	settle(20000);
	part_stop("tickets-events");
	a = order(buyer, ticket);
	ck_status(a, 201);
	id = arena_strdup(flow_arena, text_of(a, "id"));
	cut_short();
	part_start("tickets-events");
	wait_order(buyer, id, "awaiting_payment", 10000);
	part_stop("tickets-events");
	bus = bus_of("tickets");
	ck_assert_int_eq(bus_publish(bus, &again, 1, &confirmed), OK);
	bus_free(bus);
	cut_short();
	part_start("tickets-events");
	ck_assert(wait_until(10000, is_cut_short, (void *)(uintptr_t)body));
}
END_TEST

static int64_t missing(const char *const *bodies, size_t count)
{
	int64_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += undecided_with("tickets", bodies[i]) != 1;
	return n;
}

static bool none_is_missing(void *bodies)
{
	return missing(bodies, (size_t)restarts()) == 0;
}

/* The settings of the events program of tickets, as its environment. */
static char **environment_of_events(void)
{
	char **list = arena_array(flow_arena, 100, sizeof *list), **end = list, *text, *line;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/etc/tickets.env", flow_state()), 10000,
					&text),
			 OK);
	while ((line = strsep(&text, "\n")) != NULL && end < list + 98)
		*end++ = line;
	*end = arena_strdup(flow_arena, "STAGEDOOR_READY_FD=3");
	return list;
}

/* Without its supervisor, which lets a second pass between two starts. Returns when it consumes. */
static pid_t start_events(const char *path, char **environment)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	if ((pid = fork()) == 0) {
		if (dup2(ends[1], 3) == 3 && freopen("/dev/null", "w", stderr) != NULL)
			execle(path, path, "events", (char *)NULL, environment);
		_exit(127);
	}
	close(ends[1]);
	ck_assert_msg(read(ends[0], &byte, 1) == 1, "%s does not start", path);
	close(ends[0]);
	return pid;
}

static const char *path_of_events(void)
{
	FILE *f = popen(arena_printf(flow_arena, ". %s/etc/stack.env; echo $BIN", flow_state()), "r");
	char path[400];

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%399s", path), 1);
	pclose(f);
	return arena_printf(flow_arena, "%s/stagedoor-tickets", path);
}

static void send(struct bus *bus, const char *body)
{
	struct bus_message m = {.exchange = "stagedoor.tickets.own",
				.routing_key = "tickets.events",
				.id = "restart",
				.body = body,
				.body_len = strlen(body)};
	bool confirmed;

	ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
	ck_assert(confirmed);
}

/* One is on its way at each: every second end is a SIGKILL, as soon as the program consumes. */
static void restart_with_letters(const char *const *bodies)
{
	char **environment = environment_of_events();
	const char *path = path_of_events();
	struct bus *bus = bus_of("tickets");

	part_stop("tickets-events");
	for (int i = 0; i < restarts(); i++) {
		pid_t pid;

		send(bus, bodies[i]);
		pid = start_events(path, environment);
		ck_assert_int_eq(kill(pid, i % 2 == 0 ? SIGKILL : SIGTERM), 0);
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	}
	bus_free(bus);
	part_start("tickets-events");
}

/* Looks again and again; the least number of letters that was seen. */
static int fewest_listed(void)
{
	FILE *f = popen(
	    arena_printf(
		flow_arena,
		"for i in $(seq %d); do %s dead list --queue tickets.events --json | wc -l; done | sort -n | "
		"head -1",
		LOOKS, command()),
	    "r");
	int fewest = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%d", &fewest), 1);
	pclose(f);
	return fewest;
}

START_TEST(neither_looks_nor_restarts_lose_one)
{
	const char **bodies = arena_array(flow_arena, (size_t)restarts(), sizeof *bodies);

	for (int i = 0; i < restarts(); i++)
		bodies[i] = new_body();
	restart_with_letters(bodies);
	ck_assert_msg(wait_until(20000, none_is_missing, bodies), "%lld are missing",
		      (long long)missing(bodies, (size_t)restarts()));
	ck_assert_int_ge(fewest_listed(), restarts());
	for (int i = 0; i < BROKER_RESTARTS; i++) {
		part_stop("broker");
		part_start("broker");
	}
	ck_assert_int_eq(missing(bodies, (size_t)restarts()), 0);
}
END_TEST

TCase *dead_store_case(void)
{
	TCase *t = tcase_create("storing");

	tcase_set_timeout(t, 180);
	tcase_add_checked_fixture(t, flow_begin, dead_end);
	tcase_add_test(t, status_counts_what_is_still_in_the_queue);
	tcase_add_test(t, what_comes_twice_is_one_letter);
	tcase_add_test(t, those_of_expiration_are_with_orders);
	tcase_add_test(t, what_was_cut_short_is_tried_once_more);
	tcase_add_test(t, neither_looks_nor_restarts_lose_one);
	return t;
}
