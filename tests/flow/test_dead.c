/* Dead letters are kept until an operator decides. The operator can list them, send them again and drop
 * them. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LOOKS = 100, BROKER_RESTARTS = 2, MANY = 400, FAILING = 12, DELIVERIES = 21 };

/* More than 20, the default delivery limit of RabbitMQ 4; FULL=on (make full): 100. */
static int restarts(void)
{
	return getenv("FULL") == NULL ? 25 : 100;
}

#define CUT_SHORT "its delivery was cut short too often (delivery limit)"

static const char *said;
static int status;

#define operator(...) (said = operator_says(&status, __VA_ARGS__))

#define ck_says(text, expected_status)                                                                       \
	ck_assert_msg(strstr(said, text) != NULL && status == (expected_status), "%s (exit %d): %s", text,   \
		      status, said)

/* The command's output, one JSON object a line. */
static const struct json_t *first_line(void)
{
	struct json_t *json;

	ck_assert_msg(json_parse(flow_arena, said, strcspn(said, "\n"), &json) == OK, "%s", said);
	return json;
}

/* A text that is in no other body. */
static const char *token(void)
{
	static int count;

	return arena_printf(flow_arena, "poison %d of %d at %lld", ++count, (int)getpid(),
			    (long long)clock_steady());
}

static int64_t rows_with(const char *service, const char *body)
{
	return sql_number(service, "SELECT COUNT(*) FROM dead_letter WHERE body = '%s'", body);
}

static int64_t undecided_with(const char *service, const char *body)
{
	return sql_number(service, "SELECT COUNT(*) FROM dead_letter WHERE body = '%s' AND undecided", body);
}

static bool is_a_letter(void *body)
{
	return undecided_with("tickets", body) == 1;
}

/* Publishes an event that cannot be decoded; order.created goes to tickets, payments and expiration. Returns
 * the id of its dead letter in tickets. */
static const char *poison(const char *body)
{
	event_send("orders", "order.created", body);
	ck_assert(wait_until(10000, is_a_letter, (void *)(uintptr_t)body));
	return arena_printf(
	    flow_arena, "tickets-%lld",
	    (long long)sql_number("tickets", "SELECT id FROM dead_letter WHERE body = '%s'", body));
}

static int64_t times_of(const char *id)
{
	return sql_number("tickets", "SELECT times FROM dead_letter WHERE id = %s", strchr(id, '-') + 1);
}

static bool has_failed_again(void *id)
{
	return times_of(id) == 2;
}

START_TEST(undecodable_messages_are_listed_with_their_reason)
{
	const char *body = token(), *id = poison(body);
	const struct json_t *json;

	operator("dead list");
	ck_says(arena_printf(flow_arena, "%s", id), 0);
	operator("dead list --queue tickets.events --since 1min --json");
	ck_says(arena_printf(flow_arena, "\"id\":\"%s\"", id), 0);
	operator("dead show %s", id);
	ck_says(body, 0);
	ck_says("reason       body: ", 0);
	operator("dead show %s --json", id);
	json = first_line();
	ck_assert_str_eq(json_get_text(json, "id"), id);
	ck_assert_str_eq(json_get_text(json, "state"), "new");
	ck_assert_str_eq(json_get_text(json, "queue"), "tickets.events");
	ck_assert_str_eq(json_get_text(json, "type"), "order.created");
	ck_assert_str_eq(json_get_text(json, "body"), body);
	ck_assert_int_eq(json_get_number(json, "times", 0), 1);
}
END_TEST

START_TEST(status_counts_them_and_says_why)
{
	const char *reason, *oldest;

	poison(token());
	oldest = sql_text("tickets", "SELECT MIN(id) FROM dead_letter WHERE undecided");
	reason = sql_text("tickets", "SELECT reason FROM dead_letter WHERE id = %s", oldest);
	operator("status");
	ck_says(arena_printf(flow_arena, "the oldest, tickets-%s of tickets.events, ", oldest), 1);
	ck_says(arena_printf(flow_arena, ": %s (stagedoor dead list)\n", reason), 1);
}
END_TEST

static bool waits_in_queue(void *before)
{
	return queue_length("tickets", "tickets.dead") > *(int64_t *)before;
}

/* Dead-letters a message with the service's own account, as the service does. */
static void park(const char *body, const char *parking)
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
				.dead_letter_id = parking};
	bool confirmed;

	ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
	ck_assert(confirmed);
	bus_free(bus);
}

START_TEST(status_counts_what_is_still_in_the_queue)
{
	int64_t before = 0;

	part_stop("tickets-events");
	park(token(), "1");
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

static bool has_been_parked(void *body)
{
	return queue_is_moved(NULL) && rows_with("tickets", body) == 1;
}

/* A message that comes twice with the same parking is what a crash between commit and ack leaves. */
START_TEST(a_repeated_dead_letter_is_one_row)
{
	const char *body = token(), *id;

	park(body, "one");
	park(body, "one");
	ck_assert(wait_until(10000, has_been_parked, (void *)(uintptr_t)body));
	id = arena_printf(flow_arena, "tickets-%s",
			  sql_text("tickets", "SELECT id FROM dead_letter WHERE body = '%s'", body));
	ck_assert_int_eq(times_of(id), 1);
	park(body, "two");
	ck_assert(wait_until(10000, has_failed_again, (void *)(uintptr_t)id));
	operator("dead show %s", id);
	ck_says("failed again", 0);
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

/* The operator's command without its wrapper script, which takes most of the time. */
static const char *command(void)
{
	return arena_printf(flow_arena,
			    "env -i $(cat %s/etc/stagedoor.env) $(. %s/etc/stack.env; echo $BIN)/stagedoor",
			    flow_state(), flow_state());
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

/* Starts the program without its supervisor, which waits a second between two starts. Returns when the
 * program consumes. */
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
	ck_assert_msg(read(ends[0], &byte, 1) == 1, "%s has not started", path);
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

/* A message is in flight at each restart; every second stop is a SIGKILL as soon as the program consumes. */
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

/* Lists the dead letters repeatedly; returns the smallest number that was seen. */
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

START_TEST(listing_and_restarts_lose_no_dead_letter)
{
	const char **bodies = arena_array(flow_arena, (size_t)restarts(), sizeof *bodies);

	for (int i = 0; i < restarts(); i++)
		bodies[i] = token();
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

START_TEST(a_message_that_failed_again_is_recognised)
{
	const char *id = poison(token());

	operator("dead retry %s", id);
	ck_says("1 sent again\n", 0);
	ck_assert(wait_until(10000, has_failed_again, (void *)(uintptr_t)id));
	operator("dead show %s --json", id);
	ck_assert_str_eq(json_get_text(first_line(), "state"), "failed again");
	ck_assert_int_eq(json_get_number(first_line(), "times", 0), 2);
	ck_assert_ptr_nonnull(json_get_text(first_line(), "retriedAt"));
}
END_TEST

/* Changes a setting of the events program of tickets from its next start on. */
static void set_patience(int seconds)
{
	ck_assert_int_eq(system(arena_printf(flow_arena,
					     "sed -i '/EVENT_PATIENCE/d' %s/etc/tickets.env && echo "
					     "STAGEDOOR_EVENT_PATIENCE=%d >>%s/etc/tickets.env",
					     flow_state(), seconds, flow_state())),
			 0);
}

static void refuse_orders(void)
{
	sql_run("tickets",
		"CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON order_replica FOR EACH ROW SIGNAL "
		"SQLSTATE '45000'");
}

static void refuse_no_more(void)
{
	sql_run("tickets", "DROP TRIGGER IF EXISTS refuse");
	ck_assert_int_eq(
	    system(arena_printf(flow_arena, "sed -i '/EVENT_PATIENCE/d' %s/etc/tickets.env", flow_state())),
	    0);
	part_stop("tickets-events");
	part_start("tickets-events");
}

static const char *orders_[FAILING];

static bool all_are_letters(void *nothing)
{
	int64_t n = 0;

	(void)nothing;
	for (int i = 0; i < FAILING; i++)
		n += sql_number("tickets",
				"SELECT COUNT(*) FROM dead_letter WHERE undecided AND body LIKE "
				"'%%\"subject\":\"%s\"%%'",
				orders_[i]) > 0;
	return n == FAILING;
}

/* How many of the messages blocked the queue for a time. */
static int64_t waited(void)
{
	int64_t n = 0;

	for (int i = 0; i < FAILING; i++)
		n += sql_number("tickets",
				"SELECT COUNT(*) FROM dead_letter WHERE reason NOT LIKE 'failed for 0 s: %%' "
				"AND body LIKE "
				"'%%\"subject\":\"%s\"%%'",
				orders_[i]) > 0;
	return n;
}

/*
 * Orders that the database of tickets rejects, each with its own error: together they block the queue for
 * about the patience of one message. When the cause is removed, they are sent again and handled.
 */
START_TEST(failing_messages_block_for_a_bounded_time_and_are_handled_later)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyers[FAILING];
	const char *tickets[FAILING];

	for (int i = 0; i < FAILING; i++) {
		buyers[i] = visitor_signed_up("Tomasz");
		tickets[i] = sell(seller, "Refused", "5");
	}
	settle(20000);
	set_patience(2);
	part_stop("tickets-events");
	refuse_orders();
	part_stop("expiration-events");
	part_stop("orders-jobs");
	for (int i = 0; i < FAILING; i++) {
		struct answer *a = order(buyers[i], tickets[i]);

		ck_status(a, 201);
		orders_[i] = arena_strdup(flow_arena, text_of(a, "id"));
	}
	part_start("tickets-events");
	ck_assert(wait_until(40000, all_are_letters, NULL));
	ck_assert_int_ge(waited(), 1);
	ck_assert_int_le(waited(), 3);
	refuse_no_more();
	operator("dead retry --all --queue tickets.events --type order.created --reason 'FAILED for' --json");
	ck_says(arena_printf(flow_arena, "{\"sent\":%d}\n", FAILING), 0);
	for (int i = 0; i < FAILING; i++)
		wait_order(buyers[i], orders_[i], "awaiting_payment", 10000);
	ck_assert_int_eq(
	    sql_number("tickets",
		       "SELECT COUNT(*) FROM dead_letter WHERE undecided AND reason LIKE 'failed for%%'"),
	    0);
	part_start("expiration-events");
	part_start("orders-jobs");
	settle(30000);
}
END_TEST

/* Inserts rows of dead letters that cannot be decoded; they fail again whenever they are sent. */
static void put_many(const char *reason)
{
	sql_run("tickets",
		"INSERT INTO dead_letter (digest, queue, message_id, type, reason, encoded, body, parked_at, "
		"last_at) "
		"SELECT SHA2(CONCAT(LENGTH(queue), ':', queue, ';', LENGTH(message_id), ':', message_id, "
		"';', LENGTH(type), ':', "
		"type, ';', body), 256), queue, message_id, type, '%s', FALSE, body, UTC_TIMESTAMP(6), "
		"UTC_TIMESTAMP(6) FROM "
		"(SELECT 'tickets.events' queue, 'many' message_id, 'order.created' type, CONCAT('%s ', seq) "
		"body FROM "
		"seq_1_to_%d) made",
		reason, reason, MANY);
}

struct many {
	const char *reason;
	int64_t at_least;
};

static int64_t sent_of(const char *reason)
{
	return sql_number(
	    "tickets", "SELECT COUNT(*) FROM dead_letter WHERE body LIKE '%s %%' AND retried_at IS NOT NULL",
	    reason);
}

static bool some_are_sent(void *context)
{
	const struct many *many = context;

	return sent_of(many->reason) >= many->at_least;
}

static bool all_are_back(void *context)
{
	const struct many *many = context;

	return sql_number(
		   "tickets",
		   "SELECT COUNT(*) FROM dead_letter WHERE body LIKE '%s %%' AND undecided AND times >= 2",
		   many->reason) >= many->at_least;
}

static pid_t retry_in_background(const char *reason, const char *rate)
{
	FILE *f =
	    popen(arena_printf(flow_arena, "%s dead retry --all --reason '%s' %s >/dev/null 2>&1 & echo $!",
			       command(), reason, rate),
		  "r");
	int pid = 0;

	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%d", &pid), 1);
	pclose(f);
	return (pid_t)pid;
}

START_TEST(a_killed_retry_loses_nothing)
{
	struct many many = {token(), 0};
	pid_t pid;

	put_many(many.reason);
	for (many.at_least = 40; many.at_least <= 120; many.at_least += 40) {
		pid = retry_in_background(many.reason, "--rate 100/s");
		ck_assert(wait_until(20000, some_are_sent, &many));
		ck_assert_int_eq(kill(pid, SIGKILL), 0);
	}
	ck_assert_int_lt(sent_of(many.reason), MANY);
	many.at_least = sent_of(many.reason);
	ck_assert(wait_until(20000, all_are_back, &many));
	operator("dead retry --all --reason '%s'", many.reason);
	/* rows that have failed once more have another reason */
	ck_assert_int_eq(status, 0);
	many.at_least = MANY;
	ck_assert_msg(
	    wait_until(20000, all_are_back, &many), "%lld of %d are back",
	    (long long)sql_number("tickets",
				  "SELECT COUNT(*) FROM dead_letter WHERE body LIKE '%s %%' AND times >= 2",
				  many.reason),
	    MANY);
	ck_assert_int_eq(
	    sql_number("tickets", "SELECT COUNT(*) FROM dead_letter WHERE body LIKE '%s %%'", many.reason),
	    MANY);
}
END_TEST

static bool one_is_sent(void *reason)
{
	return sent_of(reason) >= 1;
}

static bool both_are_sent(void *reason)
{
	return sent_of(reason) == 2;
}

START_TEST(a_letter_that_is_dropped_meanwhile_does_not_stop_a_retry)
{
	const char *reason = token();

	sql_run("tickets",
		"INSERT INTO dead_letter (digest, queue, message_id, type, reason, encoded, body, parked_at, "
		"last_at) SELECT SHA2(CONCAT('%s', seq), 256), 'tickets.events', 'dropped', 'order.created', "
		"'%s', FALSE, CONCAT('%s ', seq), UTC_TIMESTAMP(6), UTC_TIMESTAMP(6) FROM seq_1_to_3",
		reason, reason, reason);
	retry_in_background(reason, "--rate 1/s");
	ck_assert(wait_until(10000, one_is_sent, (void *)(uintptr_t)reason));
	sql_run("tickets", "DELETE FROM dead_letter WHERE body = '%s 2'", reason);
	ck_assert(wait_until(10000, both_are_sent, (void *)(uintptr_t)reason));
}
END_TEST

static err leave(struct bus_message *m, struct arena *a, void *stop)
{
	(void)m;
	(void)a;
	*(atomic_bool *)stop = true;
	return ERR_UNAVAILABLE;
}

/* A consumer whose connection is closed during a delivery. */
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

/* Cuts as many deliveries as the delivery limit allows, and one more. */
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

/* A message that the broker dead-letters for cut connections is retried once automatically; when the broker
 * dead-letters it again, it is a dead letter. */
START_TEST(a_cut_delivery_is_retried_once)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Cut short", "5"), *id, *body = token();
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

static bool expiration_has(void *body)
{
	return undecided_with("orders", body) == 1;
}

static bool expiration_has_twice(void *body)
{
	return sql_number("orders", "SELECT times FROM dead_letter WHERE body = '%s'", (const char *)body) ==
	       2;
}

/* expiration has no database: orders stores the dead letters of both of its queues. */
START_TEST(dead_letters_of_expiration_are_with_orders)
{
	static const char *const queues[] = {"expiration.events", "expiration.due"};
	struct bus *bus = bus_of("expiration");

	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++) {
		const char *body = token(), *id;
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

static bool is_encoded(void *nothing)
{
	(void)nothing;
	return sql_number(
		   "tickets",
		   "SELECT COUNT(*) FROM dead_letter WHERE message_id = 'bytes' AND undecided AND encoded") ==
	       1;
}

static bool is_encoded_twice(void *nothing)
{
	(void)nothing;
	return sql_number("tickets", "SELECT times FROM dead_letter WHERE message_id = 'bytes'") == 2;
}

/* A body that is not text is kept byte by byte: a second failure finds the same row. A reason is one line. */
START_TEST(binary_bodies_are_kept_unchanged)
{
	static const char bytes[] = "\0\xff\xfe{}\n";
	struct bus *bus = bus_of("tickets");
	struct bus_message m = {.exchange = "stagedoor.tickets.own",
				.routing_key = "tickets.dead",
				.type = "not a type\n\x1b[2J",
				.id = "bytes",
				.body = bytes,
				.body_len = sizeof bytes - 1,
				.queue = "orders.events", /* of another service: ignored */
				.reason = "two\nlines \xff"};
	const char *id;
	bool confirmed;

	ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
	bus_free(bus);
	ck_assert(wait_until(10000, is_encoded, NULL));
	id = sql_text("tickets", "SELECT id FROM dead_letter WHERE message_id = 'bytes'");
	operator("dead show tickets-%s", id);
	ck_says("AP_-e30K\n", 0);
	ck_says("queue        tickets.events\n", 0);
	ck_says("reason       two?lines ?\n", 0);
	ck_says("type         not a type??[2J\n", 0);
	/* sent again with the bytes of the row, and matched to the row when it fails again */
	operator("dead retry tickets-%s", id);
	ck_says("1 sent again\n", 0);
	ck_assert(
	    wait_until(10000, has_failed_again, (void *)(uintptr_t)arena_printf(flow_arena, "-%s", id)));
	operator("dead drop tickets-%s", id);
	ck_says("1 dropped\n", 0);
	ck_assert_int_eq(sql_number("tickets", "SELECT COUNT(*) FROM dead_letter WHERE message_id = 'bytes'"),
			 0);
	m.type = "plain";
	bus = bus_of("tickets");
	ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
	bus_free(bus);
	ck_assert(wait_until(10000, is_encoded, NULL));
	id = sql_text("tickets", "SELECT id FROM dead_letter WHERE message_id = 'bytes'");
	operator("dead retry tickets-%s", id);
	ck_says("1 sent again\n", 0);
	ck_assert(wait_until(10000, is_encoded_twice, NULL));
}
END_TEST

/* Each filter, alone and combined. Without a match, list prints a sentence and retry sends nothing. */
START_TEST(filters_select)
{
	const char *body = token(), *id = poison(body);
	static const char *const misses[] = {"--queue tickets.dead", "--type order.updated",
					     "--reason nonsense", "--since 2100-01-01T00:00:00Z",
					     "--queue orders.events --type order.created"};
	static const char *const hits[] = {
	    "--queue tickets.events", "--type order.created", "--reason 'BODY:'", "--since 1h",
	    "--queue=tickets.events --type=order.created --since=5min --reason=body"};

	for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) {
		operator("dead list --json %s", misses[i]);
		ck_assert_msg(strstr(said, arena_printf(flow_arena, "\"%s\"", id)) == NULL && status == 0,
			      "%s: %s", misses[i], said);
	}
	for (size_t i = 0; i < sizeof hits / sizeof *hits; i++) {
		operator("dead list --json %s", hits[i]);
		ck_says(arena_printf(flow_arena, "\"%s\"", id), 0);
	}
	operator("dead list --reason nonsense");
	ck_assert_str_eq(said, "There is no such dead letter.\n");
	operator("dead retry --all --reason nonsense");
	ck_assert_str_eq(said, "0 sent again\n");
}
END_TEST

static const struct {
	const char *words, *sentence;
	int status;
} misuses[] = {
    {"show", "stagedoor: dead show: say of what: ID\n", 2},
    {"show 17", "stagedoor: 17 is no id of a dead letter, such as orders-17 (stagedoor dead list)\n", 1},
    {"show orders-0",
     "stagedoor: orders-0 is no id of a dead letter, such as orders-17 (stagedoor dead list)\n", 1},
    {"show expiration-1",
     "stagedoor: expiration-1 is no id of a dead letter, such as orders-17 (stagedoor dead list)\n", 1},
    {"show orders-99999999999", "stagedoor: there is no dead letter orders-99999999999\n", 1},
    {"drop", "stagedoor: dead drop: say of what: ID\xe2\x80\xa6\n", 2},
    {"drop auth-7", "stagedoor: there is no dead letter auth-7\n0 dropped\n", 1},
    {"retry", "stagedoor: dead retry: say which: ids, or --all\n", 2},
    {"retry --all orders-1", "stagedoor: dead retry: either ids, or --all\n", 2},
    {"retry orders-1 --queue orders.events",
     "stagedoor: dead retry: --queue, --type, --reason and --since go with --all\n", 2},
    {"retry --all --rate fast",
     "stagedoor: dead retry: --rate takes how many a second, from 1 to 1000000, such as 100/s\n", 2},
    {"list --since never",
     "stagedoor: dead list: --since takes a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, "
     "1h, 2d\n",
     2},
    {"list --all", "stagedoor: dead list: --all is no option of this command\n", 2},
    {"list orders", "stagedoor: dead list: it takes no further words\n", 2},
};

START_TEST(what_is_wrong_is_said)
{
	operator("dead %s", misuses[_i].words);
	ck_assert_str_eq(said, misuses[_i].sentence);
	ck_assert_int_eq(status, misuses[_i].status);
}
END_TEST

START_TEST(without_the_broker_nothing_is_lost)
{
	const char *id = poison(token());

	part_stop("broker");
	operator("dead list --since 1min");
	ck_says(id, 0);
	operator("dead retry %s", id);
	ck_says("stagedoor: the broker is away, or refuses it: what was not sent is as it was; run it "
		"again\n0 sent again\n",
		1);
	part_start("broker");
	operator("dead show %s --json", id);
	ck_assert_str_eq(json_get_text(first_line(), "state"), "new");
}
END_TEST

/* Deletes what the tests have left, for the suites that follow. */
static void forget(void)
{
	for (size_t i = 0; services_with_database[i] != NULL; i++)
		sql_run(services_with_database[i],
			"DELETE FROM dead_letter WHERE body LIKE 'poison %%' OR message_id = 'bytes'");
	flow_end();
}

static void end(void)
{
	refuse_no_more();
	flow_end();
}

Suite *dead_suite(void)
{
	Suite *s = suite_create("dead");
	TCase *t = tcase_create("dead"), *own_reasons = tcase_create("own reasons");

	tcase_set_timeout(t, 180);
	tcase_add_checked_fixture(t, flow_begin, forget);
	tcase_add_test(t, undecodable_messages_are_listed_with_their_reason);
	tcase_add_test(t, status_counts_them_and_says_why);
	tcase_add_test(t, status_counts_what_is_still_in_the_queue);
	tcase_add_test(t, a_repeated_dead_letter_is_one_row);
	tcase_add_test(t, a_message_that_failed_again_is_recognised);
	tcase_add_test(t, dead_letters_of_expiration_are_with_orders);
	tcase_add_test(t, binary_bodies_are_kept_unchanged);
	tcase_add_test(t, filters_select);
	tcase_add_loop_test(t, what_is_wrong_is_said, 0, (int)(sizeof misuses / sizeof *misuses));
	tcase_add_test(t, a_cut_delivery_is_retried_once);
	tcase_add_test(t, a_killed_retry_loses_nothing);
	tcase_add_test(t, a_letter_that_is_dropped_meanwhile_does_not_stop_a_retry);
	tcase_add_test(t, listing_and_restarts_lose_no_dead_letter);
	tcase_add_test(t, without_the_broker_nothing_is_lost);
	suite_add_tcase(s, t);
	tcase_set_timeout(own_reasons, 120);
	tcase_add_checked_fixture(own_reasons, flow_begin, end);
	tcase_add_test(own_reasons, failing_messages_block_for_a_bounded_time_and_are_handled_later);
	suite_add_tcase(s, own_reasons);
	return s;
}
