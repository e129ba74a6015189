/* Messages that fail for their own reasons block the others for a bounded total time. */
#include "common/app/patience.h"
#include "common/base/clock.h"
#include "tests/unit/suites.h"

enum { BUDGET_S = 60, TRY_MS = 1500 };

static struct patience p;
static int64_t now;
static unsigned messages;

static void set_up(void)
{
	p = patience_make(BUDGET_S * SECOND);
	now = 1000 * SECOND;
	messages = 0;
}

/* A message that fails until its time is used up; returns how long it blocked the queue. */
static int64_t fail_one(void)
{
	event_id id = {{1, (uint8_t)(messages >> 8), (uint8_t)messages}};
	int64_t begun = now;

	messages++;
	while (patience_lasts(&p, id, now))
		now += TRY_MS * 1000;
	ck_assert_int_eq(p.waited, now - begun);
	return now - begun;
}

START_TEST(one_is_tried_for_the_whole_budget)
{
	int64_t held_up = fail_one();

	ck_assert_int_ge(held_up, BUDGET_S * SECOND);
	ck_assert_int_le(held_up, BUDGET_S * SECOND + TRY_MS * 1000);
}
END_TEST

START_TEST(a_thousand_in_a_row_cost_little_more_than_one)
{
	int64_t held_up = 0;

	for (int i = 0; i < 1000; i++) {
		held_up += fail_one();
		now += 2000; /* dead-lettering takes time, too */
	}
	ck_assert_int_le(held_up, (BUDGET_S + 3) * SECOND);
}
END_TEST

/* One message in ten fails, for an hour: the budget once, and a tenth of the time. */
START_TEST(between_others_they_cost_a_tenth_of_the_time)
{
	int64_t end = now + 3600 * SECOND, held_up = 0;

	while (now < end) {
		held_up += fail_one();
		patience_rests(&p);
		now += SECOND / 10;
	}
	ck_assert_int_le(held_up, BUDGET_S * SECOND + 3600 * SECOND / 10);
	ck_assert_int_ge(held_up, BUDGET_S * SECOND);
}
END_TEST

START_TEST(the_budget_comes_back)
{
	fail_one();
	ck_assert_int_eq(fail_one(), 0);
	now += 10 * (BUDGET_S + 2) * SECOND;
	ck_assert_int_ge(fail_one(), BUDGET_S * SECOND);
}
END_TEST

/* The same event again, much later: it has not been failing all that time. */
START_TEST(time_between_attempts_does_not_count)
{
	event_id id = {{7}};

	ck_assert(patience_lasts(&p, id, now));
	patience_rests(&p);
	ck_assert(patience_lasts(&p, id, now + 3600 * SECOND));
	ck_assert_int_eq(p.waited, 0);
}
END_TEST

START_TEST(without_a_budget_nothing_waits)
{
	p = patience_make(0);
	ck_assert_int_eq(fail_one(), 0);
	now += 3600 * SECOND;
	ck_assert_int_eq(fail_one(), 0);
}
END_TEST

Suite *patience_suite(void)
{
	Suite *s = suite_create("patience");
	TCase *t = tcase_create("patience");

	tcase_add_checked_fixture(t, set_up, NULL);
	tcase_add_test(t, one_is_tried_for_the_whole_budget);
	tcase_add_test(t, a_thousand_in_a_row_cost_little_more_than_one);
	tcase_add_test(t, between_others_they_cost_a_tenth_of_the_time);
	tcase_add_test(t, the_budget_comes_back);
	tcase_add_test(t, time_between_attempts_does_not_count);
	tcase_add_test(t, without_a_budget_nothing_waits);
	suite_add_tcase(s, t);
	return s;
}
