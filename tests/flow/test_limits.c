/* Protection against floods, on a stack with LIMITS=on: the second half of defect 11. */
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <string.h>
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

/* The delay grows with each failure and is never a permanent lock: after the wait the right password is
 * accepted. */
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

/* An email address without an account is slowed down in the same way, so the answers do not reveal which
 * addresses have accounts. */
START_TEST(unknown_accounts_are_slowed_down_equally)
{
	struct answer *a = after_wrong_ones(arena_printf(flow_arena, "nobody.%d@example.com", (int)getpid()),
					    "whatever it is");

	ck_status(a, 429);
	ck_assert_int_ge(atoi(header_of(a, "Retry-After")), 1);
}
END_TEST

/* nginx answers a flood from one address with a problem and Retry-After; reads are not limited. */
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

/* The failures so far, and the delay in seconds that they cause: it doubles up to a maximum. */
static const struct {
	int failures, seconds;
} delays[] = {{0, 0}, {3, 0}, {4, 1}, {5, 2}, {6, 4}, {7, 8}, {8, 16}, {9, 32}, {10, 60}, {11, 60}, {70, 60}};

START_TEST(the_delay_doubles_up_to_a_minute)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *subject =
	    arena_printf(flow_arena, "subject = CONCAT('account:', SHA2('%s', 256))", v->email);

	ck_status(sign_in(v->email, "not the password"), 400);
	for (size_t i = 0; i < sizeof delays / sizeof *delays; i++) {
		sql_run("auth",
			"UPDATE sign_in_attempt SET failures = %d, allowed_at = UTC_TIMESTAMP(6) WHERE %s",
			delays[i].failures, subject);
		ck_status(sign_in(v->email, "not the password"), 400);
		ck_assert_int_eq(
		    sql_number(
			"auth",
			"SELECT TIMESTAMPDIFF(SECOND, last_at, allowed_at) FROM sign_in_attempt WHERE %s",
			subject),
		    delays[i].seconds);
	}
}
END_TEST

enum { CONNECTIONS = 64 };

static int asked_from_here(void *ret_answer)
{
	static const char ask[] = "GET /api/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
	const char *answer = raw(ask, sizeof ask - 1, 5000);

	if (ret_answer != NULL)
		*(const char **)ret_answer = answer;
	return raw_status(answer);
}

static bool is_refused(void *answer)
{
	return asked_from_here(answer) == 429;
}

static bool is_served(void *answer)
{
	return asked_from_here(answer) == 200;
}

/* A request whose body never arrives occupies its connection: an address has a limited number of them. The
 * other tests of this suite use their own addresses. */
START_TEST(an_address_has_64_connections)
{
	static const char slow[] =
	    "GET /api/tickets HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 2000\r\n\r\n";
	const char *answer = "";
	int fds[CONNECTIONS];

	for (int i = 0; i < CONNECTIONS - 1; i++)
		fds[i] = raw_begin(slow);
	ck_assert_int_eq(asked_from_here(NULL), 200);
	fds[CONNECTIONS - 1] = raw_begin(slow);
	ck_assert(wait_until(2000, is_refused, &answer));
	ck_assert_ptr_nonnull(strstr(answer, "Retry-After: "));
	ck_status(api_get(visitor_new(), "/api/tickets"), 200);
	for (int i = 0; i < CONNECTIONS; i++)
		close(fds[i]);
	ck_assert(wait_until(2000, is_served, NULL));
}
END_TEST

Suite *limits_suite(void)
{
	Suite *s = suite_create("limits");
	TCase *t = tcase_create("limits");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, defect_11_guessing_passwords_is_slowed_down);
	tcase_add_test(t, unknown_accounts_are_slowed_down_equally);
	tcase_add_test(t, the_delay_doubles_up_to_a_minute);
	tcase_add_test(t, an_address_has_64_connections);
	tcase_add_test(t, a_flood_of_sign_ins_is_429);
	suite_add_tcase(s, t);
	return s;
}
