/* What holds back floods, on a stack with LIMITS=on: the second half of defect 11. */
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <unistd.h>

enum { FREE_TRIES = 5, FLOOD = 120 };

static struct answer *sign_in(const char *address, const char *secret)
{
	return api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		   address, secret);
}

static struct answer *after_wrong_ones(const char *address, const char *secret)
{
	for (int i = 0; i < FREE_TRIES; i++)
		ck_status(sign_in(address, "not the password"), 400);
	return sign_in(address, secret);
}

/* The delay grows with each failure and is never a lock: who waits as told gets in with the right password.
 */
START_TEST(defect_11_guessing_passwords_is_slowed_down)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a = after_wrong_ones(v->email, v->password);
	int wait;

	ck_status(a, 429);
	wait = atoi(header_of(a, "Retry-After"));
	ck_assert_int_ge(wait, 1);
	ck_assert_int_le(wait, 60);
	sleep((unsigned)wait + 1);
	ck_status(sign_in(v->email, v->password), 200);
}
END_TEST

/* An address without an account is slowed down just the same, so that nothing is learnt of who has one. */
START_TEST(unknown_accounts_are_slowed_down_alike)
{
	struct answer *a = after_wrong_ones(arena_printf(flow_arena, "nobody.%d@example.com", (int)getpid()),
					    "whatever it is");

	ck_status(a, 429);
	ck_assert_int_ge(atoi(header_of(a, "Retry-After")), 1);
}
END_TEST

/* A flood from one address is answered by nginx, as a problem that says when to come back; reads go on. */
START_TEST(a_flood_of_sign_ins_is_429)
{
	int refused = 0;

	for (int i = 0; i < FLOOD; i++) {
		struct answer *a = api(visitor_new(), "POST", "/api/users/signin", "{}");

		ck_assert_msg(a->status == 400 || a->status == 429, "%d", a->status);
		if (a->status != 429)
			continue;
		refused++;
		ck_assert_str_ne(header_of(a, "Retry-After"), "");
		ck_assert_int_eq((int)number_of(a, "status", 0), 429);
	}
	ck_assert_msg(refused > 0, "none of %d was refused", FLOOD);
	ck_status(api_get(visitor_new(), "/api/tickets"), 200);
}
END_TEST

Suite *limits_suite(void)
{
	Suite *s = suite_create("limits");
	TCase *t = tcase_create("limits");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, defect_11_guessing_passwords_is_slowed_down);
	tcase_add_test(t, unknown_accounts_are_slowed_down_alike);
	tcase_add_test(t, a_flood_of_sign_ins_is_429);
	suite_add_tcase(s, t);
	return s;
}
