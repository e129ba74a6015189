/* The start of the stack reports a wrong setting by its name and its allowed values, before it creates
 * anything. */
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <unistd.h>

static const struct wrong {
	const char *setting, *sentence;
} wrongs[] = {
    {"PORT=abc", "PORT=abc must be a number from 1024 to 65530."},
    {"PORT=80", "PORT=80 must be a number from 1024 to 65530."},
    {"HOLD_SECONDS=0", "HOLD_SECONDS=0 must be a number from 1 to 86400."},
    {"HOLD_BUDGET=-1", "HOLD_BUDGET=-1 must be a number from 1 to 100."},
    {"POOL_PROCESSES=65", "POOL_PROCESSES=65 must be a number from 1 to 64."},
    {"POOL_THREADS=x", "POOL_THREADS=x must be a number from 1 to 64."},
    {"LIMITS=perhaps", "LIMITS=perhaps must be on or off."},
    {"CACHE=1", "CACHE=1 must be on or off."},
    {"DEMO=yes", "DEMO=yes must be 0 or 1."},
    {"CURRENCY=dollars", "CURRENCY=dollars must be three capital letters."},
    {"AMQP_VIA=x", "AMQP_VIA=x must be a number from 1024 to 65535."},
    {"DELIVERY_LIMIT=0", "DELIVERY_LIMIT=0 must be a number from 1 to 1000."},
    {"AMQPS_LISTEN=127.0.0.1:5671",
     "AMQPS_LISTEN, AMQPS_CERT and AMQPS_KEY belong together: set all three or none."},
    {"AMQPS_KEY=key.pem", "AMQPS_LISTEN, AMQPS_CERT and AMQPS_KEY belong together: set all three or none."},
    {"STRIPE_SECRET_KEY=sk_x", "STRIPE_SECRET_KEY is set, so STRIPE_WEBHOOK_SECRET must be too."},
    {"STRIPE_API_BASE=ftp://x", "STRIPE_API_BASE=ftp://x is not an http address."},
};

START_TEST(a_wrong_setting_is_reported)
{
	const struct wrong *w = &wrongs[_i];
	const char *state = arena_printf(flow_arena, "%s.wrong", flow_state());
	char said[400] = "";
	FILE *f = popen(arena_printf(flow_arena,
				     "env -u PORT -u DEMO -u LIMITS -u CACHE STATE='%s' '%s' "
				     "deploy/local/stack start 2>&1",
				     state, w->setting),
			"r");

	ck_assert_ptr_nonnull(f);
	said[fread(said, 1, sizeof said - 1, f)] = '\0';
	ck_assert_int_ne(pclose(f), 0);
	ck_assert_str_eq(said, arena_printf(flow_arena, "stack: %s\n", w->sentence));
	ck_assert_int_ne(access(state, F_OK), 0);
}
END_TEST

Suite *settings_suite(void)
{
	Suite *s = suite_create("settings");
	TCase *t = tcase_create("settings");

	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, a_wrong_setting_is_reported, 0, (int)(sizeof wrongs / sizeof *wrongs));
	suite_add_tcase(s, t);
	return s;
}
