#include "tests/app/fcgi_client.h"
#include "tests/app/program.h"
#include "tests/app/suites.h"
#include <string.h>
#include <unistd.h>

static struct program program;
static struct arena *arena;
static int fd;

static void begin(void)
{
	arena = arena_new();
	program_start(&program, 1, 1, 0);
	fd = fcgi_connect(program.socket);
	ck_assert_int_ge(fd, 0);
}

static void end(void)
{
	close(fd);
	ck_assert_int_eq(program_stop(&program), 0);
	arena_free(arena);
}

static struct fcgi_reply ask(const struct fcgi_ask *a)
{
	struct fcgi_reply reply = {0};

	ck_assert_msg(fcgi_call(fd, arena, a, &reply), "no answer to %s %s", a->method, a->uri);
	return reply;
}

static struct fcgi_reply get(const char *uri)
{
	return ask(&(struct fcgi_ask){.method = "GET", .uri = uri});
}

static void has(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in:\n%s", part, text);
}

START_TEST(an_address_is_written_in_one_way)
{
	static const char *const wrong[] = {
	    "/api/%",
	    "/api/%4",
	    "/api/%zz",
	    "/api/%00",
	    "/api/a%00b",
	    "/api/%ff",
	    "/api/%c0%af",
	    "/api//tickets",
	    "//api/tickets",
	    "/api/../api/json",
	    "/api/./json",
	    "/api/..",
	    "/api/.",
	    "/api/%2e%2e",
	    "/api/a%2fb",
	    "api/json",
	    "",
	    "/api/%ed%a0%80",
	    "/api/\x01/x",
	    "/api/%0d%0a",
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct fcgi_reply reply = get(wrong[i]);

		ck_assert_msg(reply.status == 400, "%s: %d", wrong[i], reply.status);
	}
	ck_assert_int_eq(get("/api/%6a%73on").status, 405);
	ck_assert_int_eq(get("/api/%C3%BC").status, 404);
}
END_TEST

START_TEST(unknown_addresses_and_methods)
{
	struct fcgi_reply reply = get("/api/nothing");

	ck_assert_int_eq(reply.status, 404);
	has(reply.head, "Content-Type: application/problem+json; charset=utf-8\r\n");
	has(reply.body, "\"status\":404");
	has(reply.body, "\"instance\":\"/api/nothing\"");
	has(reply.body, "\"requestId\":\"0123456789abcdef0123456789abcdef\"");
	reply = get("/nothing");
	ck_assert_int_eq(reply.status, 404);
	has(reply.head, "Content-Type: text/html; charset=utf-8\r\n");
	has(reply.head, "Cache-Control: no-store\r\n");
	reply = ask(&(struct fcgi_ask){.method = "OPTIONS", .uri = "/who"});
	ck_assert_int_eq(reply.status, 405);
	has(reply.head, "Allow: GET, HEAD\r\n");
	reply = ask(&(struct fcgi_ask){.method = "HEAD", .uri = "/api/json"});
	ck_assert_int_eq(reply.status, 405);
	has(reply.head, "Allow: POST\r\n");
	ck_assert_int_eq(ask(&(struct fcgi_ask){.method = "TRACE", .uri = "/who"}).status, 405);
	ck_assert_int_eq(ask(&(struct fcgi_ask){.method = "get", .uri = "/who"}).status, 405);
	ck_assert_int_eq(get("/who/").status, 404);
	// a link to a page may carry what some mailer added to it; the API takes only what it knows
	ck_assert_int_eq(get("/who?x=1").status, 200);
	ck_assert_int_eq(get("/api/tickets/new?x=1").status, 400);
	ck_assert_int_eq(get("/who?x=%").status, 400);
}
END_TEST

START_TEST(ids_are_strict)
{
	ck_assert_str_eq(get("/api/tickets/0190ABCD-0000-7000-8000-000000000001").body,
			 "0190abcd-0000-7000-8000-000000000001");
	ck_assert_str_eq(get("/api/tickets/new").body, "new");
	ck_assert_int_eq(get("/api/tickets/0190abcd-0000-7000-8000-00000000000").status, 404);
	ck_assert_int_eq(get("/api/tickets/00000000-0000-0000-0000-000000000000").status, 404);
	ck_assert_int_eq(get("/api/tickets/x").status, 404);
	ck_assert_int_eq(get("/api/tickets/").status, 404);
}
END_TEST

START_TEST(repeated_headers_are_refused)
{
	static const char *const names[] = {"HTTP_AUTHORIZATION", "HTTP_REFERER",   "HTTP_IDEMPOTENCY_KEY",
					    "CONTENT_TYPE",       "HTTP_IF_MATCH",  "HTTP_STRIPE_SIGNATURE",
					    "HTTP_ORIGIN",        "CONTENT_LENGTH", "HTTP_SEC_FETCH_SITE",
					    "REQUEST_URI"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *one = arena_printf(arena, "%s=x", names[i]);
		const struct fcgi_ask twice = {.method = "GET", .uri = "/who", .more = {one, one}};

		ck_assert_msg(ask(&twice).status == 400, "%s twice", names[i]);
	}
	ck_assert_int_eq(ask(&(struct fcgi_ask){
				 .method = "GET", .uri = "/who", .more = {"HTTP_ACCEPT=a", "HTTP_ACCEPT=b"}})
			     .status,
			 200);
}
END_TEST

/* nginx passes a repeated header in this form from 1.23 on. */
START_TEST(joined_headers_are_refused)
{
	static const char *const joined[] = {"HTTP_ORIGIN=http://localhost, http://localhost",
					     "HTTP_SEC_FETCH_SITE=same-origin, same-origin",
					     "HTTP_SEC_FETCH_SITE=same-origin,cross-site",
					     "HTTP_IDEMPOTENCY_KEY=a, a", "HTTP_IDEMPOTENCY_KEY=,"};
	static const char *const single[] = {"HTTP_ORIGIN=http://localhost",
					     "HTTP_SEC_FETCH_SITE=same-origin", "HTTP_IDEMPOTENCY_KEY=a",
					     "HTTP_ACCEPT=a, b", "HTTP_REFERER=http://localhost/a,b"};

	for (size_t i = 0; i < sizeof joined / sizeof *joined; i++)
		ck_assert_msg(
		    ask(&(struct fcgi_ask){.method = "GET", .uri = "/who", .more = {joined[i]}}).status ==
			400,
		    "%s", joined[i]);
	for (size_t i = 0; i < sizeof single / sizeof *single; i++)
		ck_assert_msg(
		    ask(&(struct fcgi_ask){.method = "GET", .uri = "/who", .more = {single[i]}}).status ==
			200,
		    "%s", single[i]);
	ck_assert_int_eq(ask(&(struct fcgi_ask){.method = "GET",
						.uri = "/who",
						.more = {"HTTP_COOKIE=a=1", "HTTP_COOKIE=session=2"}})
			     .status,
			 200);
}
END_TEST

static int post_json(const char *type, const char *body, const char *header)
{
	return ask(&(struct fcgi_ask){
		       .method = "POST", .uri = "/api/json", .type = type, .body = body, .more = {header}})
	    .status;
}

START_TEST(json_is_strict)
{
	char deep[2000] = "";

	memset(deep, '[', 900);
	ck_assert_int_eq(post_json("application/json", "{}", NULL), 200);
	ck_assert_int_eq(post_json("Application/JSON; charset=UTF-8", "{}", NULL), 200);
	ck_assert_int_eq(post_json("application/json; charset=latin1", "{}", NULL), 415);
	ck_assert_int_eq(post_json("text/plain", "{}", NULL), 415);
	ck_assert_int_eq(post_json("application/x-www-form-urlencoded", "a=b", NULL), 415);
	ck_assert_int_eq(post_json(NULL, "{}", NULL), 415);
	ck_assert_int_eq(post_json("application/json", "{", NULL), 400);
	ck_assert_int_eq(post_json("application/json", "[]", NULL), 400);
	ck_assert_int_eq(post_json("application/json", "{\"a\":1}", NULL), 400);
	ck_assert_int_eq(post_json("application/json", "{}{}", NULL), 400);
	ck_assert_int_eq(post_json("application/json", "\xff", NULL), 400);
	ck_assert_int_eq(post_json("application/json", deep, NULL), 400);
}
END_TEST

START_TEST(requests_of_other_sites_are_refused)
{
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_ORIGIN=https://evil.example"), 403);
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_ORIGIN=null"), 403);
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_ORIGIN=http://localhost.evil.example"),
			 403);
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_SEC_FETCH_SITE=cross-site"), 403);
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_SEC_FETCH_SITE=same-site"), 403);
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_SEC_FETCH_SITE=same-origin"), 200);
	ck_assert_int_eq(post_json("application/json", "{}", "HTTP_ORIGIN=http://localhost"), 200);
}
END_TEST

START_TEST(a_signed_out_request_gets_401)
{
	struct fcgi_reply reply = ask(&(struct fcgi_ask){
	    .method = "POST", .uri = "/api/private", .type = "application/json", .body = "{}"});

	ck_assert_int_eq(reply.status, 401);
	has(reply.head, "WWW-Authenticate: Bearer\r\n");
}
END_TEST

Suite *request_suite(void)
{
	Suite *s = suite_create("request");
	TCase *c = tcase_create("request");

	tcase_add_checked_fixture(c, begin, end);
	tcase_set_timeout(c, 30);
	tcase_add_test(c, an_address_is_written_in_one_way);
	tcase_add_test(c, unknown_addresses_and_methods);
	tcase_add_test(c, ids_are_strict);
	tcase_add_test(c, repeated_headers_are_refused);
	tcase_add_test(c, joined_headers_are_refused);
	tcase_add_test(c, json_is_strict);
	tcase_add_test(c, requests_of_other_sites_are_refused);
	tcase_add_test(c, a_signed_out_request_gets_401);
	suite_add_tcase(s, c);
	return s;
}
