/* Options of the operator's command. */
#include "apps/stagedoor/options.h"
#include "common/base/clock.h"
#include "tests/unit/suites.h"
#include <string.h>

enum { ALL = (1U << OPTION_NUMBER_json << 1) - 1, MESSAGE = 8 };

static struct arena *arena;
static struct options got;
static const char *problem;
static const when now = {INT64_C(1800000000) * SECOND};

static void set_up(void)
{
	arena = arena_new();
	problem = NULL;
}

static void tear_down(void)
{
	arena_free(arena);
}

/* The line is split at each space. */
static err reading(unsigned allowed, const char *line)
{
	const char *argv[MESSAGE + 1] = {NULL};
	char *rest = arena_strdup(arena, line);

	for (size_t i = 0; i < MESSAGE && rest != NULL && *line != '\0'; i++)
		argv[i] = strsep(&rest, " ");
	return options_read(arena, allowed, now, argv, &got, &problem);
}

START_TEST(options_and_operands_come_in_any_order)
{
	ck_assert_int_eq(reading(ALL, "orders-17 --queue orders.events --json --rate=50/s orders-18"), OK);
	ck_assert_str_eq(got.queue, "orders.events");
	ck_assert(got.json && !got.all);
	ck_assert_int_eq(got.rate, 50);
	ck_assert_uint_eq(got.count, 2);
	ck_assert_str_eq(got.operands[0], "orders-17");
	ck_assert_str_eq(got.operands[1], "orders-18");
	ck_assert_ptr_null(got.operands[2]);
}
END_TEST

START_TEST(an_option_that_is_not_given_is_null)
{
	ck_assert_int_eq(reading(ALL, ""), OK);
	ck_assert(!got.json && !got.all && got.queue == NULL && got.type == NULL && got.reason == NULL);
	ck_assert(got.rate == 0 && got.since.v == 0 && got.count == 0);
}
END_TEST

START_TEST(two_dashes_end_the_options)
{
	ck_assert_int_eq(reading(ALL, "-- --json"), OK);
	ck_assert(!got.json);
	ck_assert_str_eq(got.operands[0], "--json");
}
END_TEST

static const struct {
	const char *text;
	int64_t seconds; /* before now */
} moments[] = {{"90s", 90},
	       {"30min", 1800},
	       {"30m", 1800},
	       {"1h", 3600},
	       {"2d", 172800},
	       {"0s", 0},
	       {"2027-01-15T08:00:00Z", 0},
	       {"2027-01-15T08:30:00+01:00", 1800},
	       {"999999999s", 999999999}};

START_TEST(a_moment_is_a_time_or_how_long_ago)
{
	ck_assert_int_eq(reading(ALL, arena_printf(arena, "--since %s", moments[_i].text)), OK);
	ck_assert_int_eq(got.since.v, now.v - moments[_i].seconds * SECOND);
}
END_TEST

static const struct {
	const char *line, *problem;
} wrongs[] = {
    {"--sicne 1h", "--sicne is no option of this command"},
    {"--json=yes", "--json takes no value"},
    {"--json --json", "--json is given twice"},
    {"--queue", "--queue needs a value: a text of one line, at most 300 characters"},
    {"--queue=", "--queue takes a text of one line, at most 300 characters"},
    {"--queue=\xff", "--queue takes a text of one line, at most 300 characters"},
    {"--since",
     "--since needs a value: a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    {"--since yesterday",
     "--since takes a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    {"--since 12", "--since takes a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    {"--since h", "--since takes a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    {"--since 999999999d",
     "--since takes a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    {"--since 9999999999s",
     "--since takes a time such as 2026-12-03T19:30:00Z, or how long ago: 90s, 30min, 1h, 2d"},
    {"--rate 0", "--rate takes how many a second, from 1 to 1000000, such as 100/s"},
    {"--rate -1", "--rate takes how many a second, from 1 to 1000000, such as 100/s"},
    {"--rate 10/h", "--rate takes how many a second, from 1 to 1000000, such as 100/s"},
    {"--rate 1000001", "--rate takes how many a second, from 1 to 1000000, such as 100/s"},
};

START_TEST(what_is_wrong_is_said_in_a_sentence)
{
	ck_assert_int_eq(reading(ALL, wrongs[_i].line), ERR_INVALID);
	ck_assert_str_eq(problem, wrongs[_i].problem);
}
END_TEST

START_TEST(an_option_of_another_command_is_refused)
{
	ck_assert_int_eq(reading(OPTION_BIT(json), "--json"), OK);
	ck_assert_int_eq(reading(OPTION_BIT(json), "--all"), ERR_INVALID);
	ck_assert_str_eq(problem, "--all is no option of this command");
	ck_assert_str_eq(options_usage(arena, OPTION_BIT(queue) | OPTION_BIT(json)),
			 "[--queue QUEUE] [--json]");
	ck_assert_str_eq(options_usage(arena, 0), "");
}
END_TEST

Suite *options_suite(void)
{
	Suite *s = suite_create("options");
	TCase *t = tcase_create("options");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_test(t, options_and_operands_come_in_any_order);
	tcase_add_test(t, an_option_that_is_not_given_is_null);
	tcase_add_test(t, two_dashes_end_the_options);
	tcase_add_loop_test(t, a_moment_is_a_time_or_how_long_ago, 0,
			    (int)(sizeof moments / sizeof *moments));
	tcase_add_loop_test(t, what_is_wrong_is_said_in_a_sentence, 0, (int)(sizeof wrongs / sizeof *wrongs));
	tcase_add_test(t, an_option_of_another_command_is_refused);
	suite_add_tcase(s, t);
	return s;
}
