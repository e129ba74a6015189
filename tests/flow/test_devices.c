/* Passwords and sessions of an account: which sessions end, and which stay valid. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/flow/account.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(a_new_password_ends_all_other_sessions)
{
	struct visitor *v = visitor_signed_up("Mara"),
		       *old[3] = {signed_in(v, v->password), signed_in(v, v->password)};
	struct visitor *next;
	struct answer *a;

	old[2] = copy_of(v); /* this device's old session ends too */
	a = change_password(v, v->password, new_secret);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account");
	/* at once, usually within the same second */
	next = signed_in(v, new_secret);
	ck_assert(shows(page(v, a->location), "Your password is changed."));
	ck_assert_int_eq(
	    sql_number("auth",
		       "SELECT COUNT(*) FROM session WHERE revoked_at IS NOT NULL AND version = 2 AND "
		       "user_id = " USER_OF,
		       v->id),
	    3);
	ck_assert_int_eq(
	    sql_number("auth",
		       "SELECT COUNT(*) FROM session WHERE revoked_at IS NULL AND version = 1 AND "
		       "user_id = " USER_OF,
		       v->id),
	    2);
	ck_ended(old, 3);
	ck_lasts(v);
	ck_lasts(next);
	ck_status(api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		      v->email, v->password),
		  400);
	ck_assert_int_eq(row_number(v, "version"), 2);
	settle(10000);
}
END_TEST

/* Sessions of one second, some of which begin before the change and some after it. */
START_TEST(sessions_of_the_same_second_are_distinguished)
{
	struct visitor *v, *before, *after;
	int64_t iat;

	for (int i = 0;; i++) {
		v = visitor_signed_up("Mara");
		usleep((useconds_t)(SECOND - clock_now() % SECOND));
		before = signed_in(v, v->password);
		ck_status(change_password(v, v->password, new_secret), 303);
		after = signed_in(v, new_secret);
		iat = number_of(claims_of(before), "iat", 0);
		if (iat == number_of(claims_of(after), "iat", 1) && iat == number_of(claims_of(v), "iat", 1))
			break;
		ck_assert_msg(i < 20, "this machine is too slow for three sessions in one second");
	}
	ck_ended(&before, 1);
	ck_lasts(v);
	ck_lasts(after);
}
END_TEST

static const struct {
	const char *password, *new, *field; /* NULL: the right password; NULL: the email address */
} wrong_changes[] = {
    {"some other secret", "an entirely new one", "password"},
    {"short", "an entirely new one", "password"},
    {NULL, "short", "newPassword"},
    {NULL, "Password123", "newPassword"},
    {NULL, NULL, "newPassword"},
    /* new is the current password: this is not a second click, because the session is still valid */
    {"some other secret", "correct horse battery", "password"},
};

START_TEST(a_wrong_change_of_password_changes_nothing)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *old = wrong_changes[_i].password, *new = wrong_changes[_i].new;
	struct answer *a = change_password(v, old == NULL ? v->password : old, new == NULL ? v->email : new);

	ck_status(a, 400);
	ck_assert(shows(a, arena_printf(flow_arena, "href=\"#%s\"", wrong_changes[_i].field)));
	ck_assert(shows(a, arena_printf(flow_arena, "id=\"%s-wrong\"", wrong_changes[_i].field)));
	ck_assert(!shows(a, "some other secret") && !shows(a, new_secret) && !shows(a, "Password123"));
	ck_assert_int_eq(row_number(v, "version"), 1);
	ck_lasts(v);
	signed_in(v, v->password);
}
END_TEST

/* The second click finds the password changed and its own session ended; it gets the same answer, and its
 * session stays valid. */
START_TEST(a_double_click_changes_the_password_once)
{
	struct visitor *v = visitor_signed_up("Mara"), *twice, *stranger;
	const char *target, *body, *other_body;
	struct answer *a;

	body = page_fill(
	    v, "/account", "/account/password",
	    arena_printf(flow_arena, "password=%s&newPassword=%s", encoded(v->password), encoded(new_secret)),
	    &target);
	other_body = page_fill(
	    v, "/account", "/account/password",
	    arena_printf(flow_arena, "password=%s&newPassword=something+else+now", encoded(v->password)),
	    &target);
	twice = copy_of(v);
	stranger = copy_of(v);
	ck_status(page_send(v, target, body), 303);
	a = page_send(twice, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account");
	a = page_send(stranger, target, other_body);
	ck_assert_msg(a->status == 400 || a->status == 403 || strncmp(a->location, "/signin", 7) == 0,
		      "%d %s", a->status, a->location);
	ck_assert_int_eq(row_number(v, "version"), 2);
	ck_ended(&stranger, 1);
	ck_lasts(twice);
	ck_lasts(v);
}
END_TEST

enum { GUESTS = 8 };

/* Signs in with a password repeatedly until it is refused; writes the last session to the file. */
static void sign_in_while_it_lasts(const struct visitor *who, const char *path)
{
	struct visitor *last = NULL, *v;
	FILE *f = fopen(path, "w");

	for (int i = 0; i < 400; i++) {
		v = visitor_new();
		struct answer *a = api(v, "POST", "/api/users/signin",
				       "{\"email\":\"%s\",\"password\":\"%s\"}", who->email, who->password);
		if (a->status == 400)
			break;
		if (a->status == 200)
			last = v;
	}
	if (last != NULL)
		fputs(last->cookies, f);
	fclose(f);
	_exit(0);
}

/* A sign-in with the old password during the change gets a session that ends like all others, even the last
 * one. */
START_TEST(the_old_password_leaves_no_session_behind)
{
	struct visitor *v = visitor_signed_up("Mara"), *guests[GUESTS];
	char home[] = "/tmp/stagedoor-guests-XXXXXX", *cookies;
	size_t got = 0;

	ck_assert_ptr_nonnull(mkdtemp(home));
	for (int i = 0; i < GUESTS; i++)
		if (fork() == 0)
			sign_in_while_it_lasts(v, arena_printf(flow_arena, "%s/%d", home, i));
	usleep(500 * 1000);
	while (change_password(v, v->password, new_secret)->status == 503)
		;
	while (wait(NULL) > 0)
		;
	for (int i = 0; i < GUESTS; i++) {
		const char *path = arena_printf(flow_arena, "%s/%d", home, i);

		if (text_read_file(flow_arena, path, sizeof v->cookies, &cookies) == OK &&
		    strlen(cookies) > 0) {
			guests[got] = visitor_new();
			snprintf(guests[got++]->cookies, sizeof v->cookies, "%s", cookies);
		}
		unlink(path);
	}
	rmdir(home);
	ck_assert_uint_gt(got, 0);
	ck_ended(guests, got);
	ck_lasts(v);
	ck_assert_int_eq(
	    sql_number("auth", "SELECT COUNT(*) FROM session WHERE revoked_at IS NULL AND user_id = " USER_OF,
		       v->id),
	    1);
}
END_TEST

START_TEST(signing_out_everywhere)
{
	struct visitor *v = visitor_signed_up("Mara"), *twice,
		       *old[3] = {signed_in(v, v->password), signed_in(v, v->password)};
	const char *target, *body = page_fill(v, "/account", "/account/devices", "", &target);
	struct answer *a = page(v, "/account");

	ck_assert(shows(a, ", this device</li>"));
	ck_assert(shows(a, "</time></li>"));
	old[2] = copy_of(v);
	twice = copy_of(v);
	a = page_send(v, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/signout");
	ck_assert_str_eq(header_of(a, "Clear-Site-Data"), "\"cache\"");
	ck_assert_ptr_null(session_of(v));
	a = page(v, a->location);
	ck_valid(a, "signed out everywhere");
	ck_assert(shows(a, "Every device is signed out."));
	ck_assert(!shows(page(v, "/signout"), "Every device is signed out."));
	ck_status(page_send(twice, target, body), 303);
	ck_ended(old, 3);
	v = signed_in(v, "correct horse battery");
	usleep(2100 * 1000);
	ck_lasts(v);
}
END_TEST

/* On a stack with LIMITS=on: in an open session of somebody else, guesses at the password are slowed down. */
START_TEST(guessing_the_password_of_an_account_is_slowed_down)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a;

	for (int i = 0; i < 3; i++)
		ck_status(change_password(v, "some other secret", new_secret), 400);
	for (int i = 0; i < 2; i++)
		ck_status(delete_account(v, "some other secret"), 400);
	a = change_password(v, v->password, new_secret);
	ck_status(a, 429);
	ck_assert_int_ge(atoi(header_of(a, "Retry-After")), 1);
	ck_assert(shows(a, "The password was wrong too often. Wait"));
	ck_assert(shows(a, "action=\"/account/password\""));
	a = delete_account(v, v->password);
	ck_status(a, 429);
	ck_assert(shows(a, "action=\"/account/delete\""));
	/* other devices are not slowed down */
	ck_status(api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		      v->email, v->password),
		  200);
	ck_assert_int_eq(row_number(v, "version"), 1);
	sleep(2);
	ck_status(change_password(v, v->password, new_secret), 303);
	/* a correct password resets the delay */
	ck_status(delete_account(v, "some other secret"), 400);
	ck_status(delete_account(v, new_secret), 303);
}
END_TEST

/* A hash with weaker parameters than today's: "correct horse battery" with m=8192, t=1. */
static const char weak[] = "$argon2id$v=19$m=8192,t=1,p=1$uu+PGNhMagttzKTrQgJy0A$"
			   "FRWdlwwE1P/9kvZ9D+bjs5F25Hg0oN+DOEGCU01ToSo";

START_TEST(a_weak_hash_is_renewed_by_a_sign_in)
{
	struct visitor *v = visitor_signed_up("Mara");
	const char *renewed;

	sql_run("auth", "UPDATE user SET password_hash = '%s' WHERE id = " USER_OF, weak, v->id);
	ck_status(api(visitor_new(), "POST", "/api/users/signin",
		      "{\"email\":\"%s\",\"password\":\"not the password\"}", v->email),
		  400);
	ck_assert_str_eq(row_text(v, "password_hash"), weak);
	ck_lasts(signed_in(v, v->password));
	renewed = row_text(v, "password_hash");
	ck_assert_msg(strncmp(renewed, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0, "%s", renewed);
	ck_assert_int_eq(row_number(v, "version"), 1);
	ck_lasts(signed_in(v, v->password));
	ck_assert_str_eq(row_text(v, "password_hash"), renewed);
}
END_TEST

Suite *devices_suite(void)
{
	Suite *s = suite_create("devices");
	TCase *c = tcase_create("devices");

	tcase_set_timeout(c, 120);
	tcase_add_checked_fixture(c, flow_begin, flow_end);
	tcase_add_test(c, a_new_password_ends_all_other_sessions);
	tcase_add_test(c, sessions_of_the_same_second_are_distinguished);
	tcase_add_loop_test(c, a_wrong_change_of_password_changes_nothing, 0,
			    sizeof wrong_changes / sizeof *wrong_changes);
	tcase_add_test(c, a_double_click_changes_the_password_once);
	tcase_add_test(c, the_old_password_leaves_no_session_behind);
	tcase_add_test(c, signing_out_everywhere);
	tcase_add_test(c, a_weak_hash_is_renewed_by_a_sign_in);
	suite_add_tcase(s, c);
	return s;
}

Suite *account_limits_suite(void)
{
	Suite *s = suite_create("account limits");
	TCase *c = tcase_create("limits");

	tcase_set_timeout(c, 60);
	tcase_add_checked_fixture(c, flow_begin, flow_end);
	tcase_add_test(c, guessing_the_password_of_an_account_is_slowed_down);
	suite_add_tcase(s, c);
	return s;
}
