/* Listings: lists, counters, permissions and dates. */
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>

/* The tests use a currency that no other test uses, so that they find their own listings only. */
START_TEST(lists_are_narrowed_and_ordered)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	static const struct {
		const char *query, *titles;
	} lists[] = {
	    {"", "soon, tie a, tie b, late, open"},
	    {"&limit=2", "soon, tie a, tie b, late, open"},
	    {"&limit=1&sort=price", "open, tie a, tie b, soon, late"},
	    {"&limit=3&sort=price", "open, tie a, tie b, soon, late"},
	    {"&limit=2&sort=-price", "late, soon, tie b, tie a, open"},
	    {"&limit=2&sort=-createdAt", "late, open, tie b, tie a, soon"},
	    {"&category=sports", "tie a, tie b"},
	    {"&minPrice=20&maxPrice=30", "soon, tie a, tie b"},
	    {"&from=2031-05-04&to=2031-05-04", "tie a, tie b"},
	    {"&from=2031-05-05T02:30:00Z&limit=1", "late, open"},
	    {"&to=2031-05-03", "soon"},
	    {"&category=&from=&to=&minPrice=&sort=&limit=&to=2031-05-03", NULL},
	    {"&category=theatre", ""},
	};

	listed(
	    seller,
	    "{\"title\":\"soon\",\"price\":25,\"currency\":\"DKK\",\"startsAt\":\"2031-05-03T19:30:00Z\"}");
	/* both on 4 May in New York, though it is 5 May in UTC */
	listed(seller, "{\"title\":\"tie "
		       "a\",\"price\":20,\"currency\":\"DKK\",\"category\":\"sports\",\"startsAt\":\"2031-05-"
		       "05T01:30:00Z\","
		       "\"timeZone\":\"America/New_York\"}");
	listed(seller, "{\"title\":\"tie "
		       "b\",\"price\":20,\"currency\":\"DKK\",\"category\":\"sports\",\"startsAt\":\"2031-05-"
		       "05T01:30:00Z\","
		       "\"timeZone\":\"America/New_York\"}");
	listed(seller, "{\"title\":\"open\",\"price\":\"10.50\",\"currency\":\"DKK\"}");
	listed(
	    seller,
	    "{\"title\":\"late\",\"price\":90,\"currency\":\"DKK\",\"startsAt\":\"2032-05-03T19:30:00Z\"}");
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
		const char *address = arena_printf(flow_arena, "/api/tickets?currency=DKK%s", lists[i].query);

		if (lists[i].titles == NULL)
			ck_status(http(visitor_new(), "GET", address, NULL, NULL, NULL), 400);
		else
			ck_assert_msg(strcmp(all_titles(address), lists[i].titles) == 0, "%s: %s", address,
				      all_titles(address));
	}
	withdraw(seller, "/api/tickets?currency=DKK");
}
END_TEST

START_TEST(wrong_lists_are_refused)
{
	static const char *const wrong[][2] = {
	    {"limit=0", "limit"},
	    {"limit=101", "limit"},
	    {"sort=size", "sort"},
	    {"category=opera", "category"},
	    {"from=tomorrow", "from"},
	    {"to=2031-02-30", "to"},
	    {"from=9999-12-31T23:59:59-23:59", "from"},
	    {"to=9999-12-31T23:59:59-23:59", "to"},
	    {"minPrice=1.001", "minPrice"},
	    {"cursor=x", "cursor"},
	    {"cursor=MS4xLjAxOTlhMWIy", "cursor"},
	    /* a sort key that no listing can have */
	    {"cursor=MS45OTk5OTk5OTk5OTk5OTk5OTkuMDE5OWExYjItYzNkNC03ZTVmLThhOWItMGMxZDJlM2Y0YTVi", "cursor"},
	    {"words=strings", "words"},
	    /* the cursor of a list in another order */
	    {"sort=price&cursor=MS4xLjAxOTlhMWIyLWMzZDQtN2U1Zi04YTliLTBjMWQyZTNmNGE1Yg", "cursor"},
	};

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct answer *a =
		    http(visitor_new(), "GET", arena_printf(flow_arena, "/api/tickets?%s", wrong[i][0]), NULL,
			 NULL, NULL);

		ck_assert_msg(a->status == 400, "%s: %d", wrong[i][0], a->status);
		ck_assert_str_eq(text_of(a, "errors.0.field"), wrong[i][1]);
	}
	/* the page shows the error beside its field */
	ck_status(page(visitor_new(), "/?minPrice=cheap"), 400);
	ck_assert_ptr_nonnull(strstr(page(visitor_new(), "/?minPrice=cheap")->body, "id=\"minPrice-wrong\""));
}
END_TEST

START_TEST(shows_that_have_begun_are_not_listed)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = listed(
	    seller,
	    "{\"title\":\"begun\",\"price\":5,\"currency\":\"NOK\",\"startsAt\":\"2031-05-03T19:30:00Z\"}");

	ck_assert_str_eq(all_titles("/api/tickets?currency=NOK"), "begun");
	sql_run("tickets",
		"UPDATE ticket SET starts_at = UTC_TIMESTAMP(6) - INTERVAL 1 MINUTE WHERE id = "
		"UNHEX(REPLACE('%s','-',''))",
		ticket);
	ck_assert_str_eq(all_titles("/api/tickets?currency=NOK"), "");
	ck_assert_str_eq(all_titles("/api/tickets?currency=NOK&from=2020-01-01T00:00:00Z"), "begun");
	ck_status(api_get(seller, "/api/tickets/%s", ticket), 200);
	/* its seller may still lower the price without changing the date */
	ck_status(api(seller, "PUT", api_ticket(ticket),
		      "{\"title\":\"begun\",\"price\":4,\"currency\":\"NOK\",\"startsAt\":\"%s\"}",
		      text_of(api_get(seller, "/api/tickets/%s", ticket), "startsAt")),
		  200);
	withdraw(seller, "/api/tickets?currency=NOK&from=2020-01-01T00:00:00Z");
}
END_TEST

static const char offer[] = "{\"title\":\"Counted\",\"price\":5}",
		  dearer[] = "{\"title\":\"Counted\",\"price\":6}";

START_TEST(edits_count_and_holds_do_not)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Counted", "5"), *id;
	struct answer *a = api_get(seller, "/api/tickets/%s", ticket);

	ck_assert_str_eq(header_of(a, "ETag"), "\"1.1\"");
	/* an identical offer is not an edit */
	a = api_with(seller, "PUT", api_ticket(ticket), "If-Match: \"1.1\"", offer);
	ck_status(a, 200);
	ck_assert_str_eq(header_of(a, "ETag"), "\"1.1\"");
	id = hold(buyer, ticket);
	a = api_with(seller, "PUT", api_ticket(ticket), "If-Match: \"1.1\"", dearer);
	ck_status(a, 409);
	ck_assert_str_eq(text_of(a, "current.orderId"), id);
	ck_status(api(seller, "DELETE", api_ticket(ticket), "%s", ""), 409);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), "%s", ""), 204);
	wait_ticket(ticket, "listed", false, 5000);
	ck_assert_str_eq(header_of(api_get(seller, "/api/tickets/%s", ticket), "ETag"), "\"1.3\"");
	/* a hold that came and went is no conflict */
	a = api_with(seller, "PUT", api_ticket(ticket), "If-Match: \"1.1\"", dearer);
	ck_status(a, 200);
	ck_assert_str_eq(header_of(a, "ETag"), "\"2.5\"");
	a = api_with(seller, "PUT", api_ticket(ticket), "If-Match: \"1.1\"", offer);
	ck_status(a, 409);
	ck_assert_int_eq((int)number_of(a, "current.price", 0), 6);
	ck_assert_int_eq((int)number_of(a, "current.revision", 0), 2);
	/* without If-Match the last writer wins */
	ck_status(api(seller, "PUT", api_ticket(ticket), "%s", offer), 200);
	ck_status(api_with(seller, "DELETE", api_ticket(ticket), "If-Match: \"2.5\"", NULL), 409);
	ck_status(api_with(seller, "DELETE", api_ticket(ticket), "If-Match: \"3.7\"", NULL), 204);
	ck_assert_str_eq(text_of(api_get(seller, "/api/tickets/%s", ticket), "status"), "withdrawn");
	ck_status(api(seller, "PUT", api_ticket(ticket), "%s", offer), 409);
	settle(10000);
}
END_TEST

/* An edit without currency and category keeps them. */
START_TEST(an_edit_keeps_the_currency_that_it_does_not_name)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct answer *a =
	    api(seller, "POST", "/api/tickets",
		"{\"title\":\"Euro\",\"price\":5,\"currency\":\"EUR\",\"category\":\"sports\"}");
	const char *path;

	ck_status(a, 201);
	path = arena_printf(flow_arena, "/api/tickets/%s", text_of(a, "id"));
	a = api(seller, "PUT", path, "{\"title\":\"Euro\",\"price\":6}");
	ck_status(a, 200);
	ck_assert_str_eq(text_of(a, "currency"), "EUR");
	ck_assert_str_eq(text_of(a, "category"), "sports");
	a = api(seller, "POST", "/api/tickets", "{\"title\":\"Yen\",\"price\":500,\"currency\":\"JPY\"}");
	ck_status(a, 201);
	path = arena_printf(flow_arena, "/api/tickets/%s", text_of(a, "id"));
	a = api(seller, "PUT", path, "{\"title\":\"Yen\",\"price\":600}");
	ck_status(a, 400);
	ck_assert_str_eq(text_of(a, "errors.0.field"), "currency");
	ck_status(api(seller, "PUT", path, "{\"title\":\"Yen\",\"price\":600,\"currency\":\"JPY\"}"), 200);
}
END_TEST

START_TEST(only_the_seller_changes_a_listing)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *other = visitor_signed_up("Wen");
	const char *ticket = listed(seller, offer), *show = arena_printf(flow_arena, "/tickets/%s", ticket);

	ck_status(api(other, "PUT", api_ticket(ticket), "%s", dearer), 403);
	ck_status(api(other, "DELETE", api_ticket(ticket), "%s", ""), 403);
	ck_status(page(other, arena_printf(flow_arena, "%s/edit", show)), 403);
	ck_status(page(other, arena_printf(flow_arena, "%s/withdraw", show)), 403);
	ck_assert_ptr_null(strstr(page(other, show)->body, "/withdraw"));
	ck_assert_ptr_null(strstr(page(seller, show)->body, "action=\"/orders\""));
}
END_TEST

START_TEST(all_faults_of_an_offer_are_reported_at_once)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct answer *a = page_submit(seller, "/tickets/new", "/tickets/new",
				       "title=&price=1.001&startsAt=2031-05-03T19%3A30&timeZone=");

	ck_status(a, 400);
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"title-wrong\""));
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"price-wrong\""));
	/* the start is valid, except for its time zone */
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"timeZone-wrong\""));
	ck_assert_ptr_null(strstr(a->body, "id=\"startsAt-wrong\""));
	a = page_submit(seller, "/tickets/new", "/tickets/new",
			"title=&price=5&startsAt=2020-05-03T19%3A30&timeZone=Europe%2FLondon");
	ck_status(a, 400);
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"title-wrong\""));
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"startsAt-wrong\""));
}
END_TEST

/* A page in the shared cache has neither a form nor a cookie; a buyer signs in first. */
START_TEST(signed_out_pages_can_be_shared)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = listed(seller, offer), *show = arena_printf(flow_arena, "/tickets/%s", ticket);
	const char *const pages[] = {"/", show};

	for (int i = 0; i < 2; i++) {
		struct answer *a = page(visitor_new(), pages[i]);

		ck_status(a, 200);
		ck_assert_ptr_nonnull(strstr(header_of(a, "Cache-Control"), "public"));
		ck_assert_str_eq(header_of(a, "Set-Cookie"), "");
		ck_assert_ptr_null(strstr(a->body, "method=\"post\""));
		ck_assert_ptr_null(strstr(a->body, "_csrf"));
		ck_assert_str_eq(header_of(page(seller, pages[i]), "Cache-Control"), "no-store");
	}
	ck_assert_ptr_nonnull(strstr(page(visitor_new(), show)->body,
				     arena_printf(flow_arena, "/signin?next=%%2Ftickets%%2F%s", ticket)));
}
END_TEST

/* Every page shows that the ticket is held, but not by whom; input that was typed during the hold is not
 * lost. */
START_TEST(a_held_ticket_says_so)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Held <b>", "5"),
		   *show = arena_printf(flow_arena, "/tickets/%s", ticket);
	const char *edit = arena_printf(flow_arena, "%s/edit", show), *target, *body, *id;
	struct answer *a;

	body = page_fill(seller, edit, "/edit", "title=Typed+meanwhile&price=7", &target);
	id = hold(buyer, ticket);
	a = page(visitor_new(), show);
	ck_status(a, 200);
	ck_assert_ptr_nonnull(strstr(a->body, "Somebody is buying this ticket right now"));
	ck_assert_ptr_null(strstr(a->body, id));
	ck_assert_ptr_nonnull(strstr(page(seller, "/selling")->body, "Held by a buyer"));
	a = page_send(seller, target, body);
	ck_status(a, 409);
	ck_assert_ptr_nonnull(strstr(a->body, "A buyer is holding this ticket"));
	ck_assert_ptr_nonnull(strstr(a->body, "Typed meanwhile"));
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_ticket(ticket, "sold", true, 5000);
	ck_assert_ptr_nonnull(strstr(page(buyer, show)->body, "This ticket is sold"));
	ck_status(page(seller, edit), 409);
}
END_TEST

START_TEST(a_seller_is_named_by_the_newest_name)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *show = arena_printf(flow_arena, "/tickets/%s", listed(seller, offer));

	settle(10000);
	ck_assert_ptr_nonnull(strstr(page(visitor_new(), show)->body, "<dt>Seller</dt><dd>Ioana, "));
	events_again("auth", seller->id, EVENTS_REVERSED);
	settle(10000);
	ck_assert_ptr_nonnull(strstr(page(visitor_new(), show)->body, "<dd>Ioana, "));
}
END_TEST

Suite *tickets_suite(void)
{
	Suite *s = suite_create("tickets");
	TCase *t = tcase_create("tickets");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, lists_are_narrowed_and_ordered);
	tcase_add_test(t, wrong_lists_are_refused);
	tcase_add_test(t, shows_that_have_begun_are_not_listed);
	tcase_add_test(t, edits_count_and_holds_do_not);
	tcase_add_test(t, an_edit_keeps_the_currency_that_it_does_not_name);
	tcase_add_test(t, only_the_seller_changes_a_listing);
	tcase_add_test(t, all_faults_of_an_offer_are_reported_at_once);
	tcase_add_test(t, signed_out_pages_can_be_shared);
	tcase_add_test(t, a_held_ticket_says_so);
	tcase_add_test(t, a_seller_is_named_by_the_newest_name);
	suite_add_tcase(s, t);
	return s;
}
