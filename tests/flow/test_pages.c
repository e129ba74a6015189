/* Submits every form as a browser without JavaScript does, and checks the HTML of every page and state with
 * tidy. */
#include "common/base/text.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct answer *good_page(struct visitor *v, const char *path)
{
	struct answer *a = page(v, path);

	ck_assert_msg(a->status == 200, "%s: %d %.300s", path, a->status, a->body);
	ck_valid(a, path);
	return a;
}

static struct visitor *signed_up_by_form(const char *name)
{
	static int count;
	struct visitor *v = visitor_new();
	struct answer *a;

	v->email = arena_printf(flow_arena, "form.%d.%d@example.com", (int)getpid(), ++count);
	a = page_submit(v, "/signup", "/signup",
			arena_printf(flow_arena, "email=%s&password=correct+horse+battery&displayName=%s",
				     text_percent_encode(flow_arena, v->email), name));
	ck_status(a, 303);
	return v;
}

/* Follows the address of a 303 and checks the page. */
static struct answer *follow(struct visitor *v, struct answer *a)
{
	ck_status(a, 303);
	ck_assert_msg(a->location[0] == '/' || strncmp(a->location, flow_url(), strlen(flow_url())) == 0,
		      "leads to %s", a->location);
	return good_page(v, a->location[0] == '/' ? a->location : a->location + strlen(flow_url()));
}

static const char listing[] = "title=Winter+Strings&category=concert&venue=Town+Hall%2C+Leeds&startsAt=2027-"
			      "12-03T19%3A30&timeZone=Europe%2FLondon"
			      "&seat=Stalls%2C+row+F&price=38.00&faceValue=36";

/* The path of a listing that was created by the form and replicated to orders. */
static const char *listed_by_form(struct visitor *seller)
{
	struct answer *a = page_submit(seller, "/tickets/new", "/tickets/new", listing);
	const char *path, *id;

	ck_status(a, 303);
	path = a->location;
	good_page(seller, path);
	id = strstr(path, "/tickets/") + 9;
	for (int i = 0;
	     i < 200 &&
	     sql_number("orders",
			"SELECT COUNT(*) FROM ticket_replica WHERE id = UNHEX(REPLACE('%.36s','-',''))",
			id) == 0;
	     i++)
		usleep(20000);
	return arena_printf(flow_arena, "/tickets/%.36s", id);
}

START_TEST(the_sale_by_forms_only)
{
	struct visitor *seller = signed_up_by_form("Ioana"), *buyer = signed_up_by_form("Tomasz");
	const char *ticket = listed_by_form(seller), *order_path, *id;
	struct answer *a;

	good_page(visitor_new(), "/");
	good_page(visitor_new(), ticket);
	good_page(buyer, ticket);
	a = page_submit(buyer, ticket, "/orders", "");
	ck_status(a, 303);
	order_path = a->location;
	id = strstr(order_path, "/orders/") + 8;
	wait_order(buyer, id, "awaiting_payment", 5000);
	good_page(buyer, order_path);
	good_page(buyer, "/orders");
	for (int i = 0; i < 100 && page(buyer, arena_printf(flow_arena, "/payments/%s", id))->status != 200;
	     i++)
		usleep(50000);
	good_page(buyer, arena_printf(flow_arena, "/payments/%s", id));
	a = page_submit(buyer, arena_printf(flow_arena, "/payments/%s", id),
			arena_printf(flow_arena, "/payments/%s", id), "");
	ck_status(a, 303);
	/* the bank's own page, then back */
	ck_assert_ptr_null(strstr(a->location, flow_url()));
	a = http(visitor_new(), "POST", a->location, "application/x-www-form-urlencoded", "card=works", NULL);
	ck_assert_msg(a->status == 303, "the bank's page: %d %s", a->status, a->body);
	wait_order(buyer, id, "completed", 10000);
	good_page(buyer, strncmp(a->location, flow_url(), strlen(flow_url())) == 0
			     ? a->location + strlen(flow_url())
			     : a->location);
	good_page(buyer, order_path);
	good_page(buyer, "/orders");
	good_page(seller, "/selling");
	good_page(buyer, ticket);
}
END_TEST

START_TEST(signing_in_and_out)
{
	struct visitor *v = signed_up_by_form("Mara");
	const char *credentials =
	    arena_printf(flow_arena, "email=%s&password=", text_percent_encode(flow_arena, v->email));
	struct answer *a;

	good_page(v, "/account");
	a = page_submit(v, "/account", "/account", "displayName=Mara+B.");
	ck_assert_ptr_nonnull(strstr(follow(v, a)->body, "Mara B."));
	good_page(v, "/signout");
	a = page_submit(v, "/signout", "/signout", "");
	ck_status(a, 303);
	ck_status(page(v, "/account"), 303);
	a = page_submit(v, "/signin?next=/selling", "/signin",
			arena_printf(flow_arena, "%swrong+password", credentials));
	ck_assert_int_ge(a->status, 400);
	ck_valid(a, "a wrong password");
	ck_assert_ptr_null(strstr(a->body, "wrong password\""));
	a = page_submit(v, "/signin?next=/selling", "/signin",
			arena_printf(flow_arena, "%scorrect+horse+battery", credentials));
	ck_assert_str_eq(a->location, "/selling");
	follow(v, a);
}
END_TEST

static const char *const foreign[] = {"//evil.example", "https://evil.example", "/\\evil.example",
				      "/%2f/evil",      "javascript:alert(1)",  "/%0d%0aSet-Cookie:%20a=1"};

START_TEST(next_never_leads_to_another_site)
{
	struct visitor *v = signed_up_by_form("Mara");
	const char *credentials = arena_printf(flow_arena, "email=%s&password=correct+horse+battery&next=%s",
					       text_percent_encode(flow_arena, v->email),
					       text_percent_encode(flow_arena, foreign[_i]));
	struct answer *a;

	page_submit(v, "/signout", "/signout", "");
	a = page_submit(v, "/signin", "/signin", credentials);
	ck_assert_ptr_null(strstr(a->headers, "Set-Cookie: a=1"));
	if (a->status == 303)
		ck_assert_msg(a->location[0] == '/' && a->location[1] != '/' && a->location[1] != '\\',
			      "sent to %s", a->location);
}
END_TEST

START_TEST(a_wrong_form_comes_back_with_what_was_typed)
{
	struct visitor *v = signed_up_by_form("Mara");
	struct answer *a = page_submit(
	    v, "/tickets/new", "/tickets/new",
	    "title=Winter+%3CStrings%3E&price=0&startsAt=2020-01-01T19%3A30&timeZone=Europe%2FLondon");

	ck_status(a, 400);
	ck_valid(a, "a wrong listing");
	ck_assert_ptr_nonnull(strstr(a->body, "value=\"Winter &lt;Strings&gt;\""));
	ck_assert_ptr_nonnull(strstr(a->body, "href=\"#price\""));
	ck_assert_ptr_nonnull(strstr(a->body, "href=\"#startsAt\""));
	ck_assert_ptr_nonnull(strstr(a->body, "aria-invalid"));
}
END_TEST

START_TEST(sign_up_says_what_is_wrong)
{
	struct visitor *v = visitor_new(), *other = signed_up_by_form("Mara");
	struct answer *a = page_submit(v, "/signup", "/signup", "email=nobody&password=short&displayName=");

	ck_status(a, 400);
	ck_valid(a, "a wrong sign-up");
	ck_assert_ptr_nonnull(strstr(a->body, "href=\"#email\""));
	ck_assert_ptr_nonnull(strstr(a->body, "href=\"#password\""));
	ck_assert_ptr_null(strstr(a->body, "short\""));
	a = page_submit(visitor_new(), "/signup", "/signup",
			arena_printf(flow_arena, "email=%s&password=correct+horse+battery&displayName=Twice",
				     text_percent_encode(flow_arena, other->email)));
	ck_status(a, 400);
	ck_valid(a, "an address that is taken");
}
END_TEST

START_TEST(editing_withdrawing_and_conflicts)
{
	struct visitor *seller = signed_up_by_form("Ioana");
	const char *ticket = listed_by_form(seller), *edit = arena_printf(flow_arena, "%s/edit", ticket);
	struct answer *a;

	good_page(seller, edit);
	a = page_submit(
	    seller, edit, "/edit",
	    "title=Winter+Strings+II&category=concert&price=40&venue=&startsAt=&timeZone=&seat=&faceValue=");
	ck_assert_ptr_nonnull(strstr(follow(seller, a)->body, "Winter Strings II"));
	/* the form of an older revision: the page shows the current values and the input */
	a = page_submit(seller, edit, "/edit",
			"title=Winter+Strings+III&category=concert&price=41&venue=&startsAt=&timeZone=&seat=&"
			"faceValue=&revision=1");
	ck_status(a, 409);
	ck_valid(a, "an edit conflict");
	ck_assert_ptr_nonnull(strstr(a->body, "Winter Strings III"));
	ck_assert_ptr_nonnull(strstr(a->body, "Winter Strings II"));
	good_page(seller, arena_printf(flow_arena, "%s/withdraw", ticket));
	a = page_submit(seller, arena_printf(flow_arena, "%s/withdraw", ticket), "/withdraw", "");
	ck_status(a, 303);
	good_page(seller, "/selling");
	good_page(visitor_new(), ticket);
}
END_TEST

START_TEST(a_listing_that_changed_since_is_shown_again)
{
	struct visitor *seller = signed_up_by_form("Ioana"), *buyer = signed_up_by_form("Tomasz");
	const char *ticket = listed_by_form(seller);
	struct answer *a = api(seller, "PUT", arena_printf(flow_arena, "/api%s", ticket),
			       "{\"title\":\"Winter Strings\",\"price\":45}");

	ck_status(a, 200);
	settle(10000);
	a = page_submit(buyer, ticket, "/orders", "revision=1");
	ck_status(a, 409);
	ck_valid(a, "a changed listing");
	ck_assert_ptr_nonnull(strstr(a->body, "45.00"));
	ck_assert_ptr_nonnull(strstr(a->body, "38.00"));
}
END_TEST

START_TEST(releasing_a_hold)
{
	struct visitor *seller = signed_up_by_form("Ioana"), *buyer = signed_up_by_form("Tomasz");
	const char *ticket = listed_by_form(seller);
	struct answer *a = page_submit(buyer, ticket, "/orders", "");
	const char *path = a->location;

	ck_status(a, 303);
	wait_order(buyer, strstr(path, "/orders/") + 8, "awaiting_payment", 5000);
	a = page_submit(buyer, path, "/cancel", "");
	follow(buyer, a);
	ck_assert_str_eq(order_status_of(buyer, strstr(path, "/orders/") + 8), "cancelled");
	good_page(buyer, path);
}
END_TEST

/* The same form sent twice has one effect: the second gets the answer of the first. */
START_TEST(a_double_click_has_one_effect)
{
	struct visitor *seller = signed_up_by_form("Ioana"), *buyer = signed_up_by_form("Tomasz");
	const char *ticket = listed_by_form(seller);
	const char *target, *body = page_fill(buyer, ticket, "/orders", "", &target);
	struct answer *first = page_send(buyer, target, body), *second = page_send(buyer, target, body);

	ck_status(first, 303);
	ck_status(second, 303);
	ck_assert_str_eq(first->location, second->location);
	ck_assert_int_eq(
	    sql_number("orders", "SELECT COUNT(*) FROM orders WHERE ticket_id = UNHEX(REPLACE('%s','-',''))",
		       ticket + 9),
	    1);
}
END_TEST

START_TEST(an_idempotency_key_replays_the_first_answer)
{
	struct visitor *v = visitor_signed_up("Ioana");
	const char *body = "{\"title\":\"Once\",\"price\":5}", *key = "Idempotency-Key: once-1";
	struct answer *first = api_with(v, "POST", "/api/tickets", key, body),
		      *second = api_with(v, "POST", "/api/tickets", key, body);

	ck_status(first, 201);
	ck_status(second, 201);
	ck_assert_str_eq(first->body, second->body);
	ck_status(api_with(v, "POST", "/api/tickets", key, "{\"title\":\"Twice\",\"price\":5}"), 422);
	ck_assert_int_eq(sql_number("tickets",
				    "SELECT COUNT(*) FROM ticket WHERE user_id = UNHEX(REPLACE('%s','-',''))",
				    v->id),
			 1);
	/* the same key of another user is another key */
	ck_status(api_with(visitor_signed_up("Wen"), "POST", "/api/tickets", key, body), 201);
}
END_TEST

START_TEST(errors_are_designed_pages)
{
	struct visitor *v = visitor_signed_up("Mara");
	struct answer *a = page(v, "/tickets/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");

	ck_status(a, 404);
	ck_valid(a, "an unknown ticket");
	a = page(v, "/nowhere");
	ck_status(a, 404);
	ck_valid(a, "an unknown address");
	a = page(v, "/orders/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
	ck_status(a, 404);
	ck_valid(a, "an unknown order");
	a = http(v, "DELETE", "/", NULL, NULL, (const char *const[]){"Accept: text/html", NULL});
	ck_status(a, 405);
	ck_valid(a, "a wrong method");
}
END_TEST

/* As if the session had expired: the browser has dropped the cookie. */
static void lose_session(struct visitor *v)
{
	char *at = v->cookies;

	while ((at = strstr(at, "session=")) != NULL && at > v->cookies && at[-1] != ' ')
		at++;
	ck_assert_ptr_nonnull(at);
	memset(at, 'x', strcspn(at, "="));
}

static void sign_in_by_form(struct visitor *v, const char *signin)
{
	struct answer *a = page_submit(v, signin, "/signin",
				       arena_printf(flow_arena, "email=%s&password=correct+horse+battery",
						    text_percent_encode(flow_arena, v->email)));

	ck_status(a, 303);
}

START_TEST(input_survives_sign_in)
{
	struct visitor *v = signed_up_by_form("Mara");
	const char *target, *body, *signin;
	struct answer *a;

	body = page_fill(v, "/tickets/new", "/tickets/new",
			 "title=Caf%C3%A9+%3CStrings%3E&price=38.00&seat=Row+1", &target);
	lose_session(v);
	a = page_send(v, target, body);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, "/signin?next=%2Ftickets%2Fnew");
	signin = a->location;
	a = good_page(v, signin);
	ck_assert_ptr_nonnull(strstr(a->body, "what you had typed is there again"));
	ck_assert_ptr_null(strstr(a->body, "Strings"));
	sign_in_by_form(v, signin);
	a = good_page(v, "/tickets/new");
	ck_assert_ptr_nonnull(strstr(a->body, "value=\"Café &lt;Strings&gt;\""));
	ck_assert_ptr_nonnull(strstr(a->body, "value=\"Row 1\""));
	ck_assert_ptr_nonnull(strstr(a->body, "was not sent yet"));
	ck_assert_ptr_null(strstr(good_page(v, "/account")->body, "Strings"));
	ck_status(page_submit(v, "/tickets/new", "/tickets/new", ""), 303);
	ck_assert_ptr_null(strstr(good_page(v, "/tickets/new")->body, "Strings"));
}
END_TEST

START_TEST(input_is_shown_to_its_user_only)
{
	struct visitor *v = signed_up_by_form("Mara"), *other = signed_up_by_form("Carl");
	const char *target,
	    *body = page_fill(v, "/tickets/new", "/tickets/new", "title=Secret&price=38.00", &target);

	lose_session(v);
	ck_status(page_send(v, target, body), 303);
	v->email = other->email;
	sign_in_by_form(v, "/signin");
	ck_assert_ptr_null(strstr(good_page(v, "/tickets/new")->body, "Secret"));
}
END_TEST

/* The order form is on the listing's page, so a buyer who has to sign in returns there. */
START_TEST(a_buyer_who_signs_in_comes_back_to_the_listing)
{
	struct visitor *seller = signed_up_by_form("Ioana"), *buyer = signed_up_by_form("Tomasz");
	const char *ticket = listed_by_form(seller), *target,
		   *body = page_fill(buyer, ticket, "/orders", "", &target);
	const char *referer[] = {arena_printf(flow_arena, "Referer: %s%s", flow_url(), ticket), NULL};
	struct answer *a;

	lose_session(buyer);
	a = http(buyer, "POST", target, "application/x-www-form-urlencoded", body, referer);
	ck_status(a, 303);
	ck_assert_str_eq(a->location, arena_printf(flow_arena, "/signin?next=%s",
						   text_percent_encode(flow_arena, ticket)));
	ck_assert_ptr_null(strstr(a->headers, "draft="));
	sign_in_by_form(buyer, a->location);
	ck_assert_ptr_null(strstr(good_page(buyer, "/orders")->body, "what you typed"));
}
END_TEST

/* The user has signed in again in another tab: the CSRF token of this page belongs to the session before. */
START_TEST(input_survives_another_session)
{
	static const char form[] = "application/x-www-form-urlencoded";
	struct visitor *v = signed_up_by_form("Mara");
	const char *target,
	    *body = page_fill(v, "/tickets/new", "/tickets/new", "title=Strings&price=38.00", &target);
	const char *origin[] = {arena_printf(flow_arena, "Origin: %s", flow_url()), NULL};
	const char *foreign_origin[] = {"Origin: https://evil.example", NULL};
	struct answer *a;

	lose_session(v);
	sign_in_by_form(v, "/signin");
	a = http(v, "POST", target, form, body, origin);
	ck_status(a, 403);
	ck_valid(a, "another session");
	ck_assert_ptr_nonnull(strstr(a->body, "value=\"Strings\""));
	a = http(v, "POST", target, form, body, foreign_origin);
	ck_status(a, 403);
	ck_assert_ptr_null(strstr(a->body, "value=\"Strings\""));
	ck_assert_int_eq(
	    sql_number("tickets",
		       "SELECT COUNT(*) FROM ticket t JOIN seller_replica s ON s.id = t.user_id WHERE "
		       "s.display_name = 'Mara' AND t.title = 'Strings'"),
	    0);
}
END_TEST

/* A draft is shown only if the site has sealed it, and only to its user. */
START_TEST(a_forged_draft_is_not_shown)
{
	struct visitor *v = signed_up_by_form("Mara");
	const char *text = "/tickets/new\ntitle=Forged";
	size_t used = strlen(v->cookies);

	snprintf(v->cookies + used, sizeof v->cookies - used, "; draft=0011223344556677.%s~%s",
		 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		 text_base64url(flow_arena, text, strlen(text)));
	ck_assert_ptr_null(strstr(good_page(v, "/tickets/new")->body, "Forged"));
}
END_TEST

/* Other sites append their own parameters to shared links. Pages ignore them; the API refuses them
 * (test_input.c). */
START_TEST(pages_ignore_parameters_that_are_not_theirs)
{
	good_page(visitor_new(), "/?utm_source=letter&fbclid=1");
	good_page(visitor_new(), "/signin?utm_source=letter");
}
END_TEST

START_TEST(headers_protect_every_page)
{
	static const char *const paths[] = {"/", "/signin", "/nowhere", "/api/tickets", "/static/site.css"};
	struct answer *a = http(visitor_new(), "GET", paths[_i], NULL, NULL, NULL);

	ck_assert_msg(strstr(header_of(a, "Content-Security-Policy"), "default-src 'self'") != NULL, "%s",
		      a->headers);
	ck_assert_msg(strstr(header_of(a, "Content-Security-Policy"), "unsafe") == NULL, "%s", a->headers);
	ck_assert_str_eq(header_of(a, "X-Content-Type-Options"), "nosniff");
	ck_assert_str_ne(header_of(a, "Referrer-Policy"), "");
	ck_assert_str_eq(header_of(a, "Access-Control-Allow-Origin"), "");
	ck_assert_msg(strchr(header_of(a, "Server"), '/') == NULL, "%s", header_of(a, "Server"));
}
END_TEST

Suite *pages_suite(void)
{
	Suite *s = suite_create("pages");
	TCase *t = tcase_create("pages");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, the_sale_by_forms_only);
	tcase_add_test(t, signing_in_and_out);
	tcase_add_loop_test(t, next_never_leads_to_another_site, 0, sizeof foreign / sizeof *foreign);
	tcase_add_test(t, a_wrong_form_comes_back_with_what_was_typed);
	tcase_add_test(t, sign_up_says_what_is_wrong);
	tcase_add_test(t, editing_withdrawing_and_conflicts);
	tcase_add_test(t, a_listing_that_changed_since_is_shown_again);
	tcase_add_test(t, releasing_a_hold);
	tcase_add_test(t, a_double_click_has_one_effect);
	tcase_add_test(t, an_idempotency_key_replays_the_first_answer);
	tcase_add_test(t, errors_are_designed_pages);
	tcase_add_test(t, input_survives_sign_in);
	tcase_add_test(t, input_is_shown_to_its_user_only);
	tcase_add_test(t, a_buyer_who_signs_in_comes_back_to_the_listing);
	tcase_add_test(t, input_survives_another_session);
	tcase_add_test(t, a_forged_draft_is_not_shown);
	tcase_add_test(t, pages_ignore_parameters_that_are_not_theirs);
	tcase_add_loop_test(t, headers_protect_every_page, 0, 5);
	suite_add_tcase(s, t);
	return s;
}
