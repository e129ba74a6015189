/* Listings: their lists, their counters, who may change them and when; and the lock, whatever order its
 * events come in. */
#include "common/base/uuid.h"
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>

/* Amounts in a currency that no other test uses keep its listings apart. */
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
	/* both on the fourth of May in New York, though it is the fifth in Greenwich */
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
	/* on the page the fault stands beside its field */
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
	/* its seller may still lower the price, without writing a new date */
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
	/* the same offer again is no edit */
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
	ck_assert_str_eq(header_of(a, "ETag"), "\"2.4\"");
	a = api_with(seller, "PUT", api_ticket(ticket), "If-Match: \"1.1\"", offer);
	ck_status(a, 409);
	ck_assert_int_eq((int)number_of(a, "current.price", 0), 6);
	ck_assert_int_eq((int)number_of(a, "current.revision", 0), 2);
	/* without If-Match the last writer wins */
	ck_status(api(seller, "PUT", api_ticket(ticket), "%s", offer), 200);
	ck_status(api_with(seller, "DELETE", api_ticket(ticket), "If-Match: \"2.4\"", NULL), 409);
	ck_status(api_with(seller, "DELETE", api_ticket(ticket), "If-Match: \"3.5\"", NULL), 204);
	ck_assert_str_eq(text_of(api_get(seller, "/api/tickets/%s", ticket), "status"), "withdrawn");
	ck_status(api(seller, "PUT", api_ticket(ticket), "%s", offer), 409);
	settle(10000);
}
END_TEST

/* A program that knows of title and price alone changes nothing else of what a listing is sold for. */
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

START_TEST(all_faults_of_an_offer_are_told_at_once)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct answer *a = page_submit(seller, "/tickets/new", "/tickets/new",
				       "title=&price=1.001&startsAt=2031-05-03T19%3A30&timeZone=");

	ck_status(a, 400);
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"title-wrong\""));
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"price-wrong\""));
	/* the start is right, but for its zone */
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"timeZone-wrong\""));
	ck_assert_ptr_null(strstr(a->body, "id=\"startsAt-wrong\""));
	a = page_submit(seller, "/tickets/new", "/tickets/new",
			"title=&price=5&startsAt=2020-05-03T19%3A30&timeZone=Europe%2FLondon");
	ck_status(a, 400);
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"title-wrong\""));
	ck_assert_ptr_nonnull(strstr(a->body, "id=\"startsAt-wrong\""));
}
END_TEST

/* What nginx keeps for everybody holds no form and nobody's cookie; a buyer signs in first. */
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

/* A hold shows on every page, but not whose it is; what was typed while it lasted is not lost. */
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

static const char *new_id(void)
{
	uint8_t id[UUID_BYTES];
	char *text = arena_alloc(flow_arena, UUID_TEXT);

	uuid_new(id);
	uuid_print(id, text);
	return text;
}

/* A version of an order that the service orders never had: what tickets does with it rests on the protocol
 * alone. */
static void send_order(const char *id, const char *ticket, int at, const char *status)
{
	bool ended = strcmp(status, "cancelled") == 0;
	const char *type = ended ? "order.cancelled" : at == 1 ? "order.created" : "order.updated";

	event_send("orders", type,
		   arena_printf(flow_arena,
				"{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/stagedoor/"
				"orders\",\"type\":\"%s\",\"subject\":\"%s\","
				"\"time\":\"2026-11-22T14:17:02Z\",\"datacontenttype\":\"application/"
				"json\",\"version\":%d,\"data\":{\"id\":\"%s\","
				"\"version\":%d,\"status\":\"%s\",\"userId\":\"%s\",\"ticketId\":\"%s\","
				"\"ticketRevision\":1,\"sellerId\":\"%s\","
				"\"title\":\"x\",\"category\":\"other\",\"venue\":null,\"startsAt\":null,"
				"\"timeZone\":null,\"seat\":null,"
				"\"price\":500,\"currency\":\"USD\",\"cancelReason\":%s,\"expiresAt\":\"2036-"
				"11-22T14:17:02Z\"}}",
				new_id(), type, id, at, id, at, status, new_id(), ticket, new_id(),
				ended ? "\"buyer\"" : "null"));
}

struct known {
	const char *id;
	int version;
};

static bool is_known(void *context)
{
	const struct known *k = context;

	return sql_number("tickets",
			  "SELECT COUNT(*) FROM order_replica WHERE id = UNHEX(REPLACE('%s','-','')) AND "
			  "version >= %d",
			  k->id, k->version) == 1;
}

static void wait_known(const char *id, int at)
{
	struct known k = {id, at};

	ck_assert_msg(wait_until(5000, is_known, &k), "tickets never heard of version %d of order %s", at,
		      id);
}

static const char *holder_of(const char *ticket)
{
	return text_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "orderId");
}

START_TEST(an_order_that_ended_first_never_locks)
{
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *id = new_id(), *last = new_id();

	send_order(id, ticket, 3, "cancelled");
	send_order(id, ticket, 1, "created");
	send_order(id, ticket, 2, "awaiting_payment");
	wait_known(id, 3);
	send_order(last, ticket, 1, "created");
	wait_known(last, 1);
	ck_assert_str_eq(holder_of(ticket), last);
	ck_assert_str_eq(header_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "ETag"), "\"1.2\"");
}
END_TEST

START_TEST(a_waiting_order_has_its_turn)
{
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *first = new_id(), *second = new_id();

	send_order(first, ticket, 1, "created");
	send_order(second, ticket, 1, "created");
	wait_known(second, 1);
	ck_assert_str_eq(holder_of(ticket), first);
	/* the end of an order that does not hold it frees nothing; that of the holder gives it to the next */
	send_order(new_id(), ticket, 2, "cancelled");
	send_order(first, ticket, 2, "cancelled");
	wait_known(first, 2);
	ck_assert_str_eq(holder_of(ticket), second);
	send_order(first, ticket, 2, "cancelled");
	send_order(second, ticket, 3, "completed");
	wait_known(second, 3);
	wait_ticket(ticket, "sold", true, 5000);
	ck_assert_str_eq(holder_of(ticket), second);
}
END_TEST

START_TEST(an_edited_or_withdrawn_listing_is_not_locked)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *edited = listed(seller, offer), *withdrawn = listed(seller, offer), *one = new_id(),
		   *two = new_id();

	ck_status(api(seller, "PUT", api_ticket(edited), "%s", dearer), 200);
	ck_status(api(seller, "DELETE", api_ticket(withdrawn), "%s", ""), 204);
	send_order(one, edited, 1, "created");
	send_order(two, withdrawn, 1, "created");
	wait_known(two, 1);
	ck_assert_str_eq(holder_of(edited), "");
	ck_assert_str_eq(holder_of(withdrawn), "");
}
END_TEST

START_TEST(a_sale_stands_whatever_came_first)
{
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *sold = new_id(), *late = new_id();

	send_order(sold, ticket, 3, "completed");
	send_order(sold, ticket, 1, "created");
	send_order(late, ticket, 1, "created");
	send_order(late, ticket, 2, "cancelled");
	wait_known(late, 2);
	ck_assert_str_eq(text_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "status"), "sold");
	ck_assert_str_eq(holder_of(ticket), sold);
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
	tcase_add_test(t, all_faults_of_an_offer_are_told_at_once);
	tcase_add_test(t, signed_out_pages_can_be_shared);
	tcase_add_test(t, a_held_ticket_says_so);
	tcase_add_test(t, an_order_that_ended_first_never_locks);
	tcase_add_test(t, a_waiting_order_has_its_turn);
	tcase_add_test(t, an_edited_or_withdrawn_listing_is_not_locked);
	tcase_add_test(t, a_sale_stands_whatever_came_first);
	tcase_add_test(t, a_seller_is_named_by_the_newest_name);
	suite_add_tcase(s, t);
	return s;
}
