/*
 * Bad input of every kind on every route: the lists of routes make the cases, so a new route is covered
 * automatically. For any input the status is the one that docs/ARCHITECTURE.md specifies, with a problem or
 * an error page, and no program ends and no row changes.
 */
#include "tests/flow/routes.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char unknown_id[] = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

/* Bad input never gets a 5xx status, and every refusal of the API is a problem. */
static void ck_refusal(const struct routed *r, const struct answer *a)
{
	ck_assert_msg(a->status < 500, "%s %s: %d %s", r->method, r->path, a->status, a->body);
	if (is_api(r) && a->status >= 400) {
		ck_assert_msg(strstr(a->type, "application/problem+json") != NULL, "%s %s: %d is %s",
			      r->method, r->path, a->status, a->type);
		ck_assert_msg(number_of(a, "status", 0) == a->status, "%s", a->body);
		ck_assert_msg(*text_of(a, "title") != '\0' && *text_of(a, "requestId") != '\0', "%s",
			      a->body);
	}
}

START_TEST(nobody_gets_in_where_sign_in_is_needed)
{
	const struct routed *r = &routed[_i];
	struct answer *a;

	if (!wants_session(r))
		return;
	a = http(visitor_new(), r->method, with_id(r->path, unknown_id),
		 has_body(r) ? is_api(r) ? "application/json" : "application/x-www-form-urlencoded" : NULL,
		 has_body(r) ? is_api(r) ? "{}" : "a=b" : NULL, NULL);
	ck_refusal(r, a);
	if (is_api(r)) {
		ck_status(a, 401);
		return;
	}
	ck_status(a, 303);
	ck_assert_ptr_nonnull(strstr(a->location, "/signin?next="));
}
END_TEST

START_TEST(somebody_else_sees_no_more_than_an_unknown_id)
{
	const struct routed *r = &routed[_i];
	struct visitor *v;
	struct answer *a;

	if (strchr(r->path, '{') == NULL)
		return;
	v = visitor_signed_up("Wen");
	a = http(v, r->method, with_id(r->path, unknown_id),
		 has_body(r) ? is_api(r) ? "application/json" : "application/x-www-form-urlencoded" : NULL,
		 has_body(r) ? is_api(r) ? "{\"title\":\"x\",\"price\":1}" : "a=b" : NULL, NULL);
	ck_refusal(r, a);
	ck_assert_msg(a->status == 404 || (a->status == 403 && !is_api(r) && has_body(r)), "%s %s: %d",
		      r->method, r->path, a->status);
	a = http(v, r->method, with_id(r->path, "not-an-id"), NULL, NULL, NULL);
	ck_refusal(r, a);
	ck_assert_msg(a->status == 404 || (a->status / 100 == 4 && has_body(r)), "%s %s: %d", r->method,
		      r->path, a->status);
}
END_TEST

START_TEST(other_methods_are_405_with_allow)
{
	static const char *const methods[] = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"};
	const struct routed *r = &routed[_i];
	struct visitor *v = visitor_new();

	for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
		bool taken = false;
		struct answer *a;

		for (size_t i = 0; i < routed_count; i++)
			taken = taken ||
				(strcmp(routed[i].path, r->path) == 0 &&
				 (strcmp(routed[i].method, methods[m]) == 0 ||
				  (strcmp(methods[m], "HEAD") == 0 && strcmp(routed[i].method, "GET") == 0)));
		if (taken || strcmp(methods[m], "HEAD") == 0)
			continue;
		a = http(v, methods[m], with_id(r->path, unknown_id), NULL, NULL, NULL);
		ck_assert_msg(a->status == 405, "%s %s: %d", methods[m], r->path, a->status);
		ck_assert_msg(strstr(header_of(a, "Allow"), r->method) != NULL, "%s: Allow: %s", r->path,
			      header_of(a, "Allow"));
	}
}
END_TEST

static const struct {
	const char *name, *body;
	int status;
} bodies[] = {
    {"empty", "", 400},
    {"no JSON", "{", 400},
    {"trailing text", "{} {}", 400},
    {"not an object", "[1,2]", 400},
    {"duplicate keys", "{\"title\":\"a\",\"title\":\"b\"}", 400},
    {"broken UTF-8", "{\"title\":\"\xff\xfe\"}", 400},
    {"NUL", "{\"title\":\"a\\u0000b\"}", 400},
    {"wrong types",
     "{\"title\":7,\"price\":[],\"email\":{},\"password\":true,\"ticketId\":1,\"orderId\":null,\"token\":"
     "false}",
     400},
    {"unknown field", "{\"nonsense\":1}", 400},
    {"deep", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", 400},
    {"huge number", "{\"price\":1e400}", 400},
    {"lone surrogate", "{\"title\":\"\\ud800\"}", 400},
};

START_TEST(malformed_json_is_400)
{
	const struct routed *r = &routed[_i];
	struct visitor *v;

	if (!is_api(r) || !has_body(r) || r->access == MACHINE || strstr(r->path, "signout") != NULL)
		return;
	v = visitor_signed_up("Ioana");
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		struct answer *a = http(v, r->method, with_id(r->path, unknown_id), "application/json",
					bodies[i].body, NULL);

		ck_refusal(r, a);
		ck_assert_msg(a->status == bodies[i].status ||
				  (a->status == 404 && strchr(r->path, '{') != NULL),
			      "%s %s, %s: %d %s", r->method, r->path, bodies[i].name, a->status, a->body);
	}
}
END_TEST

START_TEST(sizes_and_types_are_413_and_415)
{
	const struct routed *r = &routed[_i];
	char *huge = arena_alloc(flow_arena, 200001);
	struct visitor *v;

	if (!has_body(r))
		return;
	v = visitor_signed_up("Ioana");
	memset(huge, 'a', 200000);
	ck_status(http(v, r->method, with_id(r->path, unknown_id), "application/json", huge, NULL), 413);
	huge[40000] = '\0';
	ck_status(http(v, r->method, with_id(r->path, unknown_id),
		       is_api(r) ? "application/json" : "application/x-www-form-urlencoded", huge, NULL),
		  413);
	if (r->access == MACHINE)
		return;
	ck_status(http(v, r->method, with_id(r->path, unknown_id), "text/plain", "a=b", NULL), 415);
	ck_status(http(v, r->method, with_id(r->path, unknown_id),
		       is_api(r) ? "application/x-www-form-urlencoded" : "application/json", "{}", NULL),
		  415);
}
END_TEST

START_TEST(forms_without_proof_are_403)
{
	const struct routed *r = &routed[_i];
	struct answer *a;

	if (is_api(r) || !has_body(r))
		return;
	a = http(visitor_signed_up("Ioana"), "POST", with_id(r->path, unknown_id),
		 "application/x-www-form-urlencoded", "_csrf=0123456789abcdef.AAAA&title=x", NULL);
	ck_status(a, 403);
	ck_assert_ptr_nonnull(strstr(a->type, "text/html"));
}
END_TEST

static const struct {
	const char *path;
	int status;
} addresses[] = {
    {"/nowhere", 404},
    {"/api/nowhere", 404},
    {"/api/tickets/", 404},
    {"/api/tickets/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b/x", 404},
    {"/api/tickets/%00", 400},
    {"/api/tickets/%ff", 400},
    {"/api/tickets/%zz", 400},
    {"/api/tickets?limit=0", 400},
    {"/api/tickets?limit=101", 400},
    {"/api/tickets?limit=1&limit=2", 400},
    {"/api/tickets?nonsense=1", 400},
    {"/api/tickets?sort=title", 400},
    {"/api/tickets?cursor=AAAA", 400},
    {"/api/tickets?minPrice=-1", 400},
    {"/api/tickets?category=opera", 400},
    {"/api/tickets?from=yesterday", 400},
    {"/api/tickets?limit=%zz", 400},
    {"/.git/HEAD", 404},
    {"/static/", 404},
    {"/static/../nginx.conf", 400},
};

START_TEST(odd_addresses)
{
	struct answer *a = http(visitor_new(), "GET", addresses[_i].path, NULL, NULL,
				(const char *const[]){"Accept: application/json", NULL});

	ck_assert_msg(a->status == addresses[_i].status || (a->status == 404 && addresses[_i].status == 400 &&
							    strstr(addresses[_i].path, "static")),
		      "%s: %d %s", addresses[_i].path, a->status, a->body);
	/* nginx refuses a request line that it cannot parse before it has read Accept */
	if (strpbrk(addresses[_i].path, "%.") == NULL)
		ck_assert_msg(strstr(a->type, "application/problem+json") != NULL, "%s: %s",
			      addresses[_i].path, a->type);
}
END_TEST

static const struct {
	const char *field, *value; /* JSON */
} wrong_fields[] = {
    {"title", "\"\""},
    {"title", "\"a\\nb\""},
    {"price", "0"},
    {"price", "-1"},
    {"price", "1.001"},
    {"price", "\"1e3\""},
    {"price", "\"\""},
    {"price", "100000000000.01"},
    {"category", "\"opera\""},
    {"currency", "\"XXX\""},
    {"timeZone", "\"Mars/Olympus\""},
    {"startsAt", "\"2020-01-01T00:00:00Z\""},
    {"startsAt", "\"2026-02-30T00:00:00Z\""},
    {"startsAt", "17"},
    {"seat", "\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\""},
    {"faceValue", "0"},
    {"userId", "\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\""},
    {"orderId", "\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\""},
    {"version", "9"},
};

/* errors names each wrong field of a listing, with a sentence. */
START_TEST(each_wrong_field_is_named)
{
	const char *field = wrong_fields[_i].field;
	struct answer *a =
	    api(visitor_signed_up("Ioana"), "POST", "/api/tickets", "{%s%s\"%s\":%s}",
		strcmp(field, "title") == 0 ? "" : "\"title\":\"x\",",
		strcmp(field, "price") == 0 ? "" : "\"price\":5,", field, wrong_fields[_i].value);

	ck_assert_msg(a->status == 400, "%s %s: %d", field, wrong_fields[_i].value, a->status);
	ck_assert_str_eq(text_of(a, "errors.0.field"), field);
	ck_assert_uint_gt(strlen(text_of(a, "errors.0.message")), 10);
}
END_TEST

static const char *const bad_tokens[] = {"",    "x",    "a.b.c", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.",
					 "%00", "....", "eyJ"};

START_TEST(bad_tokens_are_nobody)
{
	struct visitor *v = visitor_new();
	struct answer *a;

	snprintf(v->cookies, sizeof v->cookies, "session=%s", bad_tokens[_i]);
	ck_status(api(v, "POST", "/api/tickets", "{\"title\":\"x\",\"price\":1}"), 401);
	a = api_with(visitor_new(), "GET", "/api/orders",
		     arena_printf(flow_arena, "Authorization: Bearer %s", bad_tokens[_i]), NULL);
	ck_status(a, 401);
	ck_status(page(visitor_new(), "/"), 200);
}
END_TEST

START_TEST(long_tokens_and_many_headers_end_nothing)
{
	char *token = arena_alloc(flow_arena, 6001);
	struct visitor *v = visitor_new();

	memset(token, 'a', 6000);
	snprintf(v->cookies, sizeof v->cookies, "session=%s", token);
	ck_status(api_get(v, "/api/orders"), 401);
	ck_assert_int_ge(http(visitor_new(), "GET",
			      arena_printf(flow_arena, "/api/tickets?cursor=%s%s", token, token), NULL, NULL,
			      NULL)
			     ->status,
			 400);
	ck_status(api_get(visitor_new(), "/api/tickets"), 200);
}
END_TEST

static const char *const webhook_signatures[] = {
    NULL,
    "Stripe-Signature: ",
    "Stripe-Signature: t=1,v1=00",
    "Stripe-Signature: t=abc,v1=zz",
    "Stripe-Signature: v1=00",
    "Stripe-Signature: t=99999999999999999999,v1=00",
    "Stripe-Signature: ,,,,=,=,t=,v1=",
};

START_TEST(unsigned_webhooks_are_refused)
{
	const char *const headers[] = {webhook_signatures[_i], NULL};
	struct answer *a = http(visitor_new(), "POST", "/api/payments/webhook", "application/json",
				"{\"type\":\"payment_intent.succeeded\"}", headers);

	ck_status(a, 400);
}
END_TEST

START_TEST(markup_is_escaped_on_pages)
{
	struct visitor *seller = visitor_signed_up("<b>Mara</b>");
	const char *ticket = sell(seller, "\\\"><script>alert(1)</script>'&", "5");
	struct answer *a = page(visitor_signed_up("Wen"), arena_printf(flow_arena, "/tickets/%s", ticket));

	ck_status(a, 200);
	ck_assert_ptr_null(strstr(a->body, "<script>alert"));
	ck_assert_ptr_null(strstr(a->body, "<b>Mara"));
	ck_assert_ptr_nonnull(strstr(a->body, "&lt;script&gt;"));
}
END_TEST

Suite *input_suite(void)
{
	Suite *s = suite_create("input");
	TCase *t = tcase_create("input");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, nobody_gets_in_where_sign_in_is_needed, 0, (int)routed_count);
	tcase_add_loop_test(t, somebody_else_sees_no_more_than_an_unknown_id, 0, (int)routed_count);
	tcase_add_loop_test(t, other_methods_are_405_with_allow, 0, (int)routed_count);
	tcase_add_loop_test(t, malformed_json_is_400, 0, (int)routed_count);
	tcase_add_loop_test(t, sizes_and_types_are_413_and_415, 0, (int)routed_count);
	tcase_add_loop_test(t, forms_without_proof_are_403, 0, (int)routed_count);
	tcase_add_loop_test(t, odd_addresses, 0, sizeof addresses / sizeof *addresses);
	tcase_add_loop_test(t, each_wrong_field_is_named, 0, sizeof wrong_fields / sizeof *wrong_fields);
	tcase_add_loop_test(t, bad_tokens_are_nobody, 0, sizeof bad_tokens / sizeof *bad_tokens);
	tcase_add_test(t, long_tokens_and_many_headers_end_nothing);
	tcase_add_loop_test(t, unsigned_webhooks_are_refused, 0,
			    sizeof webhook_signatures / sizeof *webhook_signatures);
	tcase_add_test(t, markup_is_escaped_on_pages);
	suite_add_tcase(s, t);
	return s;
}
