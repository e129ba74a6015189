/* Headers of every kind of answer: from a program, nginx, a static file, an error, a redirect. */
#include "tests/flow/buying.h"
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include "tests/flow/tls.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static int times(const struct answer *a, const char *name)
{
	size_t len = strlen(name);
	int n = 0;

	for (const char *line = a->headers; line != NULL;
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1)
		n += strncasecmp(line, name, len) == 0 && line[len] == ':';
	return n;
}

static void ck_header(const struct answer *a, const char *what, const char *name, const char *value)
{
	ck_assert_msg(times(a, name) == 1, "%s: %d times %s", what, times(a, name), name);
	ck_assert_msg(value == NULL || strcmp(header_of(a, name), value) == 0, "%s: %s is %s", what, name,
		      header_of(a, name));
}

static const char *const unwanted[] = {"Access-Control-Allow-Origin",
				       "Access-Control-Allow-Credentials",
				       "X-Powered-By",
				       "X-Accel-Redirect",
				       "X-Accel-Expires",
				       "Via",
				       "Set-Cookie2"};

static void ck_content_type(const struct answer *a, const char *what)
{
	static const char *const binary[] = {"image/png", "image/x-icon", "image/vnd.microsoft.icon"};
	bool known = strstr(a->type, "; charset=utf-8") != NULL;

	if (a->status == 204 || a->status == 303 || a->status == 304)
		return;
	for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
		known = known || strcmp(a->type, binary[i]) == 0;
	ck_assert_msg(known, "%s is %s", what, a->type);
}

static void ck_headers(const struct answer *a, const char *what, bool tls)
{
	const char *policy = arena_printf(flow_arena,
					  "default-src 'self'; script-src 'self'; object-src 'none'; "
					  "base-uri 'none'; frame-ancestors 'none'; "
					  "form-action 'self' %s",
					  flow_bank());

	ck_header(a, what, "Content-Security-Policy", policy);
	ck_header(a, what, "X-Content-Type-Options", "nosniff");
	ck_header(a, what, "Referrer-Policy", "strict-origin-when-cross-origin");
	ck_header(a, what, "Cross-Origin-Opener-Policy", "same-origin");
	ck_header(a, what, "X-Request-Id", NULL);
	ck_header(a, what, "Server", "nginx");
	for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++)
		ck_assert_msg(times(a, unwanted[i]) == 0, "%s: %s", what, unwanted[i]);
	if (tls)
		ck_header(a, what, "Strict-Transport-Security", "max-age=63072000");
	else
		ck_assert_msg(times(a, "Strict-Transport-Security") == 0, "%s: HSTS without TLS", what);
	ck_content_type(a, what);
}

/* Checks each Set-Cookie line of the answer. */
static void ck_cookies(const struct answer *a, const char *what, bool tls)
{
	for (const char *line = a->headers; line != NULL;
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1) {
		const char *cookie;

		if (strncasecmp(line, "Set-Cookie: ", 12) != 0)
			continue;
		cookie = arena_memdup(flow_arena, line + 12, strcspn(line + 12, "\r\n"));
		ck_assert_msg(
		    strstr(cookie, "; HttpOnly") != NULL && strstr(cookie, "; SameSite=Lax") != NULL &&
			strstr(cookie, "; Path=/;") != NULL && strstr(cookie, "; Max-Age=") != NULL &&
			strcasestr(cookie, "domain=") == NULL,
		    "%s sets %s", what, cookie);
		ck_assert_msg((strstr(cookie, "; Secure") != NULL) == tls &&
				  (strncmp(cookie, "__Host-", 7) == 0) == tls,
			      "%s sets %s", what, cookie);
	}
}

static void ck_answer(const struct answer *a, int status, const char *what)
{
	ck_assert_msg(a->status == status, "%s: %d", what, a->status);
	ck_headers(a, what, false);
	ck_cookies(a, what, false);
}

static const struct {
	const char *method, *path, *accept;
	int status;
} answers[] = {
    {"GET", "/", "text/html", 200},
    {"GET", "/signin", "text/html", 200},
    {"GET", "/signout", "text/html", 200},
    {"GET", "/account", "text/html", 303},
    {"GET", "/tickets/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "text/html", 404},
    {"GET", "/api/tickets", "application/json", 200},
    {"GET", "/api/tickets?limit=0", "application/json", 400},
    {"GET", "/api/orders", "application/json", 401},
    {"PATCH", "/api/tickets", "application/json", 405},
    {"GET", "/api/users/keys", "*/*", 200},
    {"GET", "/api/users/currentuser", "*/*", 200},
    {"POST", "/api/payments/webhook", "*/*", 400},
    {"GET", "/feed.atom", "*/*", 200},
    {"GET", "/sitemap.xml", "*/*", 200},
    {"GET", "/robots.txt", "*/*", 200},
    {"GET", "/static/site.css", "*/*", 200},
    {"GET", "/static/site.js?v=1", "*/*", 200},
    {"GET", "/static/icon.svg", "*/*", 200},
    {"GET", "/static/card.png", "*/*", 200},
    {"GET", "/favicon.ico", "*/*", 200},
    {"GET", "/nowhere", "text/html", 404},
    {"GET", "/nowhere", "application/json", 404},
    {"GET", "/static/", "text/html", 404},
    {"GET", "/.git/HEAD", "*/*", 404},
    {"POST", "/static/site.css", "text/html", 405},
};

START_TEST(every_kind_of_answer_has_the_headers)
{
	const char *huge = arena_printf(flow_arena, "/%09000d", 0);

	for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)

		ck_answer(http(visitor_new(), answers[i].method, answers[i].path, NULL, NULL,
			       (const char *const[]){
				   arena_printf(flow_arena, "Accept: %s", answers[i].accept), NULL}),
			  answers[i].status,
			  arena_printf(flow_arena, "%s %s", answers[i].method, answers[i].path));
	ck_answer(http(visitor_new(), "GET", huge, NULL, NULL, NULL), 414, "a long address");
	ck_answer(http(visitor_new(), "POST", "/api/tickets", "application/json",
		       arena_printf(flow_arena, "%070000d", 0), NULL),
		  413, "a large body");
	ck_answer(http(visitor_new(), "GET", "/%", NULL, NULL, NULL), 400, "a malformed address");
}
END_TEST

/* Downloads: data of the account, orders and payments, and the calendar entry of an order. */
START_TEST(downloads_have_the_headers)
{
	struct sale s = held();
	const char *calendar = at("/orders/%s/calendar.ics", s.order);
	const char *const files[] = {"/account/data.json", "/orders/data.json", "/payments/data.json",
				     calendar};
	struct answer *a;

	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		a = page(s.buyer, files[i]);
		ck_answer(a, 200, files[i]);
		ck_header(a, files[i], "Cache-Control", "no-store");
		ck_assert_msg(strncmp(header_of(a, "Content-Disposition"), "attachment; filename=\"", 22) ==
				  0,
			      "%s: %s", files[i], header_of(a, "Content-Disposition"));
	}
	a = page(s.seller, "/selling/data.json");
	ck_answer(a, 200, "/selling/data.json");
	ck_header(a, "/selling/data.json", "Cache-Control", "no-store");
}
END_TEST

/* Every route that requires a session, and every page that depends on who views it. */
START_TEST(personal_answers_are_not_cached)
{
	struct sale s = held();

	ck_assert(wait_until(5000, is_payable, &s));
	for (size_t i = 0; i < routed_count; i++) {
		const struct routed *r = &routed[i];
		bool tickets = strcmp(r->service, "tickets") == 0;
		struct answer *a;

		if (!is_get(r))
			continue;
		a = route_send(tickets ? s.seller : s.buyer, r, tickets ? s.ticket : s.order, "", NULL);
		if (wants_session(r) || strstr(a->type, "html") != NULL || strstr(r->name, "user") != NULL)
			ck_header(a, r->name, "Cache-Control", "no-store");
	}
}
END_TEST

START_TEST(signing_out_clears_what_was_kept)
{
	struct visitor *v = visitor_signed_up("Out"), *api_v = visitor_signed_up("Out"),
		       *all = visitor_signed_up("Out"), *gone = visitor_signed_up("Out");

	ck_header(page_submit(v, "/signout", "/signout", ""), "signing out", "Clear-Site-Data", "\"cache\"");
	ck_header(api(api_v, "POST", "/api/users/signout", "{}"), "signing out by API", "Clear-Site-Data",
		  "\"cache\"");
	ck_header(page_submit(all, "/account", "/account/devices", ""), "everywhere", "Clear-Site-Data",
		  "\"cache\"");
	ck_header(page_submit(gone, "/account/delete", "/account/delete", "password=correct+horse+battery"),
		  "deleting", "Clear-Site-Data", "\"cache\"");
	ck_assert_ptr_null(strstr(v->cookies, "session="));
	ck_assert_ptr_null(strstr(gone->cookies, "device="));
}
END_TEST

static const char *sign_up_form(const char *address)
{
	return arena_printf(flow_arena, "email=%s&password=correct+horse+battery&displayName=T",
			    text_percent_encode(flow_arena, address));
}

/* Every cookie that the site sets: presession, session, known browser, draft; and their deletion. */
static void through_all_cookies(const char *site, bool tls)
{
	const char *address = good_value("email"), *target, *body;
	struct visitor *v = visitor_new();
	struct answer *a = page(v, arena_printf(flow_arena, "%s/signup", site));

	ck_cookies(a, "the form to sign up", tls);
	ck_assert_ptr_nonnull(strstr(v->cookies, "presession="));
	body = page_fill(v, arena_printf(flow_arena, "%s/signup", site), "/signup", sign_up_form(address),
			 &target);
	a = page_send(v, arena_printf(flow_arena, "%s%s", site, target), body);
	ck_status(a, 303);
	ck_cookies(a, "signing up", tls);
	ck_assert_ptr_nonnull(strstr(v->cookies, "session="));
	ck_assert_ptr_nonnull(strstr(v->cookies, "device="));
	ck_status(page(v, arena_printf(flow_arena, "%s/account", site)), 200);
	body = page_fill(v, arena_printf(flow_arena, "%s/tickets/new", site), "/tickets/new",
			 "title=Kept&price=5&category=concert", &target);
	a = http(v, "POST", arena_printf(flow_arena, "%s/api/users/signout", site), "application/json", "{}",
		 NULL);
	ck_status(a, 200);
	ck_cookies(a, "signing out", tls);
	ck_assert_ptr_null(strstr(v->cookies, tls ? "__Host-session=" : " session="));
	a = page_send(v, arena_printf(flow_arena, "%s/tickets/new", site), body);
	ck_status(a, 303);
	ck_cookies(a, "a draft", tls);
	ck_assert_ptr_nonnull(strstr(v->cookies, "draft="));
	snprintf(v->cookies, sizeof v->cookies, "%ssession=x", tls ? "__Host-" : "");
	a = page(v, arena_printf(flow_arena, "%s/account", site));
	ck_cookies(a, "a bad cookie", tls);
	ck_assert_str_eq(v->cookies, "");
}

START_TEST(cookies_are_for_this_site_and_no_script)
{
	through_all_cookies("", false);
}
END_TEST

START_TEST(under_tls_cookies_are_secure_and_browsers_stay_with_it)
{
	static const char *const paths[] = {"/",         "/signin",          "/api/tickets", "/api/nowhere",
					    "/nowhere",  "/static/site.css", "/account",     "/favicon.ico",
					    "/feed.atom"};
	const char *site = tls_site_begin();
	struct visitor *v = visitor_new();

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
		struct answer *a = http(visitor_new(), "GET",
					arena_printf(flow_arena, "%s%s", site, paths[i]), NULL, NULL, NULL);

		ck_headers(a, paths[i], true);
		ck_cookies(a, paths[i], true);
	}
	through_all_cookies(site, true);
	/* a cookie that could have been set over a plain connection is ignored */
	snprintf(v->cookies, sizeof v->cookies, "session=%s",
		 strchr(visitor_signed_up("Plain")->cookies, '=') + 1);
	ck_status(http(v, "GET", arena_printf(flow_arena, "%s/account", site), NULL, NULL, NULL), 303);
	tls_site_end();
}
END_TEST

Suite *security_headers_suite(void)
{
	Suite *s = suite_create("security headers");
	TCase *t = tcase_create("headers");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, every_kind_of_answer_has_the_headers);
	tcase_add_test(t, downloads_have_the_headers);
	tcase_add_test(t, personal_answers_are_not_cached);
	tcase_add_test(t, signing_out_clears_what_was_kept);
	tcase_add_test(t, cookies_are_for_this_site_and_no_script);
	tcase_add_test(t, under_tls_cookies_are_secure_and_browsers_stay_with_it);
	suite_add_tcase(s, t);
	return s;
}
