/* Every field of every form, query and body, every id in a path, and the headers that programs read get input
 * with a meaning in other languages: SQL, HTML, headers, paths, templates, format strings, line ends and
 * string ends. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/flow/buying.h"
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char unknown_id[] = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

/* A C string cannot contain a NUL; this placeholder is replaced by one in the notation of each encoding. */
#define NUL "NULNUL"

/* Longer than any kind except a document, shorter than the limit of nginx for a line. */
static const char *overlong(void)
{
	return arena_printf(flow_arena, "%03000d", 7);
}

static const char *const nasty[] = {
    "'; DROP TABLE user; -- \\' OR '1'='1",
    "x' AND SLEEP(5) AND 'x'='x",
    "+-*()~<>\"@%_",
    "+* @4 \"x",
    "\"'><script>alert(7)</script>",
    "</textarea></title><img src=x onerror=alert(7)>\" onmouseover=\"alert(7)]]><x:alert xmlns:x=\"7\"/>",
    "x\r\nX-Injected: yes\r\nSet-Cookie: injected=yes\r\n\r\n<h1>injected</h1>",
    "x\n{\"forged\":true}",
    "../../../../etc/passwd",
    "/etc/passwd" NUL ".png",
    "{0} {1,plural,one{#}other{#}} {{ title }} {% if %} ${7*7} %n%n%s%s%x%99999999d",
    "\xff\xfe\xc3\x28\xed\xa0\x80\xc0\xaf",
    "\xe2\x80\xae\xe2\x80\xa8\xef\xbb\xbf",
    "$(id)`id`;id|id&id *)(uid=* http://127.0.0.1:1/",
    "-1",
    "99999999999999999999999999",
    "1e999",
    "[]",
};
enum { NASTY = sizeof nasty / sizeof *nasty };

static const char *replaced(const char *text, const char *from, const char *to)
{
	struct buf b = BUF(flow_arena);
	const char *at;

	while ((at = strstr(text, from)) != NULL) {
		buf_add(&b, text, (size_t)(at - text));
		buf_puts(&b, to);
		text = at + strlen(from);
	}
	buf_puts(&b, text);
	return buf_text(&b);
}

static const char *with_nul(const char *body, const char *nul)
{
	return replaced(body, NUL, nul);
}

/* The password is too short, so no hash is computed, which takes time, and the page shows the input again. */
static const char *refused_for_its_password(const char *body)
{
	const char *right = good_value("password");

	return replaced(replaced(body, right, "short"), text_percent_encode(flow_arena, right), "short");
}

/* Markup that a browser would interpret as the site's. */
static const char *const raw_markup[] = {"<script>alert(7)", "<img src=x",   "\" onmouseover=\"alert",
					 "<x:alert",         "<h1>injected", "root:x:0"};

static void ck_harmless(const struct answer *a, const char *what, const char *value)
{
	ck_assert_msg(a->status < 500 && a->status >= 200, "%s with %s: %d %.300s", what, value, a->status,
		      a->body);
	ck_assert_msg(*header_of(a, "X-Injected") == '\0' && strstr(a->headers, "injected=yes") == NULL,
		      "%s with %s: %s", what, value, a->headers);
	ck_assert_msg(*a->location == '\0' || a->location[0] == '/', "%s with %s leads to %s", what, value,
		      a->location);
	if (strstr(a->type, "json") != NULL || a->len == 0)
		return;
	for (size_t i = 0; i < sizeof raw_markup / sizeof *raw_markup; i++)
		ck_assert_msg(strstr(a->body, raw_markup[i]) == NULL, "%s with %s: %.300s", what, value,
			      strstr(a->body, raw_markup[i]));
}

static void try_field(struct visitor *v, const struct routed *r, const char *csrf, const char *field,
		      const char *value)
{
	bool json = is_api(r) && !is_get(r);
	const char *body =
	    with_nul(form_body(r, is_get(r) ? NULL : csrf, field, value), json ? "\\u0000" : "%00");
	int64_t begun = clock_steady();

	if (strstr(field, "password") == NULL)
		body = refused_for_its_password(body);
	ck_harmless(route_send(v, r, unknown_id, body, NULL),
		    arena_printf(flow_arena, "%s.%s", r->name, field), value);
	ck_assert_msg(clock_steady() - begun < 4 * SECOND, "%s.%s with %s takes %lld us", r->name, field,
		      value, (long long)(clock_steady() - begun));
}

static void try_id(struct visitor *v, const struct routed *r, const char *csrf, const char *value)
{
	const char *id = with_nul(text_percent_encode(flow_arena, value), "%00");
	struct answer *a = route_send(v, r, id, form_body(r, is_get(r) ? NULL : csrf, NULL, NULL), NULL);

	ck_harmless(a, r->name, value);
	ck_assert_msg(a->status >= 400, "%s takes %s for an id", r->name, value);
}

START_TEST(every_field_takes_everything_as_text)
{
	const struct routed *r = &routed[_i];
	const char *form_page = r->access == SIGNED_OUT ? r->path : "/signout", *csrf = "";
	struct visitor *v;

	if (fields_of(r)->kind == NULL && !has_id(r))
		return;
	v = r->access == SIGNED_OUT ? visitor_new() : visitor_signed_up("Nasty");
	for (const struct form_field *f = fields_of(r); f->kind != NULL; f++) {
		csrf = csrf_of(v, form_page); /* a new token: changing the password begins another session */
		/* any password is hashed, which takes time */
		for (int i = 0; i < NASTY; i += strcmp(f->kind, "password") == 0 ? 3 : 1)
			try_field(v, r, csrf, f->name, nasty[i]);
		try_field(v, r, csrf, f->name, overlong());
		try_field(v, r, csrf, f->name, "");
	}
	csrf = csrf_of(v, form_page);
	for (int i = 0; has_id(r) && i < NASTY; i++)
		try_id(v, r, csrf, nasty[i]);
}
END_TEST

static const char *const read_headers[] = {
    "Accept",           "Accept-Language", "Authorization", "Cookie",  "Content-Type",
    "If-Match",         "Idempotency-Key", "Origin",        "Referer", "Sec-Fetch-Site",
    "Stripe-Signature", "User-Agent",      "X-Request-Id"};

START_TEST(every_header_takes_everything_as_text)
{
	struct visitor *v = visitor_signed_up("Nasty");
	static const char *const paths[] = {"/", "/account", "/orders", "/payments/data.json", "/nowhere"};

	for (size_t k = 0; k < sizeof paths / sizeof *paths; k++)
		for (int i = 0; i < NASTY; i++) {
			const char *value = nasty[i], *line;

			if (strpbrk(value, "\r\n") != NULL)
				continue; /* not a valid header: test_security_wire.c */
			line = arena_printf(flow_arena, "%s: %s", read_headers[_i], with_nul(value, "%00"));
			ck_harmless(http(v, "GET", paths[k], NULL, NULL, (const char *const[]){line, NULL}),
				    paths[k], line);
			ck_harmless(http(v, "POST", "/api/tickets", "application/json", "{\"title\":\"x\"}",
					 (const char *const[]){line, NULL}),
				    "POST /api/tickets", line);
		}
}
END_TEST

/* Stored input is shown as text on every page. */
START_TEST(what_is_stored_is_shown_as_text)
{
	static const char words[] = "{0} {{ title }} %n%s ${7*7} <script>alert(7)</script>' OR 1=1";
	static const char shown[] = "{0} {{ title }} %n%s ${7*7} &lt;script&gt;alert(7)";
	struct visitor *seller = visitor_signed_up("<script>alert(7)</script>"),
		       *buyer = visitor_signed_up("\\\" onmouseover=\\\"alert");
	const char *ticket = sell(seller, words, "5"), *id = hold(buyer, ticket);
	const char *const paths[] = {at("/tickets/%s", ticket), at("/orders/%s", id), "/orders",
				     at("/payments/%s", id)};
	struct sale s = {.buyer = buyer, .order = id};

	ck_assert(wait_until(5000, is_payable, &s));
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		for (int german = 0; german < 2; german++) {
			struct answer *a = page_in(buyer, german ? "de" : "en", paths[i]);

			ck_harmless(a, paths[i], words);
			ck_assert_msg(strstr(a->body, shown) != NULL, "%s lacks the title", paths[i]);
		}
	ck_harmless(page(seller, "/selling"), "/selling", words);
	ck_harmless(page(seller, "/account"), "/account", "the name");
	ck_harmless(page(visitor_new(), "/feed.atom"), "/feed.atom", words);
	ck_assert_str_eq(text_of(api_get(buyer, "/api/tickets/%s", ticket), "title"), words);
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 10000);
	ck_harmless(page(buyer, at("/orders/%s", id)), "a bought ticket", words);
}
END_TEST

enum { STAMP = 31 }; /* "2026-11-25 20:32:50.817097216  ", of the logger */

/* Each line is JSON; only nginx's own error lines are plain text. */
static void ck_log(const char *path)
{
	bool nginx = strstr(path, "/nginx/") != NULL;
	FILE *f = fopen(path, "r");
	char line[16384], *end;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof line, f) != NULL && (end = strchr(line, '\n')) != NULL) {
		struct json_t *json;

		*end = '\0';
		ck_assert_msg(end > line + STAMP && strncmp(line + STAMP, "{\"forged\"", 9) != 0, "%s: %s",
			      path, line);
		if (!nginx || line[STAMP] == '{')
			ck_assert_msg(json_parse(flow_arena, line + STAMP, strlen(line + STAMP), &json) == OK,
				      "%s: %s", path, line);
	}
	fclose(f);
}

/* Input is in the logs as text, one line for each message, each line JSON. */
START_TEST(logs_stay_one_line_a_message)
{
	glob_t found;

	page(visitor_new(), "/tickets/x%0a%7b%22forged%22%3atrue%7d");
	page(visitor_new(), "/nowhere/%0d%0a%7b%22forged%22:true%7d%22%5c");
	ck_assert_int_eq(
	    glob(arena_printf(flow_arena, "%s/log/*-web/current", flow_state()), 0, NULL, &found), 0);
	for (const char *more[] = {"*-events", "*-relay", "*-jobs", "nginx", NULL}, **m = more; *m != NULL;
	     m++)
		ck_assert_int_eq(glob(arena_printf(flow_arena, "%s/log/%s/current", flow_state(), *m),
				      GLOB_APPEND, NULL, &found),
				 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		ck_log(found.gl_pathv[i]);
	globfree(&found);
}
END_TEST

Suite *security_injection_suite(void)
{
	Suite *s = suite_create("security injection");
	TCase *t = tcase_create("injection");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, every_field_takes_everything_as_text, 0, (int)routed_count);
	tcase_add_loop_test(t, every_header_takes_everything_as_text, 0,
			    sizeof read_headers / sizeof *read_headers);
	tcase_add_test(t, what_is_stored_is_shown_as_text);
	tcase_add_test(t, logs_stay_one_line_a_message);
	suite_add_tcase(s, t);
	return s;
}
