/*
 * The defects of earlier public implementations of this marketplace, one named test each: the numbers are
 * those of the list in docs/ARCHITECTURE.md.
 */
#include "common/base/text.h"
#include "tests/flow/bank_events.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <string.h>
#include <unistd.h>

static const char uuid_of[] = "UNHEX(REPLACE('%s','-',''))";

static int64_t rows_of(const char *service, const char *table, const char *column, const char *id)
{
	const char *where = arena_printf(flow_arena, uuid_of, id);

	return sql_number(service, "SELECT COUNT(*) FROM %s WHERE %s = %s", table, column, where);
}

START_TEST(defect_1_two_buyers_both_get_the_ticket)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *one = visitor_signed_up("Tomasz"),
		       *two = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "One ticket", "10");

	ck_status(order(one, ticket), 201);
	ck_status(order(two, ticket), 409);
	ck_assert_int_eq(rows_of("orders", "orders", "ticket_id", ticket), 1);
}
END_TEST

START_TEST(defect_2_a_paid_order_is_cancelled_without_a_refund)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Paid is paid", "10"), *id = hold(buyer, ticket);

	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 5000);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 409);
	ck_assert_str_eq(order_status_of(buyer, id), "completed");
	wait_ticket(ticket, "sold", true, 5000);
}
END_TEST

/* The first order is cancelled at once; its timer fires while the second one holds the ticket. */
START_TEST(defect_3_an_old_timer_frees_the_next_hold)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *one = visitor_signed_up("Tomasz"),
		       *two = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "Old timer", "10"), *first = hold(one, ticket), *second;

	sleep((unsigned)flow_hold_seconds() / 2);
	ck_status(api(one, "DELETE", arena_printf(flow_arena, "/api/orders/%s", first), NULL), 204);
	wait_ticket(ticket, "listed", false, 5000);
	second = hold(two, ticket);
	sleep((unsigned)(flow_hold_seconds() + 1) / 2);
	ck_assert_str_eq(order_status_of(two, second), "awaiting_payment");
	wait_ticket(ticket, "listed", true, 1000);
}
END_TEST

/* What orders hears of a payment comes after the hold has ended: the order stays cancelled, and the money
 * is not taken, or goes back where an older version took it. */
static bool is_refunded(void *order_)
{
	return sql_number("payments",
			  "SELECT COUNT(*) FROM charge WHERE order_id = UNHEX(REPLACE('%s','-','')) AND "
			  "stripe_refund_id IS NOT NULL",
			  (const char *)order_) == 1;
}

static bool is_cancelled(void *order_)
{
	return sql_number("orders",
			  "SELECT COUNT(*) FROM orders WHERE id = UNHEX(REPLACE('%s','-','')) AND status = "
			  "'cancelled'",
			  (const char *)order_) == 1;
}

static bool payments_have(void *order_)
{
	return sql_number("payments",
			  "SELECT COUNT(*) FROM order_replica WHERE id = UNHEX(REPLACE('%s','-','')) AND "
			  "status = 'awaiting_payment'",
			  (const char *)order_) == 1;
}

START_TEST(defect_4_a_late_charge_completes_a_dead_order)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *next = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "Too late", "10"), *id = hold(buyer, ticket), *other;

	part_stop("orders-events");
	if (_i == 0) {
		ck_assert_str_eq(text_of(pay(buyer, id, "tok_visa"), "status"), "authorised");
	} else {
		ck_assert(wait_until(3000, payments_have, (void *)(uintptr_t)id));
		pay_as_before(buyer, id);
		wait_charge(id, "completed", 10000);
	}
	clock_move(flow_hold_seconds() + 1);
	ck_assert(wait_until(12000, is_cancelled, (void *)(uintptr_t)id));
	ck_assert_str_eq(order_status_of(buyer, id), "cancelled");
	part_start("orders-events");
	clock_move(0);
	wait_ticket(ticket, "listed", false, 15000);
	if (_i == 0)
		wait_charge(id, "failed", 20000);
	else
		ck_assert(wait_until(20000, is_refunded, (void *)(uintptr_t)id));
	ck_assert_int_eq(bank_charges(id), _i);
	ck_assert_int_eq(bank_refunds(id), _i);
	ck_assert_str_eq(order_status_of(buyer, id), "cancelled");
	other = hold(next, ticket);
	ck_assert_str_eq(order_status_of(next, other), "awaiting_payment");
}
END_TEST

START_TEST(defect_5_two_payments_charge_twice)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Pay twice", "10"), *id = hold(buyer, ticket);
	const char *body;
	struct answer *first = pay(buyer, id, "tok_visa"), *second = pay(buyer, id, "tok_visa"), *third,
		      *fourth;

	ck_status(first, 201);
	ck_assert_msg(second->status == 409 || second->status == 410, "%d", second->status);
	wait_order(buyer, id, "completed", 5000);
	ck_assert_int_eq(rows_of("payments", "charge", "order_id", id), 1);
	ck_assert_int_eq(bank_charges(id), 1);
	/* the same key again: the first answer, not another charge */
	ticket = sell(seller, "Pay once, sent twice", "10");
	id = hold(buyer, ticket);
	body = arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", id);
	wait_until(3000, payments_have, (void *)(uintptr_t)id);
	third = api_with(buyer, "POST", "/api/payments", "Idempotency-Key: same-key-1", body);
	fourth = api_with(buyer, "POST", "/api/payments", "Idempotency-Key: same-key-1", body);
	ck_status(third, 201);
	ck_status(fourth, 201);
	ck_assert_str_eq(third->body, fourth->body);
	ck_assert_int_eq(bank_charges(id), 1);
}
END_TEST

START_TEST(defect_6_cents_get_lost)
{
	static const char *const prices[] = {"19.99", "\"19.99\"", "0.07", "1.1", "4.35", "1138.55"};
	static const int64_t cents[] = {1999, 1999, 7, 110, 435, 113855};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");

	for (size_t i = 0; i < 6; i++) {
		const char *ticket = sell(seller, "To the cent", prices[i]);

		ck_assert_int_eq(
		    sql_number("orders",
			       "SELECT price FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			       ticket),
		    cents[i]);
		if (i == 0) {
			const char *id = hold(buyer, ticket);

			ck_assert_ptr_nonnull(
			    strstr(api_get(buyer, "/api/orders/%s", id)->body, "\"price\":19.99"));
			ck_status(pay(buyer, id, "tok_visa"), 201);
			ck_assert_int_eq(
			    sql_number(
				"payments",
				"SELECT amount FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))", id),
			    1999);
		}
	}
}
END_TEST

/* The relay is down during the change, and is killed while it starts again: the event is still published. */
START_TEST(defect_7_a_crash_between_commit_and_publish_loses_the_event)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	struct answer *a;

	part_stop("tickets-relay");
	a = api(seller, "POST", "/api/tickets", "{\"title\":\"Not lost\",\"price\":5}");
	ck_status(a, 201);
	ck_status(order(buyer, text_of(a, "id")), 503);
	part_start("tickets-relay");
	part_kill("tickets-relay");
	settle(20000);
	ck_status(order(buyer, text_of(a, "id")), 201);
}
END_TEST

START_TEST(defect_8_sellers_buy_their_own_and_one_user_holds_all)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *last = NULL;

	ck_status(order(seller, sell(seller, "My own", "5")), 403);
	for (int i = 0; i < 6; i++) {
		last = sell(seller, "All of them", "5");
		if (i < 5)
			ck_status(order(buyer, last), 201);
	}
	ck_status(order(buyer, last), 409);
}
END_TEST

/* The timer event never arrives: the sweep of orders ends the hold. */
START_TEST(defect_9_with_the_expiration_worker_down_holds_never_end)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "No timer", "5"), *id;

	part_stop("expiration-events");
	id = hold(buyer, ticket);
	clock_move(flow_hold_seconds() + 1);
	wait_ticket(ticket, "listed", false, 12000);
	ck_assert_str_eq(order_status_of(buyer, id), "cancelled");
	clock_move(0);
	part_start("expiration-events");
}
END_TEST

static bool site_answers(void *context)
{
	(void)context;
	return api_get(visitor_new(), "/api/tickets")->status == 200;
}

START_TEST(defect_10_not_yours_and_not_signed_in_look_the_same)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *nobody = visitor_new();
	struct visitor *other = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "Mine", "5"), *id = text_of(order(buyer, ticket), "id");
	const char *edit = "{\"title\":\"Yours\",\"price\":1}",
		   *path = arena_printf(flow_arena, "/api/tickets/%s", ticket);

	ck_status(api(nobody, "PUT", path, "%s", edit), 401);
	ck_status(api(other, "PUT", path, "%s", edit), 403);
	ck_status(api_get(nobody, "/api/orders/%s", id), 401);
	ck_status(api_get(other, "/api/orders/%s", id), 404);
	ck_status(api_get(other, "/api/orders/0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"), 404);
	/* a server error has a 5xx status */
	part_stop("database");
	ck_status(api_get(buyer, "/api/orders/%s", id), 503);
	part_start("database");
	ck_assert(wait_until(15000, site_answers, NULL));
}
END_TEST

START_TEST(defect_11_no_csrf_no_throttle_no_expiry)
{
	struct visitor *v = visitor_signed_up("Ioana");
	struct answer *a;

	a = http(v, "POST", "/tickets/new", "application/x-www-form-urlencoded", "title=x&price=1", NULL);
	ck_status(a, 403);
	a = http(v, "POST", "/api/tickets", "application/json", "{\"title\":\"x\",\"price\":1}",
		 (const char *const[]){"Sec-Fetch-Site: cross-site", NULL});
	ck_status(a, 403);
	a = http(v, "POST", "/api/tickets", "application/json", "{\"title\":\"x\",\"price\":1}",
		 (const char *const[]){"Origin: https://evil.example", NULL});
	ck_status(a, 403);
	a = http(v, "POST", "/api/tickets", "text/plain", "{\"title\":\"x\",\"price\":1}", NULL);
	ck_status(a, 415);
	ck_status(api(v, "POST", "/api/tickets", "{\"title\":\"still in\",\"price\":1}"), 201);
	clock_move(12 * 3600 + 60);
	ck_status(api(v, "POST", "/api/tickets", "{\"title\":\"too late\",\"price\":1}"), 401);
	clock_move(0);
}
END_TEST

START_TEST(defect_12_a_declined_card_says_something_went_wrong)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Declined", "5"), *id = hold(buyer, ticket);
	struct answer *a = pay(buyer, id, "tok_chargeDeclinedInsufficientFunds");

	ck_status(a, 402);
	ck_assert_ptr_nonnull(strcasestr(a->body, "funds"));
	wait_order(buyer, id, "cancelled", 5000);
	ck_assert_str_eq(text_of(api_get(buyer, "/api/orders/%s", id), "cancelReason"), "payment_failed");
	wait_ticket(ticket, "listed", false, 5000);
}
END_TEST

START_TEST(defect_13_events_out_of_order_or_twice)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Again and again", "5"), *id;

	ck_status(api(seller, "PUT", arena_printf(flow_arena, "/api/tickets/%s", ticket),
		      "{\"title\":\"Edited\",\"price\":6}"),
		  200);
	settle(10000);
	id = hold(buyer, ticket);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	settle(10000);
	id = hold(buyer, ticket);
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 5000);
	settle(10000);
	for (int round = 0; round < 3; round++) {
		events_again("tickets", ticket, (enum event_order)round);
		events_again("orders", ticket, (enum event_order)round);
		events_again("payments", id, (enum event_order)round);
	}
	settle(10000);
	ck_assert_str_eq(order_status_of(buyer, id), "completed");
	wait_ticket(ticket, "sold", true, 1000);
}
END_TEST

Suite *defects_suite(void)
{
	Suite *s = suite_create("defects");
	TCase *t = tcase_create("defects");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, defect_1_two_buyers_both_get_the_ticket);
	tcase_add_test(t, defect_2_a_paid_order_is_cancelled_without_a_refund);
	tcase_add_test(t, defect_3_an_old_timer_frees_the_next_hold);
	tcase_add_loop_test(t, defect_4_a_late_charge_completes_a_dead_order, 0, 2);
	tcase_add_test(t, defect_5_two_payments_charge_twice);
	tcase_add_test(t, defect_6_cents_get_lost);
	tcase_add_test(t, defect_7_a_crash_between_commit_and_publish_loses_the_event);
	tcase_add_test(t, defect_8_sellers_buy_their_own_and_one_user_holds_all);
	tcase_add_test(t, defect_9_with_the_expiration_worker_down_holds_never_end);
	tcase_add_test(t, defect_10_not_yours_and_not_signed_in_look_the_same);
	tcase_add_test(t, defect_11_no_csrf_no_throttle_no_expiry);
	tcase_add_test(t, defect_12_a_declined_card_says_something_went_wrong);
	tcase_add_test(t, defect_13_events_out_of_order_or_twice);
	suite_add_tcase(s, t);
	return s;
}
