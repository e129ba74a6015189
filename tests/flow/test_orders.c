/* Orders in detail: messages of refusals, the fifth order and the sixth, hints of expiry, early payments, and
 * the pages. */
#include "common/schema/kind.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <string.h>

static const char *order_path(const char *id)
{
	return arena_printf(flow_arena, "/orders/%s", id);
}

static void says(const struct answer *a, const char *words)
{
	ck_assert_msg(strstr(a->body, words) != NULL, "the page does not say \"%s\": %.3000s", words,
		      a->body);
}

static struct answer *order_at(struct visitor *buyer, const char *ticket, int seen)
{
	return api(buyer, "POST", "/api/orders", "{\"ticketId\":\"%s\",\"revision\":%d}", ticket, seen);
}

static void edit(struct visitor *seller, const char *ticket, const char *what, const char *price, int becomes)
{
	struct edited x = {ticket, becomes};

	ck_status(api(seller, "PUT", arena_printf(flow_arena, "/api/tickets/%s", ticket),
		      "{\"title\":\"%s\",\"price\":%s}", what, price),
		  200);
	ck_assert(wait_until(5000, is_known_at, &x));
}

START_TEST(a_listing_that_changed_is_shown_old_and_new)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Row F", "38"),
		   *fields = arena_printf(flow_arena, "ticketId=%s&revision=1", ticket);
	const char *ticket_path = arena_printf(flow_arena, "/tickets/%s", ticket);
	struct answer *a;

	edit(seller, ticket, "Row G", "41.50", 2);
	a = order_at(buyer, ticket, 1);
	ck_status(a, 409);
	ck_assert_str_eq(text_of(a, "current.title"), "Row G");
	ck_assert_str_eq(text_of(a, "seen.title"), "Row F");
	ck_assert_int_eq((int)number_of(a, "current.revision", 0), 2);
	a = page_submit(buyer, ticket_path, "/orders", fields);
	ck_status(a, 409);
	says(a, "The listing changed");
	says(a, "$38.00");
	says(a, "$41.50");
	says(a, "name=\"revision\" value=\"2\"");
	ck_assert_int_eq(
	    sql_number("orders", "SELECT COUNT(*) FROM orders WHERE ticket_id = UNHEX(REPLACE('%s','-',''))",
		       ticket),
	    0);
	ck_status(order_at(buyer, ticket, 2), 201);
}
END_TEST

START_TEST(refusals_say_why)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *other = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "One of a kind", "5"), *id;
	struct answer *a;

	ck_status(order(seller, ticket), 403);
	ck_status(order(buyer, "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"), 404);
	ck_status(api(buyer, "POST", "/api/orders", "{\"ticketId\":\"nonsense\"}"), 400);
	ck_status(api(buyer, "POST", "/api/orders", "{\"ticketId\":\"%s\",\"revision\":0}", ticket), 400);
	id = hold(buyer, ticket);
	a = order(other, ticket);
	ck_status(a, 409);
	says(a, "Somebody else holds this ticket");
	a = order(buyer, ticket);
	ck_status(a, 409);
	says(a, "You have an order for this ticket already");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
}
END_TEST

/* Five orders at a time, even if they are sent at once; a freed slot can be used again. */
START_TEST(the_sixth_order_waits_for_a_slot)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ids[5], *last;
	struct answer *a;

	for (int i = 0; i < 5; i++)
		ids[i] = hold(buyer, sell(seller, "Many", "5"));
	last = sell(seller, "One more", "5");
	a = order(buyer, last);
	ck_status(a, 409);
	says(a, "five tickets at a time");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", ids[2]), NULL), 204);
	ck_status(order(buyer, last), 201);
	ck_assert_int_eq(
	    sql_number("orders",
		       "SELECT COUNT(DISTINCT slot) FROM orders WHERE user_id = UNHEX(REPLACE('%s','-',''))",
		       buyer->id),
	    5);
	ck_status(pay(buyer, ids[0], "tok_visa"), 201);
	wait_order(buyer, ids[0], "completed", 5000);
	ck_status(order(buyer, sell(seller, "In the slot of one that was paid", "5")), 201);
}
END_TEST

START_TEST(the_same_key_makes_one_order)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Double click", "5"), *key = "Idempotency-Key: double-click-1";
	const char *body = arena_printf(flow_arena, "{\"ticketId\":\"%s\"}", ticket);
	struct answer *first = api_with(buyer, "POST", "/api/orders", key, body), *again;

	ck_status(first, 201);
	again = api_with(buyer, "POST", "/api/orders", key, body);
	ck_status(again, 201);
	ck_assert_str_eq(again->body, first->body);
	ck_assert_str_eq(header_of(again, "Idempotency-Replayed"), "true");
	ck_status(api_with(buyer, "POST", "/api/orders", key,
			   "{\"ticketId\":\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\"}"),
		  422);
}
END_TEST

START_TEST(a_completed_order_cannot_be_cancelled)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *id = hold(buyer, sell(seller, "Paid", "5"));
	struct answer *a;

	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 5000);
	a = api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL);
	ck_status(a, 409);
	ck_assert_str_eq(text_of(a, "current.status"), "completed");
	ck_status(api(seller, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 404);
	a = page(buyer, order_path(id));
	ck_status(a, 200);
	says(a, "The ticket is yours");
}
END_TEST

START_TEST(orders_are_paged_newest_first)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *next = "/api/orders?limit=2", *ids[5];
	int shown = 0;

	for (int i = 0; i < 5; i++)
		ids[i] = text_of(order(buyer, sell(seller, "Paged", "5")), "id");
	while (*next != '\0') {
		struct answer *a = http(buyer, "GET", next, NULL, NULL, NULL);
		const char *link = header_of(a, "Link");

		ck_status(a, 200);
		for (int i = 0; i < 2 && *text_of(a, arena_printf(flow_arena, "%d.id", i)) != '\0';
		     i++, shown++)
			ck_assert_str_eq(text_of(a, arena_printf(flow_arena, "%d.id", i)), ids[4 - shown]);
		next = *link == '\0' ? "" : arena_memdup(flow_arena, link + 1, strcspn(link + 1, ">"));
	}
	ck_assert_int_eq(shown, 5);
	ck_status(api_get(buyer, "/api/orders?cursor=nonsense"), 400);
	ck_status(api_get(buyer, "/api/orders?limit=101"), 400);
}
END_TEST

static void send_expired(const char *id, const char *at)
{
	event_send("expiration", "order.expired",
		   arena_printf(flow_arena,
				"{\"specversion\":\"1.0\",\"id\":\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\","
				"\"source\":\"/stagedoor/expiration\","
				"\"type\":\"order.expired\",\"subject\":\"%s\",\"time\":\"2026-11-22T14:17:"
				"02Z\",\"datacontenttype\":\"application/json\","
				"\"version\":1,\"data\":{\"orderId\":\"%s\",\"expiresAt\":\"%s\"}}",
				id, id, at));
}

/* A hint of expiry never overrides the database's clock. The next listing comes through the same queue: once
 * it is replicated, the hints have been handled. */
START_TEST(a_hint_that_comes_too_early_ends_nothing)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *id = hold(buyer, sell(seller, "Early", "5"));

	send_expired(id, "2020-01-01T00:00:00Z");
	send_expired("0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "2020-01-01T00:00:00Z");
	sell(seller, "Behind them", "5");
	ck_assert_int_eq(sql_number("orders",
				    "SELECT COUNT(*) FROM orders WHERE id = UNHEX(REPLACE('%s','-','')) AND "
				    "(ended_at IS NULL OR ended_at >= expires_at)",
				    id),
			 1);
}
END_TEST

static const char *charge_body(const char *id, int number, const char *order_, const char *user,
			       const char *status)
{
	return arena_printf(flow_arena,
			    "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/stagedoor/"
			    "payments\",\"type\":\"charge.updated\",\"subject\":\"%s\","
			    "\"time\":\"2026-11-22T14:17:02Z\",\"datacontenttype\":\"application/"
			    "json\",\"version\":%d,\"data\":{\"id\":\"%s\","
			    "\"version\":%d,\"orderId\":\"%s\",\"userId\":\"%s\",\"amount\":500,\"currency\":"
			    "\"USD\",\"status\":\"%s\",\"refunded\":false}}",
			    id, id, number, id, number, order_, user, status);
}

static bool is_charge_known(void *id)
{
	return sql_number("orders",
			  "SELECT COUNT(*) FROM charge_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			  (const char *)id) == 1;
}

/* Of protocol 1.0, whose order waited for the lock of its ticket: events of two publishers may overtake each
 * other, so that the payment arrives before the lock. */
START_TEST(a_payment_that_arrives_before_the_lock_counts)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Overtaken", "5"), *id, *last = "tickets-events";
	charge_id charge;
	char *text;

	part_stop(last);
	id = text_of(order(buyer, ticket), "id");
	sql_run("orders",
		"UPDATE orders SET status = 'created', held_at = NULL WHERE id = UNHEX(REPLACE('%s','-',''))",
		id);
	uuid_new(charge.b);
	text = arena_strdup(flow_arena, id_text(flow_arena, charge));
	event_send("payments", "charge.updated", charge_body(text, 2, id, buyer->id, "completed"));
	ck_assert(wait_until(5000, is_charge_known, text));
	ck_assert_str_eq(order_status_of(buyer, id), "created");
	part_start(last);
	wait_order(buyer, id, "completed", 10000);
	sql_run("orders", "DELETE FROM charge_replica WHERE id = UNHEX(REPLACE('%s','-',''))", text);
}
END_TEST

/* The page of an order in each state. */
START_TEST(the_page_of_an_order_has_a_timeline)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *other = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "A <b>story</b>", "5"), *id = hold(buyer, ticket);
	struct answer *a = page(buyer, order_path(id));

	ck_status(a, 200);
	says(a, "Held for you until");
	says(a, "minute");
	says(a, arena_printf(flow_arena, "href=\"/payments/%s\"", id));
	says(a, "A &lt;b&gt;story&lt;/b&gt;");
	ck_status(page(other, order_path(id)), 404);
	says(page(buyer, "/orders"), "Needs payment");
	a = page_submit(buyer, order_path(id), "/cancel", "");
	ck_status(a, 303);
	a = page(buyer, order_path(id));
	says(a, "You released the ticket");
	says(a, "No money was taken");
	a = page_submit(buyer, order_path(id), "/orders", "");
	ck_status(a, 303);
	ck_assert_ptr_null(strstr(a->location, id));
	says(page(buyer, order_path(id)), "You have ordered this ticket again.");
}
END_TEST

Suite *orders_suite(void)
{
	Suite *s = suite_create("orders");
	TCase *t = tcase_create("orders");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_listing_that_changed_is_shown_old_and_new);
	tcase_add_test(t, refusals_say_why);
	tcase_add_test(t, the_sixth_order_waits_for_a_slot);
	tcase_add_test(t, the_same_key_makes_one_order);
	tcase_add_test(t, a_completed_order_cannot_be_cancelled);
	tcase_add_test(t, orders_are_paged_newest_first);
	tcase_add_test(t, a_hint_that_comes_too_early_ends_nothing);
	tcase_add_test(t, a_payment_that_arrives_before_the_lock_counts);
	tcase_add_test(t, the_page_of_an_order_has_a_timeline);
	suite_add_tcase(s, t);
	return s;
}
