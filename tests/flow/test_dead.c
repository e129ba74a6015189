/* What the operator is told of dead letters by stagedoor status, dead list and dead show, and the options and
 * errors of stagedoor dead. */
#include "tests/flow/test_dead.h"
#include "common/base/clock.h"
#include "tests/flow/suites.h"
#include <string.h>
#include <unistd.h>

const char *operator_said;
int operator_status;

const struct json_t *first_line(void)
{
	struct json_t *json;

	ck_assert_msg(json_parse(flow_arena, operator_said, strcspn(operator_said, "\n"), &json) == OK, "%s",
		      operator_said);
	return json;
}

const char *command(void)
{
	return arena_printf(flow_arena,
			    "env -i $(cat %s/etc/stagedoor.env) $(. %s/etc/stack.env; echo $BIN)/stagedoor",
			    flow_state(), flow_state());
}

const char *new_body(void)
{
	static int count;

	return arena_printf(flow_arena, "poison %d of %d at %lld", ++count, (int)getpid(),
			    (long long)clock_steady());
}

int64_t undecided_with(const char *service, const char *body)
{
	return sql_number(service, "SELECT COUNT(*) FROM dead_letter WHERE body = '%s' AND undecided", body);
}

static bool is_a_letter(void *body)
{
	return undecided_with("tickets", body) == 1;
}

const char *poison(const char *body)
{
	event_send("orders", "order.created", body);
	ck_assert(wait_until(10000, is_a_letter, (void *)(uintptr_t)body));
	return arena_printf(
	    flow_arena, "tickets-%lld",
	    (long long)sql_number("tickets", "SELECT id FROM dead_letter WHERE body = '%s'", body));
}

int64_t times_of(const char *id)
{
	return sql_number("tickets", "SELECT times FROM dead_letter WHERE id = %s", strchr(id, '-') + 1);
}

bool has_failed_again(void *id)
{
	return times_of(id) == 2;
}

void dead_end(void)
{
	for (size_t i = 0; services_with_database[i] != NULL; i++)
		sql_run(services_with_database[i],
			"DELETE FROM dead_letter WHERE body LIKE 'poison %%' OR message_id = 'bytes'");
	flow_end();
}

START_TEST(what_cannot_be_read_is_listed_with_its_reason)
{
	const char *body = new_body(), *id = poison(body);
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

	poison(new_body());
	oldest = sql_text("tickets", "SELECT MIN(id) FROM dead_letter WHERE undecided");
	reason = sql_text("tickets", "SELECT reason FROM dead_letter WHERE id = %s", oldest);
	operator("status");
	ck_says(arena_printf(flow_arena, "the oldest, tickets-%s of tickets.events, ", oldest), 1);
	ck_says(arena_printf(flow_arena, ": %s (stagedoor dead list)\n", reason), 1);
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
	const char *body = new_body(), *id = poison(body);
	static const char *const misses[] = {"--queue tickets.dead", "--type order.updated",
					     "--reason nonsense", "--since 2100-01-01T00:00:00Z",
					     "--queue orders.events --type order.created"};
	static const char *const hits[] = {
	    "--queue tickets.events", "--type order.created", "--reason 'BODY:'", "--since 1h",
	    "--queue=tickets.events --type=order.created --since=5min --reason=body"};

	for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) {
		operator("dead list --json %s", misses[i]);
		ck_assert_msg(strstr(operator_said, arena_printf(flow_arena, "\"%s\"", id)) == NULL &&
				  operator_status == 0,
			      "%s: %s", misses[i], operator_said);
	}
	for (size_t i = 0; i < sizeof hits / sizeof *hits; i++) {
		operator("dead list --json %s", hits[i]);
		ck_says(arena_printf(flow_arena, "\"%s\"", id), 0);
	}
	operator("dead list --reason nonsense");
	ck_assert_str_eq(operator_said, "There is no such dead letter.\n");
	operator("dead retry --all --reason nonsense");
	ck_assert_str_eq(operator_said, "0 sent again\n");
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
	ck_assert_str_eq(operator_said, misuses[_i].sentence);
	ck_assert_int_eq(operator_status, misuses[_i].status);
}
END_TEST

static TCase *dead_case(void)
{
	TCase *t = tcase_create("dead");

	tcase_set_timeout(t, 180);
	tcase_add_checked_fixture(t, flow_begin, dead_end);
	tcase_add_test(t, what_cannot_be_read_is_listed_with_its_reason);
	tcase_add_test(t, status_counts_them_and_says_why);
	tcase_add_test(t, binary_bodies_are_kept_unchanged);
	tcase_add_test(t, filters_select);
	tcase_add_loop_test(t, what_is_wrong_is_said, 0, (int)(sizeof misuses / sizeof *misuses));
	return t;
}

Suite *dead_suite(void)
{
	Suite *s = suite_create("dead");

	suite_add_tcase(s, dead_case());
	suite_add_tcase(s, dead_store_case());
	suite_add_tcase(s, dead_retry_case());
	suite_add_tcase(s, dead_own_reasons_case());
	return s;
}
