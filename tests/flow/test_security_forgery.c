/* Cross-site request forgery: each route that changes something refuses a complete form without a valid CSRF
 * token, and no GET changes anything. */
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <string.h>

static const char unknown_id[] = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

static bool changes(const struct routed *r)
{
	return !is_get(r) && r->access != MACHINE;
}

static const char *const foreign[] = {"Sec-Fetch-Site: cross-site", "Sec-Fetch-Site: same-site",
				      "Origin: https://example.com", "Origin: null",
				      "Origin: http://127.0.0.1.example.com"};

static void ck_status_of(const struct routed *r, const struct answer *a, int status, const char *how)
{
	ck_assert_msg(a->status == status, "%s (%s %s) with %s: %d instead of %d", r->name, r->method,
		      r->path, how, a->status, status);
}

static void ck_foreign(struct visitor *v, const struct routed *r, const char *csrf)
{
	for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
		ck_status_of(r,
			     route_send(v, r, unknown_id, form_body(r, csrf, NULL, NULL),
					(const char *const[]){foreign[i], NULL}),
			     403, foreign[i]);
}

static void ck_page_form(struct visitor *v, struct visitor *other, const struct routed *r)
{
	const char *page_path = r->access == SIGNED_OUT ? r->path : "/signout";
	const char *csrf = csrf_of(v, page_path), *others = csrf_of(other, page_path);
	char *changed = arena_strdup(flow_arena, csrf);

	ck_assert_str_ne(csrf, "");
	ck_assert_str_ne(others, "");
	ck_status_of(r, route_send(v, r, unknown_id, form_body(r, NULL, NULL, NULL), NULL), 403, "no proof");
	ck_status_of(r, route_send(v, r, unknown_id, form_body(r, "", NULL, NULL), NULL), 403,
		     "an empty proof");
	ck_status_of(r, route_send(v, r, unknown_id, form_body(r, others, NULL, NULL), NULL), 403,
		     "the token of another session");
	changed[strlen(changed) - 2] = changed[strlen(changed) - 2] == 'A' ? 'B' : 'A';
	ck_status_of(r, route_send(v, r, unknown_id, form_body(r, changed, NULL, NULL), NULL), 403,
		     "a changed proof");
	/* a same-origin request gets the form again, and still changes nothing */
	ck_status_of(r,
		     route_send(v, r, unknown_id, form_body(r, others, NULL, NULL),
				(const char *const[]){"Sec-Fetch-Site: same-origin", NULL}),
		     403, "the token of another session, from this site");
	ck_foreign(v, r, csrf);
}

static void ck_api_call(struct visitor *v, const struct routed *r)
{
	const char *body = form_body(r, NULL, NULL, NULL);
	static const char *const simple[] = {"text/plain", "application/x-www-form-urlencoded",
					     "multipart/form-data; boundary=x"};

	ck_foreign(v, r, NULL);
	for (size_t i = 0; has_body(r) && i < sizeof simple / sizeof *simple; i++)
		ck_status_of(r, http(v, r->method, with_id(r->path, unknown_id), simple[i], body, NULL), 415,
			     simple[i]);
}

START_TEST(requests_of_other_sites_change_nothing)
{
	struct visitor *v = visitor_signed_up("Ioana"), *other = visitor_signed_up("Wen");
	struct visitor *out = visitor_new(), *out_too = visitor_new();
	const char *before;

	before = tables_at_rest();
	for (size_t i = 0; i < routed_count; i++) {
		const struct routed *r = &routed[i];
		bool signed_out = r->access == SIGNED_OUT;

		if (!changes(r))
			continue;
		if (is_api(r))
			ck_api_call(v, r);
		else
			ck_page_form(signed_out ? out : v, signed_out ? out_too : other, r);
	}
	ck_unchanged(before);
	ck_status(page(v, "/account"), 200);
}
END_TEST

/* The presession of signed-out forms: neither a made-up presession nor that of another browser has a valid
 * token. */
START_TEST(a_presession_is_signed_and_bound_to_its_browser)
{
	struct visitor *v = visitor_new(), *planted = visitor_new(), *known = visitor_signed_up("Known");
	struct answer *a;
	const char *csrf = csrf_of(v, "/signin"), *target, *body;

	ck_assert_ptr_nonnull(strstr(v->cookies, "presession="));
	body = arena_printf(flow_arena, "email=a%%40example.com&password=long+enough&_csrf=%s", csrf);
	snprintf(planted->cookies, sizeof planted->cookies,
		 "presession=0123456789abcdef0123456789abcdef.AAAA");
	ck_status(page_send(planted, "/signin", body), 403);
	/* after sign-in a token from before belongs to another session */
	body = page_fill(v, "/signin", "/signin",
			 arena_printf(flow_arena, "email=%s&password=%s",
				      text_percent_encode(flow_arena, known->email), "correct+horse+battery"),
			 &target);
	a = page_send(v, target, body);
	ck_status(a, 303);
	a = page_send(v, "/signout", arena_printf(flow_arena, "_csrf=%s", csrf));
	ck_status(a, 403);
	ck_status(page(v, "/account"), 200);
}
END_TEST

START_TEST(a_get_changes_nothing)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Looked at", "38"), *order_ = hold(buyer, ticket), *before;
	struct visitor *who[] = {seller, buyer, visitor_new()};

	ck_status(pay(buyer, order_, "tok_visa"), 201);
	wait_order(buyer, order_, "completed", 10000);
	before = tables_at_rest();
	for (size_t i = 0; i < routed_count; i++) {
		const struct routed *r = &routed[i];
		const char *id = strcmp(r->service, "tickets") == 0 ? ticket : order_;

		if (!is_get(r))
			continue;
		for (size_t k = 0; k < sizeof who / sizeof *who; k++) {
			ck_assert_int_lt(route_send(who[k], r, id, "", NULL)->status, 500);
			ck_assert_int_lt(
			    route_send(who[k], r, id, form_body(r, NULL, NULL, NULL), NULL)->status, 500);
		}
	}
	/* a form in the query of a GET does not change anything either */
	for (size_t i = 0; i < routed_count; i++)
		if (has_body(&routed[i]) && !is_api(&routed[i]))
			http(seller, "GET",
			     arena_printf(flow_arena, "%s?%s", with_id(routed[i].path, ticket),
					  form_body(&routed[i], csrf_of(seller, "/signout"), NULL, NULL)),
			     NULL, NULL, NULL);
	settle(10000);
	ck_unchanged(before);
}
END_TEST

static const char *const elsewhere[] = {"https://example.com/",
					"//example.com",
					"/\\example.com",
					"\\\\example.com",
					"example.com",
					"javascript:alert(1)",
					"///example.com",
					"/%09/example.com",
					"/ /example.com",
					"https:example.com",
					"/\t/example.com",
					"//example.com/%2e%2e",
					"http:///x",
					"data:text/html,x",
					"/signout"};

/* Every parameter that names the next page. */
START_TEST(next_leads_only_to_this_site)
{
	struct visitor *known = visitor_signed_up("Next");
	const char *next = text_percent_encode(flow_arena, elsewhere[_i]);
	const char *const paths[] = {arena_printf(flow_arena, "/signin?next=%s", next),
				     arena_printf(flow_arena, "/signup?next=%s", next)};
	struct answer *a;

	for (size_t i = 0; i < 2; i++) {
		a = page(known, paths[i]);
		ck_assert_msg(a->status == 303 || a->status == 400, "%s: %d", paths[i], a->status);
		ck_assert_msg(a->status == 400 || a->location[0] == '/', "%s leads to %s", paths[i],
			      a->location);
		ck_assert_msg(a->status == 400 || (a->location[1] != '/' && a->location[1] != '\\'),
			      "%s leads to %s", paths[i], a->location);
		ck_assert_str_ne(a->location, "/signout");
		a = page(visitor_new(), paths[i]);
		ck_assert_ptr_null(strstr(a->body, "href=\"//"));
		ck_assert_ptr_null(strstr(a->body, "href=\"javascript:"));
	}
	a = page_submit(visitor_new(), "/signin", "/signin",
			arena_printf(flow_arena, "email=%s&password=correct+horse+battery&next=%s",
				     text_percent_encode(flow_arena, known->email), next));
	ck_assert_msg(a->status == 400 || (a->status == 303 && strcmp(a->location, "/") == 0) ||
			  (a->status == 303 && a->location[0] == '/' && a->location[1] == '%'),
		      "%s leads to %s (%d)", elsewhere[_i], a->location, a->status);
}
END_TEST

Suite *security_forgery_suite(void)
{
	Suite *s = suite_create("security forgery");
	TCase *t = tcase_create("forgery");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, requests_of_other_sites_change_nothing);
	tcase_add_test(t, a_presession_is_signed_and_bound_to_its_browser);
	tcase_add_test(t, a_get_changes_nothing);
	tcase_add_loop_test(t, next_leads_only_to_this_site, 0, sizeof elsewhere / sizeof *elsewhere);
	suite_add_tcase(s, t);
	return s;
}
