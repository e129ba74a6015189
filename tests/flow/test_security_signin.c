/* Signing in does not reveal who has an account, and guessing passwords slows down only the guesser, never
 * the owner. */
#include "common/base/clock.h"
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FREE_TRIES = 5, KINDS = 4, SAMPLES = 13, TIME_CLASS = 3 };

static struct answer *sign_in(struct visitor *v, const char *address, const char *secret)
{
	return api(v, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}", address, secret);
}

static struct answer *sign_in_by_page(const char *address, const char *secret)
{
	return page_submit(visitor_new(), "/signin", "/signin",
			   arena_printf(flow_arena, "email=%s&password=%s",
					text_percent_encode(flow_arena, address),
					text_percent_encode(flow_arena, secret)));
}

/* Refused sign-ins: an unknown address, a wrong password, a blocked account and a deleted one; the last two
 * with the right password. */
static void closed_doors(const char *addresses[KINDS], const char *secrets[KINDS])
{
	struct visitor *known = visitor_signed_up("Known"), *blocked = visitor_signed_up("Known"),
		       *gone = visitor_signed_up("Known");

	sql_run("auth", "UPDATE user SET status = 'blocked' WHERE email = '%s'", blocked->email);
	ck_status(page_submit(gone, "/account/delete", "/account/delete", "password=correct+horse+battery"),
		  303);
	addresses[0] = good_value("email");
	addresses[1] = known->email;
	addresses[2] = blocked->email;
	addresses[3] = gone->email;
	secrets[0] = secrets[1] = "wrong password";
	secrets[2] = secrets[3] = known->password;
}

/* The replicas did not receive the block, since no event was published. */
static void open_doors(void)
{
	sql_run("auth", "UPDATE user SET status = 'active' WHERE status = 'blocked'");
}

/* The page shows the input again, so the address is removed, and what depends on its length. */
static const char *said(const struct answer *a, const char *address)
{
	const char *body = without_ids(a->body);
	struct buf b = BUF(flow_arena);

	while (*body != '\0') {
		if (strncmp(body, address, strlen(address)) == 0) {
			buf_puts(&b, "<address>");
			body += strlen(address);
		} else
			buf_putc(&b, *body++);
	}
	return buf_text(&b);
}

static const char *header_names(const struct answer *a)
{
	struct buf b = BUF(flow_arena);

	for (const char *line = a->headers; line != NULL && *line != '\0';
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1) {
		buf_add(&b, line, strcspn(line, ":\r\n"));
		buf_putc(&b, ' ');
	}
	return buf_text(&b);
}

START_TEST(refused_sign_ins_look_alike)
{
	const char *addresses[KINDS], *secrets[KINDS];
	struct answer *first, *first_page;

	closed_doors(addresses, secrets);
	first = sign_in(visitor_new(), addresses[0], secrets[0]);
	first_page = sign_in_by_page(addresses[0], secrets[0]);
	ck_status(first, 400);
	ck_status(first_page, 400);
	for (int i = 1; i < KINDS; i++) {
		struct visitor *v = visitor_new();
		struct answer *a = sign_in(v, addresses[i], secrets[i]);

		ck_status(a, 400);
		ck_assert_str_eq(said(first, addresses[0]), said(a, addresses[i]));
		ck_assert_str_eq(header_names(first), header_names(a));
		ck_assert_str_eq(v->cookies, "");
		a = sign_in_by_page(addresses[i], secrets[i]);
		ck_status(a, 400);
		ck_assert_str_eq(said(first_page, addresses[0]), said(a, addresses[i]));
	}
	open_doors();
}
END_TEST

static int by_number(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The samples alternate, so that other load of the machine affects all kinds. */
START_TEST(refused_sign_ins_take_equally_long)
{
	const char *addresses[KINDS], *secrets[KINDS];
	int64_t took[KINDS][SAMPLES], least = INT64_MAX, most = 0;

	closed_doors(addresses, secrets);
	for (int n = 0; n < SAMPLES; n++)
		for (int i = 0; i < KINDS; i++) {
			int64_t begun = clock_steady();

			sign_in(visitor_new(), addresses[i], secrets[i]);
			took[i][n] = clock_steady() - begun;
		}
	open_doors();
	for (int i = 0; i < KINDS; i++) {
		int64_t median;

		qsort(took[i], SAMPLES, sizeof took[i][0], by_number);
		median = took[i][SAMPLES / 2];
		least = median < least ? median : least;
		most = median > most ? median : most;
	}
	ck_assert_msg(most < TIME_CLASS * least, "medians from %lld to %lld us", (long long)least,
		      (long long)most);
}
END_TEST

/* The suite of the limits: each test starts without the attempts of others. */
static void limits_begin(void)
{
	flow_begin();
	sql_run("auth", "DELETE FROM sign_in_attempt");
	usleep(500000); /* nginx forgets its counts in this time */
}

static void guess(const char *address)
{
	struct answer *a;

	for (int i = 0; i < FREE_TRIES; i++)
		ck_status(sign_in(visitor_new(), address, "not the password"), 400);
	a = sign_in(visitor_new(), address, "not the password");
	ck_status(a, 429);
	ck_assert_int_ge(atoi(header_of(a, "Retry-After")), 1);
}

static const char *device_of(const struct visitor *v)
{
	const char *at = strstr(v->cookies, "device=");

	ck_assert_ptr_nonnull(at);
	return arena_memdup(flow_arena, at, strcspn(at, ";"));
}

/* A browser that has only this cookie. */
static struct visitor *browser_with(const char *cookie)
{
	struct visitor *v = visitor_new();

	snprintf(v->cookies, sizeof v->cookies, "%s", cookie);
	return v;
}

START_TEST(guessing_does_not_slow_down_the_owner)
{
	struct visitor *v = visitor_signed_up("Mara"), *other = visitor_signed_up("Wen");
	const char *device = device_of(v);
	struct answer *a;

	ck_status(api(v, "POST", "/api/users/signout", "{}"), 200);
	ck_assert_str_eq(device_of(v), device); /* signing out keeps the cookie */
	guess(v->email);
	ck_status(sign_in(browser_with(device_of(other)), v->email, v->password), 429);
	ck_status(sign_in(v, v->email, v->password), 200);
	/* the owner's success does not reset the delay for guessers */
	ck_status(sign_in(visitor_new(), v->email, "not the password"), 429);
	a = page_submit(browser_with(device), "/signin", "/signin",
			arena_printf(flow_arena, "email=%s&password=correct+horse+battery",
				     text_percent_encode(flow_arena, v->email)));
	ck_status(a, 303);
	/* it does not keep the signed-in owner from changing the password either */
	ck_status(page_submit(v, "/account", "/account/password",
			      "password=correct+horse+battery&newPassword=an+entirely+new+one"),
		  303);
}
END_TEST

START_TEST(a_known_browser_has_a_separate_count)
{
	struct visitor *v = visitor_signed_up("Mara"), *second = visitor_new();
	struct answer *a;

	ck_status(sign_in(second, v->email, v->password), 200);
	ck_assert_str_ne(device_of(v), device_of(second));
	for (int i = 0; i < FREE_TRIES; i++)
		ck_status(sign_in(browser_with(device_of(v)), v->email, "not the password"), 400);
	a = sign_in(browser_with(device_of(v)), v->email, v->password);
	ck_status(a, 429);
	ck_status(sign_in(browser_with(device_of(second)), v->email, v->password), 200);
	ck_status(sign_in(visitor_new(), v->email, v->password), 200);
	sleep((unsigned)atoi(header_of(a, "Retry-After")) + 1);
	ck_status(sign_in(browser_with(device_of(v)), v->email, v->password), 200);
	ck_status(sign_in(browser_with(device_of(v)), v->email, "not the password"), 400);
}
END_TEST

START_TEST(a_known_browser_is_not_signed_in)
{
	struct visitor *v = visitor_signed_up("Mara"), *known = browser_with(device_of(v));
	char *changed = arena_strdup(flow_arena, device_of(v));

	ck_status(page(known, "/account"), 303);
	ck_status(api_get(known, "/api/orders"), 401);
	ck_status(sign_in(known, v->email, ""), 400);
	ck_status(sign_in(known, v->email, "not the password"), 400);
	ck_assert_ptr_null(strstr(known->cookies, "session="));
	guess(v->email);
	changed[7] = changed[7] == 'a' ? 'b' : 'a';
	ck_status(sign_in(browser_with(changed), v->email, v->password), 429);
	for (size_t i = 0; i < 3; i++) {
		static const char *const made_up[] = {
		    "device=~", "device=a~b.c",
		    "device=0123456789abcdef0123456789abcdef~0123456789abcdef.AAAA"};

		ck_status(sign_in(browser_with(made_up[i]), v->email, v->password), 429);
	}
	/* bound to the password too: a change of the password ends all known browsers of before */
	ck_status(page_submit(v, "/account", "/account/password",
			      "password=correct+horse+battery&newPassword=an+entirely+new+one"),
		  303);
	sql_run("auth", "DELETE FROM sign_in_attempt");
	guess(v->email);
	ck_status(sign_in(browser_with(device_of(known)), v->email, "an entirely new one"), 429);
	ck_status(sign_in(browser_with(device_of(v)), v->email, "an entirely new one"), 200);
}
END_TEST

static int64_t wrong_from_here(void)
{
	return sql_number("auth", "SELECT failures FROM sign_in_attempt WHERE subject = 'address:%s'",
			  flow_address);
}

/* From an address with many failed sign-ins, known browsers can still sign in; and a guesser cannot change
 * its address with a header. */
START_TEST(an_address_is_slowed_down_but_not_known_browsers)
{
	struct visitor *v = visitor_signed_up("Mara");

	ck_status(sign_in(visitor_new(), good_value("email"), "not the password"), 400);
	ck_status(sign_in(visitor_new(), v->email, "not the password"), 400);
	ck_assert_int_eq(wrong_from_here(), 2);
	ck_status(sign_in(v, v->email, "not the password"), 400);
	ck_assert_int_eq(wrong_from_here(), 2);
	sql_run(
	    "auth",
	    "UPDATE sign_in_attempt SET failures = 40, allowed_at = UTC_TIMESTAMP(6) + INTERVAL 50 SECOND "
	    "WHERE subject = 'address:%s'",
	    flow_address);
	ck_status(sign_in(visitor_new(), v->email, v->password), 429);
	ck_status(
	    http(visitor_new(), "POST", "/api/users/signin", "application/json",
		 arena_printf(flow_arena, "{\"email\":\"%s\",\"password\":\"%s\"}", v->email, v->password),
		 (const char *const[]){"X-Forwarded-For: 192.0.2.7", "X-Real-IP: 192.0.2.7",
				       "Forwarded: for=192.0.2.7", NULL}),
	    429);
	ck_status(sign_in(v, v->email, v->password), 200);
	sql_run("auth", "DELETE FROM sign_in_attempt");
}
END_TEST

Suite *security_signin_suite(void)
{
	Suite *s = suite_create("security signin");
	TCase *t = tcase_create("signin");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, refused_sign_ins_look_alike);
	tcase_add_test(t, refused_sign_ins_take_equally_long);
	suite_add_tcase(s, t);
	return s;
}

Suite *security_limits_suite(void)
{
	Suite *s = suite_create("security limits");
	TCase *t = tcase_create("limits");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, limits_begin, flow_end);
	tcase_add_test(t, guessing_does_not_slow_down_the_owner);
	tcase_add_test(t, a_known_browser_has_a_separate_count);
	tcase_add_test(t, a_known_browser_is_not_signed_in);
	tcase_add_test(t, an_address_is_slowed_down_but_not_known_browsers);
	suite_add_tcase(s, t);
	return s;
}
