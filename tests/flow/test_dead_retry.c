/* stagedoor dead retry sends dead letters again: those that fail once more are told apart, none is lost. */
#include "tests/flow/test_dead.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 400, FAILING = 12 };

START_TEST(one_that_failed_again_is_told_apart)
{
	const char *id = poison(new_body());

	operator("dead retry %s", id);
	ck_says("1 sent again\n", 0);
	ck_assert(wait_until(10000, has_failed_again, (void *)(uintptr_t)id));
	operator("dead show %s --json", id);
	ck_assert_str_eq(json_get_text(first_line(), "state"), "failed again");
	ck_assert_int_eq(json_get_number(first_line(), "times", 0), 2);
	ck_assert_ptr_nonnull(json_get_text(first_line(), "retriedAt"));
}
END_TEST

/* Letters that nobody can read, as rows; they come back whenever they are sent. */
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

START_TEST(a_retry_that_is_killed_loses_none)
{
	struct many many = {new_body(), 0};
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
	/* what has failed once more has another reason */
	ck_assert_int_eq(operator_status, 0);
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

START_TEST(one_that_is_dropped_meanwhile_holds_up_no_other)
{
	const char *reason = new_body();

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

START_TEST(without_the_broker_nothing_is_lost)
{
	const char *id = poison(new_body());

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

TCase *dead_retry_case(void)
{
	TCase *t = tcase_create("retry");

	tcase_set_timeout(t, 180);
	tcase_add_checked_fixture(t, flow_begin, dead_end);
	tcase_add_test(t, one_that_failed_again_is_told_apart);
	tcase_add_test(t, a_retry_that_is_killed_loses_none);
	tcase_add_test(t, one_that_is_dropped_meanwhile_holds_up_no_other);
	tcase_add_test(t, without_the_broker_nothing_is_lost);
	return t;
}

/* A setting of the events program of tickets, from its next start on. */
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

/* How many of them held up the queue. */
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
 * Orders that the database of tickets refuses, each for its own reason: together they hold up the queue
 * for about the patience of one. Once the reason is gone, they are sent again and go through.
 */
START_TEST(what_fails_for_its_own_reasons_is_bounded_and_goes_through_later)
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

static void end(void)
{
	refuse_no_more();
	flow_end();
}

TCase *dead_own_reasons_case(void)
{
	TCase *t = tcase_create("own reasons");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, end);
	tcase_add_test(t, what_fails_for_its_own_reasons_is_bounded_and_goes_through_later);
	return t;
}
