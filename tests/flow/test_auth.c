#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *new_address(void)
{
	static unsigned count;

	return arena_printf(flow_arena, "Auth.%lld.%u@Example.com",
			    (long long)(clock_steady() % 100000000000), ++count);
}

static struct answer *sign_up_by_page(struct visitor *v, const char *address, const char *secret,
				      const char *name)
{
	return page_submit(v, "/signup", "/signup",
			   arena_printf(flow_arena, "email=%s&password=%s&displayName=%s",
					text_percent_encode(flow_arena, address),
					text_percent_encode(flow_arena, secret),
					text_percent_encode(flow_arena, name)));
}

static struct answer *sign_in_by_page(struct visitor *v, const char *path, const char *address,
				      const char *secret)
{
	return page_submit(v, path, "/signin",
			   arena_printf(flow_arena, "email=%s&password=%s",
					text_percent_encode(flow_arena, address),
					text_percent_encode(flow_arena, secret)));
}

static bool shows(const struct answer *a, const char *text)
{
	return strstr(a->body, text) != NULL;
}

START_TEST(sign_up_rename_out_and_in_by_pages)
{
	struct visitor *v = visitor_new();
	const char *address = new_address();
	struct answer *a = sign_up_by_page(v, address, v->password, "Zoë <b>");

	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/");
	a = page(v, "/account");
	ck_status(a, 200);
	ck_assert(shows(a, "Zoë &lt;b&gt;"));
	a = page_submit(v, "/account", "/account", "displayName=Zo%C3%AB+Two");
	ck_status(a, 303);
	ck_assert(shows(page(v, "/account"), ">Zoë Two</a>"));
	a = page_submit(v, "/signout", "/signout", "");
	ck_status(a, 303);
	ck_assert_str_eq(header_of(a, "Clear-Site-Data"), "\"cache\"");
	a = page(v, "/account");
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/signin?next=%2Faccount");
	a = sign_in_by_page(v, a->location, address, v->password);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/account");
	ck_assert(shows(page(v, "/account"), "Zoë Two"));
	ck_status(page(v, "/signin?next=%2Forders"), 303);
}
END_TEST

START_TEST(a_taken_address_is_reported)
{
	struct visitor *first = visitor_new(), *second = visitor_new();
	const char *address = new_address();
	char *lower = arena_strdup(flow_arena, address);
	struct answer *a;

	text_lower(lower);
	ck_status(sign_up_by_page(first, address, first->password, ""), 303);
	a = api(second, "POST", "/api/users/signup", "{\"email\":\"%s\",\"password\":\"%s\"}", lower,
		second->password);
	ck_status(a, 400);
	ck_assert_str_eq(text_of(a, "errors.0.field"), "email");
	a = sign_up_by_page(second, lower, second->password, "Somebody");
	ck_status(a, 400);
	ck_assert(shows(a, "Sign in instead"));
	ck_assert(shows(a, "value=\"Somebody\""));
	ck_assert(!shows(a, second->password));
	ck_assert_int_eq(sql_number("auth", "SELECT COUNT(*) FROM user WHERE email = '%s'", lower), 1);
}
END_TEST

START_TEST(without_a_name_it_is_member_and_four_digits)
{
	struct visitor *v = visitor_new();
	struct answer *a = api(v, "POST", "/api/users/signup", "{\"email\":\"%s\",\"password\":\"%s\"}",
			       new_address(), v->password);
	const char *name;

	ck_status(a, 201);
	name = sql_text("auth", "SELECT display_name FROM user WHERE id = UNHEX(REPLACE('%s','-',''))",
			text_of(a, "id"));
	ck_assert_int_eq(strncmp(name, "Member", 6), 0);
	ck_assert_uint_eq(strspn(name + 6, "0123456789"), 4);
	ck_assert_uint_eq(strlen(name), 10);
}
END_TEST

/* The error of an answer, without what depends on the request. */
static const char *said(const struct answer *a)
{
	return arena_printf(flow_arena, "%d %s %s %s", a->status, text_of(a, "type"), text_of(a, "title"),
			    text_of(a, "errors.0.message"));
}

START_TEST(unknown_address_and_wrong_password_look_alike)
{
	struct visitor *known = visitor_signed_up("Known"), *v = visitor_new();
	struct answer *wrong = api(v, "POST", "/api/users/signin",
				   "{\"email\":\"%s\",\"password\":\"wrong password\"}", known->email);
	struct answer *unknown = api(v, "POST", "/api/users/signin",
				     "{\"email\":\"%s\",\"password\":\"wrong password\"}", new_address());

	ck_status(wrong, 400);
	ck_assert_str_eq(said(wrong), said(unknown));
	ck_assert_uint_eq(wrong->len, unknown->len);
	ck_assert_str_eq(v->cookies, "");
	wrong = sign_in_by_page(visitor_new(), "/signin", known->email, "wrong password");
	ck_status(wrong, 400);
	ck_assert(!shows(wrong, "wrong password"));
	ck_status(api(v, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}", known->email,
		      known->password),
		  200);
}
END_TEST

static const struct {
	const char *password;
	int status;
} passwords[] = {
    {"short77", 400},         {"password123", 400}, {"PassWord123", 400}, {"        ", 201},
    {" spaces around ", 201}, {"żółwżółw", 201},    {"exactly8", 201},
};

START_TEST(passwords_are_taken_as_they_are)
{
	struct visitor *v = visitor_new();
	const char *address = new_address(), *body;
	struct answer *a;

	body = arena_printf(flow_arena, "{\"email\":\"%s\",\"password\":\"%s\"}", address,
			    passwords[_i].password);
	a = api(v, "POST", "/api/users/signup", "%s", body);
	ck_status(a, passwords[_i].status);
	if (a->status == 400)
		ck_assert_str_eq(text_of(a, "errors.0.field"), "password");
	else
		ck_status(api(v, "POST", "/api/users/signin", "%s", body), 200);
}
END_TEST

START_TEST(passwords_are_stored_as_argon2id)
{
	struct visitor *v = visitor_signed_up("Hash");
	const char *hash =
	    sql_text("auth", "SELECT password_hash FROM user WHERE id = UNHEX(REPLACE('%s','-',''))", v->id);

	ck_assert_int_eq(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31), 0);
}
END_TEST

START_TEST(forms_without_a_csrf_token_are_refused)
{
	struct visitor *v = visitor_new(), *other = visitor_signed_up("Other");
	const char *form = "application/x-www-form-urlencoded";
	struct answer *a;

	ck_status(http(v, "POST", "/signup", form, "email=a%40example.com&password=long+enough", NULL), 403);
	ck_status(http(v, "POST", "/signin", form, "email=a%40example.com&password=long+enough", NULL), 403);
	ck_status(http(other, "POST", "/signout", form, "", NULL), 403);
	ck_status(http(other, "POST", "/account", form, "displayName=Taken&version=1", NULL), 403);
	a = api_with(other, "POST", "/api/users/signout", "Sec-Fetch-Site: cross-site", "{}");
	ck_status(a, 403);
	ck_status(http(other, "POST", "/api/users/signout", "text/plain", "{}", NULL), 415);
	ck_status(page(other, "/account"), 200);
}
END_TEST

START_TEST(next_stays_on_this_site)
{
	static const char *const foreign[] = {"https://example.com/", "//example.com", "/\\example.com",
					      "example.com", "javascript:alert(1)"};

	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
		struct visitor *v = visitor_signed_up("Next"), *again = visitor_new();
		const char *path =
		    arena_printf(flow_arena, "/signin?next=%s", text_percent_encode(flow_arena, foreign[i]));
		struct answer *a = page(v, path);

		ck_status(a, 303);
		ck_assert_str_eq(a->location, "/");
		a = sign_in_by_page(again, path, v->email, v->password);
		ck_status(a, 303);
		ck_assert_str_eq(a->location, "/");
	}
}
END_TEST

/* A form with errors keeps the parameter next. */
START_TEST(next_is_kept)
{
	struct visitor *v = visitor_signed_up("Next");
	struct answer *a =
	    sign_in_by_page(visitor_new(), "/signin?next=%2Forders%3Fx%3D1", v->email, "wrong password");

	ck_status(a, 400);
	ck_assert(shows(a, "name=\"next\" value=\"/orders?x=1\""));
	ck_assert(shows(a, "/signup?next=%2Forders%3Fx%3D1"));
}
END_TEST

static bool is_refused(void *visitor)
{
	return api(visitor, "POST", "/api/tickets", "{\"title\":\"x\",\"price\":1}")->status == 401;
}

START_TEST(a_session_that_was_signed_out_changes_nothing_more)
{
	struct visitor *v = visitor_signed_up("Gone"), *thief = visitor_new();

	memcpy(thief->cookies, v->cookies, sizeof v->cookies);
	ck_status(api(thief, "POST", "/api/tickets", "{\"title\":\"x\",\"price\":1}"), 201);
	ck_status(api(v, "POST", "/api/users/signout", "{}"), 200);
	ck_assert_int_eq(sql_number("auth",
				    "SELECT COUNT(*) FROM session WHERE user_id = "
				    "UNHEX(REPLACE('%s','-','')) AND revoked_at IS NOT NULL "
				    "AND version = 2",
				    v->id),
			 1);
	ck_assert(wait_until(5000, is_refused, thief));
	sleep(3); /* every process of the pools reads the ended sessions again every 2 s */
	for (int i = 0; i < 16; i++)
		ck_assert(is_refused(thief));
	ck_status(page(thief, "/account"), 303);
	ck_assert_int_eq(
	    sql_number("tickets",
		       "SELECT COUNT(*) FROM session_revoked WHERE user_id = UNHEX(REPLACE('%s','-',''))",
		       v->id),
	    1);
}
END_TEST

START_TEST(the_name_reaches_the_tickets)
{
	struct visitor *v = visitor_signed_up("Before");

	settle(10000);
	ck_status(page_submit(v, "/account", "/account", "displayName=After"), 303);
	settle(10000);
	ck_assert_int_eq(
	    sql_number("auth", "SELECT version FROM user WHERE id = UNHEX(REPLACE('%s','-',''))", v->id), 2);
	/* a submit without changes is not an edit; an outdated form gets a conflict */
	ck_status(page_submit(v, "/account", "/account", "displayName=After"), 303);
	ck_assert_int_eq(
	    sql_number("auth", "SELECT version FROM user WHERE id = UNHEX(REPLACE('%s','-',''))", v->id), 2);
	ck_status(page_submit(v, "/account", "/account", "displayName=Third&version=1"), 409);
	ck_assert_int_eq(
	    sql_number("auth", "SELECT COUNT(*) FROM outbox WHERE type = 'user.updated' AND subject = '%s'",
		       v->id),
	    1);
}
END_TEST

START_TEST(keys_are_published)
{
	struct answer *a = api_get(visitor_new(), "/api/users/keys");

	ck_status(a, 200);
	ck_assert_str_eq(text_of(a, "keys.0.kty"), "EC");
	ck_assert_str_eq(text_of(a, "keys.0.d"), "");
}
END_TEST

static const char *const no_tokens[] = {
    "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "..", "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
};

START_TEST(a_forged_token_is_signed_out)
{
	struct visitor *v = visitor_new();

	snprintf(v->cookies, sizeof v->cookies, "session=%s", no_tokens[_i]);
	ck_assert_str_eq(api_get(v, "/api/users/currentuser")->body, "{\"currentUser\":null}");
	v->cookies[0] = '\0';
	ck_status(api_with(v, "POST", "/api/orders",
			   arena_printf(flow_arena, "Authorization: Bearer %s", no_tokens[_i]), "{}"),
		  401);
}
END_TEST

Suite *auth_suite(void)
{
	Suite *s = suite_create("auth");
	TCase *c = tcase_create("accounts");

	tcase_set_timeout(c, 90);
	tcase_add_checked_fixture(c, flow_begin, flow_end);
	tcase_add_test(c, sign_up_rename_out_and_in_by_pages);
	tcase_add_test(c, a_taken_address_is_reported);
	tcase_add_test(c, without_a_name_it_is_member_and_four_digits);
	tcase_add_test(c, unknown_address_and_wrong_password_look_alike);
	tcase_add_loop_test(c, passwords_are_taken_as_they_are, 0, sizeof passwords / sizeof *passwords);
	tcase_add_test(c, passwords_are_stored_as_argon2id);
	tcase_add_test(c, forms_without_a_csrf_token_are_refused);
	tcase_add_test(c, next_stays_on_this_site);
	tcase_add_test(c, next_is_kept);
	tcase_add_test(c, a_session_that_was_signed_out_changes_nothing_more);
	tcase_add_test(c, the_name_reaches_the_tickets);
	tcase_add_test(c, keys_are_published);
	tcase_add_loop_test(c, a_forged_token_is_signed_out, 0, sizeof no_tokens / sizeof *no_tokens);
	suite_add_tcase(s, c);
	return s;
}
