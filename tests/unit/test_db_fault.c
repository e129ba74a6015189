/* Errors, delays and connection losses of the database: with a real server behind a proxy that can cut
 * connections. */
#include "common/base/clock.h"
#include "tests/unit/test_db.h"
#include "tests/unit/test_db_wire.h"
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

struct swap {
	struct db *db;
	ticket_id first, second;
	pthread_barrier_t *both;
	int attempts;
	err result;
};

static err touch(struct db *on, ticket_id id)
{
	struct seat_row row;
	err e = seat_by_id(on, &(struct seat_by_id_in){.id = id}, &row);

	if (e != OK)
		return e;
	return seat_rename(on, &(struct seat_rename_in){.title = {NULL}, .id = id, .version = row.version});
}

static err swap_work(struct db *on, void *context)
{
	struct swap *s = context;
	err e = touch(on, s->first);

	if (s->attempts++ == 0)
		pthread_barrier_wait(s->both);
	return e == OK ? touch(on, s->second) : e;
}

static void *swap_run(void *context)
{
	struct swap *s = context;

	s->result = db_transaction(s->db, swap_work, s);
	return NULL;
}

START_TEST(deadlock_is_run_again)
{
	ticket_id x = add_seat(own, NULL), y = add_seat(own, NULL);
	pthread_barrier_t both;
	struct db *other = db_other();
	struct arena *others = arena_new();
	struct swap a = {own, x, y, &both, 0, ERR_BUG}, b = {other, y, x, &both, 0, ERR_BUG};
	struct seat_row row;
	pthread_t thread;

	db_use(other, others);
	pthread_barrier_init(&both, NULL, 2);
	ck_assert_int_eq(pthread_create(&thread, NULL, swap_run, &a), 0);
	swap_run(&b);
	pthread_join(thread, NULL);
	ck_assert_int_eq(a.result, OK);
	ck_assert_int_eq(b.result, OK);
	ck_assert_int_ge(a.attempts + b.attempts, 3);
	ck_assert_int_eq(seat_by_id(own, &(struct seat_by_id_in){.id = x}, &row), OK);
	ck_assert_int_eq(row.version.v, 3);
	arena_free(others);
}
END_TEST

static void *hold_and_commit(void *holder)
{
	const char *problem;

	sleep(6);
	ck_assert_int_eq(db_execute(holder, "COMMIT", &problem), OK);
	return NULL;
}

struct attempts {
	ticket_id id;
	struct db *victim;
	int count;
	bool swallow;
};

static err add_then_touch(struct db *on, void *context)
{
	struct attempts *t = context;
	err e;

	t->count++;
	add_seat(on, NULL);
	e = touch(on, t->id);
	return t->swallow ? OK : e;
}

/* error 1205 rolls back the statement only: earlier statements must not run twice */
static void wait_for_a_lock(bool swallow)
{
	struct attempts t = {.id = add_seat(own, NULL), .swallow = swallow};
	struct db *holder = db_other();
	struct arena *holders = arena_new();
	pthread_t thread;

	say(holder, "START TRANSACTION");
	say(holder, "UPDATE seat_row SET version = version");
	db_use(holder, holders);
	ck_assert_int_eq(pthread_create(&thread, NULL, hold_and_commit, holder), 0);
	ck_assert_int_eq(db_transaction(own, add_then_touch, &t), OK);
	pthread_join(thread, NULL);
	ck_assert_int_eq(t.count, 2);
	ck_assert_int_eq(count_seats(), 2);
	arena_free(holders);
}

START_TEST(lock_wait_is_run_again)
{
	wait_for_a_lock(false);
}
END_TEST

START_TEST(swallowed_error_does_not_commit)
{
	wait_for_a_lock(true);
}
END_TEST

static err add_then_die(struct db *on, void *context)
{
	struct attempts *t = context;

	add_seat(on, NULL);
	if (t->count++ == 0)
		kill_connection_of(on);
	return OK;
}

static err add_then_die_then_go_on(struct db *on, void *context)
{
	struct row_count answer;
	err e = add_then_die(on, context);

	return e == OK ? seat_count(on, &(struct seat_count_in){0}, &answer) : e;
}

START_TEST(killed_in_a_transaction_is_run_again)
{
	struct attempts t = {0};

	ck_assert_int_eq(db_transaction(own, add_then_die_then_go_on, &t), OK);
	ck_assert_int_eq(t.count, 2);
	ck_assert_int_eq(count_seats(), 1);
}
END_TEST

START_TEST(killed_before_the_commit_is_run_again)
{
	struct attempts t = {0};

	ck_assert_int_eq(db_transaction(own, add_then_die, &t), OK);
	ck_assert_int_eq(t.count, 2);
	ck_assert_int_eq(count_seats(), 1);
}
END_TEST

struct killer {
	struct db *db;
	int64_t connection;
	int attempts;
};

static void *kill_soon(void *context)
{
	const struct killer *k = context;
	char sql[40];
	const char *problem;

	usleep(200000);
	snprintf(sql, sizeof sql, "KILL %lld", (long long)k->connection);
	ck_assert_int_eq(db_execute(k->db, sql, &problem), OK);
	return NULL;
}

static err add_then_nap(struct db *on, void *context)
{
	struct killer *k = context;
	struct row_count answer;

	add_seat(on, NULL);
	return nap(on, &(struct nap_in){.seconds = {k->attempts++ == 0 ? 3 : 0}}, &answer);
}

START_TEST(killed_in_a_query_is_run_again)
{
	struct killer k = {.db = db_other()};
	struct row_count number;
	pthread_t thread;

	ck_assert_int_eq(connection_number(own, &(struct connection_number_in){0}, &number), OK);
	k.connection = number.count.v;
	ck_assert_int_eq(pthread_create(&thread, NULL, kill_soon, &k), 0);
	ck_assert_int_eq(db_transaction(own, add_then_nap, &k), OK);
	pthread_join(thread, NULL);
	ck_assert_int_eq(k.attempts, 2);
	ck_assert_int_eq(count_seats(), 1);
}
END_TEST

static err always_die(struct db *on, void *context)
{
	((struct attempts *)context)->count = 0;
	return add_then_die(on, context);
}

START_TEST(killed_each_time_is_given_up)
{
	struct attempts t = {0};

	ck_assert_int_eq(db_transaction(own, always_die, &t), ERR_UNAVAILABLE);
	ck_assert_int_eq(count_seats(), 0);
}
END_TEST

START_TEST(killed_while_idle_connects_again)
{
	struct row_count before, after;

	ck_assert_int_eq(connection_number(own, &(struct connection_number_in){0}, &before), OK);
	ck_assert_int_eq(count_seats(), 0);
	kill_connection_of(own);
	ck_assert_int_eq(count_seats(), 0);
	ck_assert_int_eq(connection_number(own, &(struct connection_number_in){0}, &after), OK);
	ck_assert_int_ne(before.count.v, after.count.v);
	kill_connection_of(own);
	ck_assert_int_eq(db_transaction(own, add_then_touch, &(struct attempts){.id = add_seat(own, NULL)}),
			 OK);
}
END_TEST

static err add_one(struct db *on, void *context)
{
	(*(int *)context)++;
	add_seat(on, NULL);
	return OK;
}

/* the word as it is in a packet: the isolation level contains it too */
static const char commit[] = "\003COMMIT";

static void lose_commit(enum wire_end then, int64_t rows)
{
	struct db *over = db_over(wire_new(commit, then, true));
	int attempts = 0;

	ck_assert_int_eq(db_transaction(over, add_one, &attempts), ERR_OUTCOME_UNKNOWN);
	ck_assert_int_eq(attempts, 1);
	db_free(over);
	usleep(50000);
	ck_assert_int_eq(count_seats(), rows);
}

START_TEST(commit_lost_on_the_way_there)
{
	lose_commit(CUT_BEFORE, 0);
}
END_TEST

START_TEST(commit_lost_on_the_way_back)
{
	lose_commit(CUT_AFTER, 1);
}
END_TEST

static int64_t seconds_of(err (*act)(struct db *), struct db *on, err expected)
{
	int64_t start = clock_steady();

	ck_assert_int_eq(act(on), expected);
	return (clock_steady() - start) / SECOND;
}

static err count_on(struct db *on)
{
	struct row_count answer;

	return seat_count(on, &(struct seat_count_in){0}, &answer);
}

static err insert_on(struct db *on)
{
	struct seat_row row = {.version = {1}, .title = {"the title"}};

	uuid_new(row.id.b);
	return seat_insert(on, &row, NULL);
}

/* outside a transaction a change may have been made, so it is not repeated */
START_TEST(change_lost_on_the_way_back)
{
	struct db *over = db_over(wire_new("the title", CUT_AFTER, true));

	ck_assert_int_eq(insert_on(over), ERR_OUTCOME_UNKNOWN);
	db_free(over);
	ck_assert_int_eq(count_seats(), 1);
}
END_TEST

/* lost during the preparation: the change was not made */
START_TEST(query_lost_before_it_ran_is_run_again)
{
	struct db *over = db_over(wire_new("SELECT COUNT", CUT_BEFORE, true));

	ck_assert_int_eq(count_on(over), OK);
	db_free(over);
}
END_TEST

START_TEST(no_server)
{
	struct db_settings s = settings;
	struct db *nowhere;
	int attempts = 0;

	s.socket = arena_printf(arena, "%s/stagedoor-nothing-%d", P_tmpdir, (int)getpid());
	nowhere = db_new(&s);
	db_use(nowhere, arena);
	ck_assert_int_eq(seconds_of(db_ping, nowhere, ERR_UNAVAILABLE), 0);
	ck_assert_int_eq(seconds_of(count_on, nowhere, ERR_UNAVAILABLE), 0);
	ck_assert_int_eq(db_transaction(nowhere, add_one, &attempts), ERR_UNAVAILABLE);
	ck_assert_int_eq(attempts, 0);
	db_free(nowhere);
}
END_TEST

/* A server that is stopped with SIGSTOP: the kernel accepts the connection, nobody answers. */
START_TEST(stopped_before_connecting)
{
	struct db *over = db_over(wire_new(NULL, STALL, false));
	int64_t took = seconds_of(count_on, over, ERR_UNAVAILABLE);

	ck_assert_int_le(took, 4);
	db_free(over);
}
END_TEST

START_TEST(stopped_in_a_change)
{
	struct db *over = db_over(wire_new("the title", STALL, true));
	int64_t took = seconds_of(insert_on, over, ERR_OUTCOME_UNKNOWN);

	ck_assert_int_ge(took, 8);
	ck_assert_int_le(took, 13);
	db_free(over);
}
END_TEST

TCase *db_fault_case(void)
{
	TCase *c = tcase_create("faults");

	tcase_add_checked_fixture(c, db_setup, db_teardown);
	tcase_set_timeout(c, 60);
	tcase_add_test(c, deadlock_is_run_again);
	tcase_add_test(c, lock_wait_is_run_again);
	tcase_add_test(c, swallowed_error_does_not_commit);
	tcase_add_test(c, killed_in_a_transaction_is_run_again);
	tcase_add_test(c, killed_in_a_query_is_run_again);
	tcase_add_test(c, killed_before_the_commit_is_run_again);
	tcase_add_test(c, killed_each_time_is_given_up);
	tcase_add_test(c, killed_while_idle_connects_again);
	tcase_add_test(c, commit_lost_on_the_way_there);
	tcase_add_test(c, commit_lost_on_the_way_back);
	tcase_add_test(c, change_lost_on_the_way_back);
	tcase_add_test(c, query_lost_before_it_ran_is_run_again);
	tcase_add_test(c, no_server);
	tcase_add_test(c, stopped_before_connecting);
	tcase_add_test(c, stopped_in_a_change);
	return c;
}
