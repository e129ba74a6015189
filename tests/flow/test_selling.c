/* Selling: what a seller sees of each listing and can do with it, and the listings of deleted sellers. */
#include "common/base/uuid.h"
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>

static const char offer[] = "{\"title\":\"Gone\",\"price\":5}";

/* As the auth service does it: the row and the event. */
static void delete_user(const struct visitor *v)
{
	uint8_t id[UUID_BYTES];
	char text[UUID_TEXT];

	uuid_new(id);
	uuid_print(id, text);
	sql_run("auth",
		"UPDATE user SET status = 'deleted', version = version + 1 WHERE id = "
		"UNHEX(REPLACE('%s','-',''))",
		v->id);
	event_send(
	    "auth", "user.updated",
	    arena_printf(flow_arena,
			 "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/stagedoor/auth\",\"type\":"
			 "\"user.updated\",\"subject\":\"%s\",\"time\":\"2026-11-22T14:17:02Z\","
			 "\"datacontenttype\":\"application/json\",\"version\":2,\"data\":{\"id\":\"%s\","
			 "\"version\":2,\"displayName\":\"Ioana\",\"status\":\"deleted\"}}",
			 text, v->id, v->id));
}

static bool is_deleted_here(void *id)
{
	return sql_number(
		   "tickets",
		   "SELECT COUNT(*) FROM seller_replica WHERE id = UNHEX(REPLACE('%s','-','')) AND status = "
		   "'deleted'",
		   (const char *)id) == 1;
}

/* Free listings are withdrawn at once, held ones when the hold ends without a sale and no order waits; sold
 * ones stay. A deleted user whose token is still valid cannot list. */
START_TEST(listings_of_a_deleted_user_are_withdrawn)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *sold = sell(seller, "Sold", "5"), *held = sell(seller, "Held", "5"), *order_, *bought;
	const char *free_[3];

	for (int i = 0; i < 3; i++)
		free_[i] = sell(seller, "Free", "5");
	bought = hold(buyer, sold);
	ck_status(pay(buyer, bought, "tok_visa"), 201);
	wait_ticket(sold, "sold", true, 5000);
	order_ = hold(buyer, held);
	delete_user(seller);
	for (int i = 0; i < 3; i++)
		wait_ticket(free_[i], "withdrawn", false, 8000);
	ck_assert_str_eq(header_of(api_get(buyer, "/api/tickets/%s", free_[0]), "ETag"), "\"1.3\"");
	ck_status(api(seller, "POST", "/api/tickets", "%s", offer), 401);
	wait_ticket(held, "listed", true, 100);
	wait_ticket(sold, "sold", true, 100);
	/* the order that waits for the ticket gets it first */
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", order_), "%s", ""), 204);
	wait_ticket(held, "withdrawn", false, 8000);
	settle(10000);
}
END_TEST

/* A request began before the deletion arrived and commits a listing after it. */
START_TEST(a_listing_that_came_too_late_is_withdrawn)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Late", "5");

	part_stop("tickets-jobs");
	delete_user(seller);
	ck_assert(wait_until(5000, is_deleted_here, (void *)(uintptr_t)seller->id));
	ck_status(api_get(seller, "/api/tickets/%s", ticket), 200);
	ck_assert_str_eq(text_of(api_get(seller, "/api/tickets/%s", ticket), "status"), "listed");
	part_start("tickets-jobs");
	wait_ticket(ticket, "withdrawn", false, 8000);
	/* the job goes by the rows, not by its earlier work */
	sql_run("tickets", "UPDATE ticket SET status = 'listed' WHERE id = UNHEX(REPLACE('%s','-',''))",
		ticket);
	wait_ticket(ticket, "withdrawn", false, 8000);
	settle(10000);
}
END_TEST

/* The whole process, from the account page. */
START_TEST(deleting_the_account_withdraws_its_listings)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Left behind", "5");
	struct answer *a = page_submit(
	    seller, "/account/delete", "/account/delete",
	    arena_printf(flow_arena, "password=%s", text_percent_encode(flow_arena, seller->password)));

	ck_status(a, 303);
	wait_ticket(ticket, "withdrawn", false, 8000);
	ck_lacks(page(visitor_new(), arena_printf(flow_arena, "/tickets/%s", ticket)), "Ioana");
	settle(10000);
}
END_TEST

START_TEST(my_listings_say_where_each_stands_and_what_can_be_done)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *held = sell(seller, "Held one", "5"), *order_ = hold(buyer, held), *path, *until;
	struct answer *a;

	until = text_of(api_get(buyer, "/api/orders/%s", order_), "expiresAt");
	sell(seller, "Free one", "6");
	settle(10000);
	a = page(seller, "/selling");
	ck_status(a, 200);
	ck_valid(a, "listings");
	spot(a, "1 on sale · 1 held · 0 sold · 0 withdrawn");
	spot(a, ">Edit<span class=\"skip\"> Free one</span>");
	spot(a, ">Withdraw<span class=\"skip\"> Free one</span>");
	spot(a, ">List another like it<span class=\"skip\"> Free one</span>");
	spot(a, "<strong>Held by a buyer</strong>");
	/* the deadline of the order, and the time until then */
	spot(a, arena_printf(flow_arena, "until <time datetime=\"%.19sZ\">", until));
	spot(a, "less than a minute left");
	ck_lacks(a, ">Edit<span class=\"skip\"> Held one</span>");
	spot(a, ">View<span class=\"skip\"> Held one</span>");
	spot(a, ">List another like it<span class=\"skip\"> Held one</span>");
	ck_status(pay(buyer, order_, "tok_visa"), 201);
	wait_ticket(held, "sold", true, 5000);
	path = link_of(a, ">Withdraw<span class=\"skip\"> Free one</span>");
	ck_status(page_submit(seller, path, "/withdraw", ""), 303);
	a = page(seller, "/selling");
	spot(a, "0 on sale · 0 held · 1 sold · 1 withdrawn");
	spot(a, "<strong>Sold</strong> · <time datetime=");
	spot(a, "<strong>Withdrawn</strong>");
	ck_lacks(a, ">Edit<");
	ck_lacks(a, ">Withdraw<");
	spot(a, ">List another like it<span class=\"skip\"> Held one</span>");
	spot(a, ">List another like it<span class=\"skip\"> Free one</span>");
}
END_TEST

/* More sales than one page shows. */
START_TEST(sales_are_listed_newest_first_with_totals)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket;
	struct answer *a;

	a = page(seller, "/selling/sales");
	ck_status(a, 200);
	spot(a, "You have not sold anything yet.");
	ck_lacks(a, "<table");
	for (int i = 1; i <= 22; i++) {
		ticket = sell(seller, arena_printf(flow_arena, "Sale %02d", i), "7.50");
		ck_status(pay(buyer, hold(buyer, ticket), "tok_visa"), 201);
		wait_ticket(ticket, "sold", true, 5000);
	}
	sell(seller, "Unsold", "1000");
	a = page(seller, "/selling/sales");
	ck_valid(a, "sales");
	spot(a, "<th scope=\"row\">USD</th><td class=\"number\">22</td><td class=\"number\">$165.00</td>");
	ck_assert(spot(a, "Sale 22") < spot(a, "Sale 21"));
	spot(a, "Sale 03");
	ck_lacks(a, "Sale 02");
	ck_lacks(a, "Unsold");
	a = page(seller, link_of(a, ">Older sales"));
	ck_status(a, 200);
	ck_assert(spot(a, "Sale 02") < spot(a, "Sale 01"));
	ck_lacks(a, "Sale 03");
	ck_lacks(a, ">Older sales");
	ck_status(page(seller, "/selling/sales?cursor=x"), 400);
	/* the public page of the seller */
	ticket = sell(seller, "Next", "5");
	spot(page(visitor_new(), arena_printf(flow_arena, "/tickets/%s", ticket)),
	     "Ioana, 22 sold here, member since 20");
	ck_lacks(page(buyer, "/selling/sales"), "Sale");
}
END_TEST

START_TEST(a_listing_can_be_listed_again)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *other = visitor_signed_up("Wen");
	const char *ticket = listed(
	    seller, "{\"title\":\"Again <b>\",\"price\":\"38.5\",\"faceValue\":36,\"currency\":\"EUR\","
		    "\"category\":\"theatre\",\"venue\":\"Hall\",\"seat\":\"Row "
		    "F\",\"startsAt\":\"2031-05-04T19:30:00Z\",\"timeZone\":\"Europe/Berlin\"}");
	const char *path = arena_printf(flow_arena, "/tickets/new?from=%s", ticket);
	struct answer *a = page(seller, path);

	ck_status(a, 200);
	ck_valid(a, "a listing again");
	spot(a, "value=\"Again &lt;b&gt;\"");
	spot(a, "<option value=\"theatre\" selected>");
	spot(a, "value=\"Hall\"");
	spot(a, "value=\"2031-05-04T21:30\"");
	spot(a, "value=\"Europe/Berlin\"");
	spot(a, "value=\"Row F\"");
	spot(a, "value=\"36.00\"");
	spot(a, "value=\"38.50\"");
	spot(a, "<option value=\"EUR\" selected>EUR</option>");
	/* it is a new listing, and the first one stays */
	a = page_submit(seller, path, "/tickets/new",
			"title=Again&price=38&category=theatre&venue=&startsAt=&timeZone=&seat=&faceValue=&"
			"currency=EUR");
	ck_status(a, 303);
	ck_assert_ptr_null(strstr(a->location, ticket));
	/* a show in the past has no start to copy */
	sql_run("tickets",
		"UPDATE ticket SET starts_at = UTC_TIMESTAMP(6) - INTERVAL 1 DAY WHERE id = "
		"UNHEX(REPLACE('%s','-',''))",
		ticket);
	a = page(seller, path);
	spot(a, "name=\"startsAt\" type=\"datetime-local\" autocomplete=\"off\" value=\"\"");
	sql_run("tickets",
		"UPDATE ticket SET starts_at = '2031-05-04 19:30:00' WHERE id = UNHEX(REPLACE('%s','-',''))",
		ticket);
	ck_status(page(other, path), 403);
	ck_status(page(seller, "/tickets/new?from=0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"), 404);
	ck_status(page(seller, "/tickets/new?from=x"), 400);
}
END_TEST

#define DIGITS                                                                                               \
	"(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION "   \
	"SELECT 6 "                                                                                          \
	"UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "

#define DIGITS                                                                                               \
	"(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION "   \
	"SELECT 6 "                                                                                          \
	"UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "

START_TEST(listings_can_be_downloaded)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *other = visitor_signed_up("Wen");
	const char *first = listed(seller, offer), *second = listed(seller, offer);
	struct answer *a;

	listed(other, offer);
	ck_status(api(seller, "DELETE", api_ticket(second), "%s", ""), 204);
	a = page(seller, "/selling/data.json");
	ck_status(a, 200);
	ck_assert_ptr_nonnull(strstr(header_of(a, "Content-Disposition"), "attachment"));
	ck_assert_str_eq(header_of(a, "Cache-Control"), "no-store");
	ck_assert_str_eq(text_of(a, "listings.0.id"), second);
	ck_assert_str_eq(text_of(a, "listings.0.status"), "withdrawn");
	ck_assert_str_eq(text_of(a, "listings.1.id"), first);
	ck_assert_str_eq(text_of(a, "listings.2.id"), "");
	ck_assert_str_eq(text_of(a, "next"), "");
	a = page(visitor_signed_up("Mara"), "/selling/data.json");
	ck_status(a, 200);
	ck_assert_ptr_nonnull(a->json);
	ck_assert_str_eq(text_of(a, "listings.0.id"), "");
	ck_status(page(visitor_new(), "/selling/data.json"), 303);
	ck_status(page(seller, "/selling/data.json?cursor=nowhere"), 400);
}
END_TEST

/* A file has 10,000 rows and links to the next one. */
START_TEST(a_long_list_is_downloaded_in_files)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *newest = listed(seller, offer), *next;
	struct answer *a;

	sql_run(
	    "tickets",
	    "INSERT INTO ticket (id, version, revision, status, user_id, title, category, starts_day, price, "
	    "currency) SELECT UNHEX(CONCAT('00', LEFT(REPLACE('%s','-',''), 22), LPAD(n, 8, '0'))), 1, 1, "
	    "'withdrawn', UNHEX(REPLACE('%s','-','')), CONCAT('Show ', n), 'other', '9999-12-31', 1, 'USD' "
	    "FROM (SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM " DIGITS "a, " DIGITS "b, " DIGITS
	    "c, " DIGITS "d) x",
	    seller->id, seller->id);
	a = page(seller, "/selling/data.json");
	next = text_of(a, "next");
	ck_assert_str_eq(text_of(a, "listings.0.id"), newest);
	ck_assert_str_eq(text_of(a, "listings.1.title"), "Show 9999");
	ck_assert_str_eq(text_of(a, "listings.500.title"), "Show 9500");
	ck_assert_str_eq(text_of(a, "listings.9999.title"), "Show 1");
	ck_assert_str_eq(text_of(a, "listings.10000.title"), "");
	ck_assert(strncmp(next, flow_url(), strlen(flow_url())) == 0);
	a = page(seller, next + strlen(flow_url()));
	sql_run("tickets",
		"DELETE FROM ticket WHERE user_id = UNHEX(REPLACE('%s','-','')) AND status = 'withdrawn'",
		seller->id);
	ck_status(a, 200);
	ck_assert_str_eq(text_of(a, "listings.0.title"), "Show 0");
	ck_assert_str_eq(text_of(a, "listings.1.title"), "");
	ck_assert_str_eq(text_of(a, "next"), "");
}
END_TEST

Suite *selling_suite(void)
{
	Suite *s = suite_create("selling");
	TCase *t = tcase_create("selling");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, listings_of_a_deleted_user_are_withdrawn);
	tcase_add_test(t, a_listing_that_came_too_late_is_withdrawn);
	tcase_add_test(t, deleting_the_account_withdraws_its_listings);
	tcase_add_test(t, my_listings_say_where_each_stands_and_what_can_be_done);
	tcase_add_test(t, sales_are_listed_newest_first_with_totals);
	tcase_add_test(t, a_listing_can_be_listed_again);
	tcase_add_test(t, listings_can_be_downloaded);
	tcase_add_test(t, a_long_list_is_downloaded_in_files);
	suite_add_tcase(s, t);
	return s;
}
