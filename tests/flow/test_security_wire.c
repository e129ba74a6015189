/* Malformed requests that no browser sends: smuggled, duplicated, sent slowly, or aimed at other sites. */
#include "common/base/clock.h"
#include "tests/flow/buying.h"
#include "tests/flow/fake_pool.h"
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HOST "Host: 127.0.0.1\r\nConnection: close\r\n"
#define POST "POST /api/users/signin HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"

/* A string literal with its length, for literals that contain a NUL. */
#define BYTES(literal) literal, sizeof literal - 1

static const struct {
	const char *name, *bytes;
	size_t len;
	int status;
} shapes[] = {
    {"a length and chunks", BYTES(POST "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
     400},
    {"chunks and a length", BYTES(POST "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
     400},
    {"two lengths", BYTES(POST "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} "), 400},
    {"the same length twice", BYTES(POST "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"), 400},
    {"a list of lengths", BYTES(POST "Content-Length: 2, 2\r\n\r\n{}"), 400},
    {"a length below 0", BYTES(POST "Content-Length: -1\r\n\r\n"), 400},
    {"a length with a sign", BYTES(POST "Content-Length: +2\r\n\r\n{}"), 400},
    {"a hexadecimal length", BYTES(POST "Content-Length: 0x2\r\n\r\n{}"), 400},
    {"a length beyond all", BYTES(POST "Content-Length: 99999999999999999999999\r\n\r\n{}"), 400},
    {"a space before the colon", BYTES(POST "Content-Length : 2\r\n\r\n{}"), 400},
    {"a space before the colon of chunks", BYTES(POST "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n"), 400},
    {"a folded line", BYTES(POST "X-Folded: a\r\n b\r\nContent-Length: 2\r\n\r\n{}"), 400},
    {"a folded first line", BYTES("GET / HTTP/1.1\r\n Host: 127.0.0.1\r\n\r\n"), 400},
    {"a return within a line", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\rSet-Cookie: c\r\n\r\n"), 400},
    {"a NUL in a value", BYTES("GET / HTTP/1.1\r\n" HOST "X-A: b\0c\r\n\r\n"), 400},
    {"a NUL in a name", BYTES("GET / HTTP/1.1\r\n" HOST "X-\0A: b\r\n\r\n"), 400},
    {"a NUL in the address", BYTES("GET /\0 HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"a chunk that is no number", BYTES(POST "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"), 400},
    {"a chunk longer than said", BYTES(POST "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"), 400},
    {"an endless chunk", BYTES(POST "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}"), 400},
    {"an unknown encoding", BYTES(POST "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501},
    {"chunks twice", BYTES(POST "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), 501},
    {"chunks in two lines",
     BYTES(POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"), 400},
    {"no host", BYTES("GET / HTTP/1.1\r\n\r\n"), 400},
    {"two hosts", BYTES("GET / HTTP/1.1\r\n" HOST "Host: example.com\r\n\r\n"), 400},
    {"an invalid host", BYTES("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"), 400},
    {"an unknown method", BYTES("ge\tt / HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"a method in small letters", BYTES("get / HTTP/1.1\r\n" HOST "\r\n"), 400},
    {"an unknown version", BYTES("GET / HTTP/9.9\r\n" HOST "\r\n"), 505},
    {"a preface of HTTP/2", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400},
    {"TLS", BYTES("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"), 400},
    {"TRACE", BYTES("TRACE / HTTP/1.1\r\n" HOST "Cookie: session=secret\r\n\r\n"), 405},
    {"CONNECT", BYTES("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n"), 405},
    {"DEBUG", BYTES("DEBUG /api/tickets HTTP/1.1\r\n" HOST "\r\n"), 405},
    {"PROPFIND", BYTES("PROPFIND /static/site.css HTTP/1.1\r\n" HOST "\r\n"), 405},
};

static bool means_the_same(int wanted, int got)
{
	return got == wanted || (wanted == 405 && (got == 400 || got == 404)) ||
	       (wanted >= 500 && got == 400) || (wanted == 400 && got == 501);
}

START_TEST(malformed_requests_are_refused)
{
	const char *answer = raw(shapes[_i].bytes, shapes[_i].len, 1500);

	ck_assert_msg(means_the_same(shapes[_i].status, raw_status(answer)), "%s: %.60s", shapes[_i].name,
		      answer);
	/* and no remaining bytes were parsed as the next request */
	ck_assert_msg(strstr(answer + 1, "HTTP/1.1 ") == NULL, "%s: %s", shapes[_i].name, answer);
	ck_assert_ptr_null(strstr(answer, "secret"));
}
END_TEST

/* Each repeated header is refused, whether the web server passes both or joins them. Cookie:
 * test_security_tokens.c; Stripe-Signature: test_security_bank.c. */
static const char *const once[] = {
    "Authorization: Bearer x", "Origin: http://127.0.0.1",    "If-Match: \"1\"",
    "Idempotency-Key: x",      "Sec-Fetch-Site: same-origin",
};

/* It would be unclear which of the two counts, so the request is refused. */
START_TEST(doubled_headers_are_refused)
{
	static const char *const paths[] = {"/api/users/currentuser", "/api/tickets", "/api/orders",
					    "/api/payments/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"};

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		ck_status(http(visitor_new(), "GET", paths[i], NULL, NULL,
			       (const char *const[]){once[_i], once[_i], NULL}),
			  400);
}
END_TEST

static const char *const closed[] = {
    "/.git/HEAD",
    "/.env",
    "/static/.htaccess",
    "/nginx.conf.in",
    "/site.conf.in",
    "/headers.conf.in",
    "/errors/404.en.html",
    "/errors/",
    "/static/",
    "/static",
    "/static../site.conf.in",
    "/static/../site.conf.in",
    "/static/..%2fsite.conf.in",
    "/static/%2e%2e/site.conf.in",
    "/static/..%5csite.conf.in",
    "/static/..;/site.conf.in",
    "/static/%252e%252e/site.conf.in",
    "/static//../site.conf.in",
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/%2e%2e%2f%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/tickets/../../site.conf.in",
    "/nginx_status",
    "/server-status",
};

START_TEST(files_outside_the_site_are_not_found)
{
	struct answer *a = http(visitor_new(), "GET", closed[_i], NULL, NULL, NULL);

	ck_assert_msg(a->status == 404 || a->status == 400, "%s: %d", closed[_i], a->status);
	ck_assert_ptr_null(strstr(a->body, "fastcgi"));
	ck_assert_ptr_null(strstr(a->body, "root:"));
}
END_TEST

/* The sender chooses the Host header: no link and no redirect uses it. */
START_TEST(a_strange_host_is_on_no_page)
{
	static const char *const games[] = {"Host: evil.example",
					    "Host: 127.0.0.1@evil.example",
					    "X-Forwarded-Host: evil.example",
					    "Forwarded: host=evil.example",
					    "X-Original-URL: //evil.example",
					    "X-Rewrite-URL: //evil.example"};
	struct sale s = held();
	const char *const paths[] = {"/",
				     at("/tickets/%s", s.ticket),
				     "/feed.atom",
				     "/sitemap.xml",
				     "/robots.txt",
				     "/signin",
				     "/account",
				     "/orders",
				     at("/orders/%s", s.order),
				     "/api/tickets",
				     "/api/tickets?limit=1",
				     "/nowhere",
				     "/selling",
				     "/static"};

	for (size_t g = 0; g < sizeof games / sizeof *games; g++)
		for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
			for (int who = 0; who < 2; who++) {
				struct answer *a = http(who == 0 ? s.buyer : visitor_new(), "GET", paths[i],
							NULL, NULL, (const char *const[]){games[g], NULL});

				ck_assert_msg(strstr(a->body, "evil.example") == NULL, "%s with %s: %s",
					      paths[i], games[g], strstr(a->body, "evil.example"));
				ck_assert_msg(strstr(a->headers, "evil.example") == NULL, "%s with %s: %s",
					      paths[i], games[g], a->headers);
			}
	ck_assert_ptr_nonnull(strstr(page(visitor_new(), "/feed.atom")->body, flow_url()));
}
END_TEST

enum { SLOW = 60, CUT_SECONDS = 15 };

static bool is_cut(int fd)
{
	struct pollfd p = {fd, POLLIN, 0};
	char bytes[4096];
	ssize_t n = 1;

	while (n > 0 && poll(&p, 1, 0) == 1)
		n = read(fd, bytes, sizeof bytes);
	return n <= 0;
}

/*
 * Heads that arrive slowly and never end; bodies that never begin; and bodies that arrive slowly, which only
 * nginx waits for: no program gets a request before it is complete. Meanwhile other clients are served as
 * usual, and slow ones are disconnected.
 */
START_TEST(slow_clients_hold_nobody_up)
{
	int heads[SLOW], bodies[SLOW], dribbles[SLOW];
	struct visitor *v = visitor_signed_up("Fast");
	int64_t begun = clock_steady(), slowest = 0;

	for (int i = 0; i < SLOW; i++) {
		heads[i] = raw_begin("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
		bodies[i] = raw_begin("POST /api/users/signin HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
				      "application/json\r\nContent-Length: 2000\r\n\r\n");
		dribbles[i] = raw_begin("POST /orders HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
					"application/x-www-form-urlencoded\r\nContent-Length: 2000\r\n\r\n");
	}
	for (int tick = 0; clock_steady() - begun < (CUT_SECONDS + 2) * SECOND; tick++) {
		int64_t asked = clock_steady();

		ck_status(page(v, tick % 2 == 0 ? "/account" : "/orders"), 200);
		slowest = clock_steady() - asked > slowest ? clock_steady() - asked : slowest;
		for (int i = 0; i < SLOW; i++) {
			(void)send(heads[i], tick % 12 == 0 ? "X: y\r\n" : "", tick % 12 == 0 ? 6 : 0,
				   MSG_NOSIGNAL);
			ck_assert_int_eq(send(dribbles[i], "a", 1, MSG_NOSIGNAL), 1);
		}
		usleep(250000);
	}
	ck_assert_msg(slowest < 2 * SECOND, "others waited %lld us", (long long)slowest);
	for (int i = 0; i < SLOW; i++) {
		ck_assert_msg(is_cut(heads[i]), "a head is still waited for");
		ck_assert_msg(is_cut(bodies[i]), "a body is still waited for");
		close(heads[i]);
		close(bodies[i]);
		close(dribbles[i]);
	}
	ck_status(page(v, "/account"), 200);
}
END_TEST

START_TEST(programs_do_not_steer_nginx)
{
	struct answer *a;

	fake_pool_start();
	a = http(visitor_new(), "GET", "/payments/x", NULL, NULL, NULL);
	fake_pool_stop();
	ck_status(a, 200);
	ck_assert_str_eq(a->body, "its own words");
	ck_assert_ptr_null(strstr(a->headers, "X-Accel"));
	ck_assert_ptr_null(strstr(a->type, "utf-7"));
}
END_TEST

/* httpoxy: libraries read HTTP_PROXY as a setting. */
START_TEST(a_client_chooses_no_proxy)
{
	const struct received *received = fake_pool_start();

	http(visitor_new(), "POST", "/api/payments", "application/json", "{}",
	     (const char *const[]){"Proxy: http://x.example", "X-Heard: this", NULL});
	fake_pool_stop();
	ck_assert_int_eq(received->requests, 1);
	ck_assert(received_has(received, "HTTP_X_HEARDthis"));
	ck_assert(!received_has(received, "HTTP_PROXY"));
	ck_assert(!received_has(received, "x.example"));
}
END_TEST

static const char *const changing[] = {"POST", "PUT", "DELETE"};

/* When a program closes the connection, it is unknown whether it has carried out the request. On a reused
 * connection nginx would by default repeat requests other than POST. */
START_TEST(requests_with_unknown_outcome_are_not_repeated)
{
	const struct received *received = fake_pool_start();
	struct answer *a;

	ck_status(page(visitor_new(), "/payments/x"), 200);
	a = http(visitor_new(), changing[_i], "/api/payments/" HANG_UP, "application/json", "{}", NULL);
	fake_pool_stop();
	ck_status(a, 502);
	ck_assert(received_has(received, HANG_UP));
	ck_assert_int_eq(received->connections, 1);
	ck_assert_int_eq(received->requests, 2);
}
END_TEST

Suite *security_wire_suite(void)
{
	Suite *s = suite_create("security wire");
	TCase *t = tcase_create("wire");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, malformed_requests_are_refused, 0, sizeof shapes / sizeof *shapes);
	tcase_add_loop_test(t, doubled_headers_are_refused, 0, sizeof once / sizeof *once);
	tcase_add_loop_test(t, files_outside_the_site_are_not_found, 0, sizeof closed / sizeof *closed);
	tcase_add_test(t, a_strange_host_is_on_no_page);
	tcase_add_test(t, programs_do_not_steer_nginx);
	tcase_add_test(t, a_client_chooses_no_proxy);
	tcase_add_loop_test(t, requests_with_unknown_outcome_are_not_repeated, 0,
			    sizeof changing / sizeof *changing);
	tcase_add_test(t, slow_clients_hold_nobody_up);
	suite_add_tcase(s, t);
	return s;
}
