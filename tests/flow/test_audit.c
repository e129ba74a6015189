/* `stagedoor audit` finds what is wrong in the databases and queues: each thing is put wrong on purpose,
 * found by its id, and put right. */
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <string.h>

#define IS(column, id) column " = UNHEX(REPLACE('" id "','-',''))"

static struct visitor *seller, *buyer;
static const char *ticket, *bought, *sold_order, *given_up;

static const char *audit(const char *verb)
{
	int status;
	const char *text = operator_says(&status, "audit %s", verb);

	return arena_printf(flow_arena, "%sexit %d\n", text, status);
}

/* A ticket on offer, one sold, and an order that was given up. */
static void sale(void)
{
	flow_begin();
	seller = visitor_signed_up("Ioana");
	buyer = visitor_signed_up("Tomasz");
	ticket = sell(seller, "Audited", "5");
	bought = sell(seller, "Audited and sold", "6");
	sold_order = hold(buyer, bought);
	ck_status(pay(buyer, sold_order, "tok_visa"), 201);
	wait_order(buyer, sold_order, "completed", 10000);
	given_up = hold(buyer, ticket);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", given_up), NULL), 204);
	settle(20000);
	wait_ticket(ticket, "listed", false, 10000);
}

static void ck_found(const char *what, const char *id)
{
	const char *found = audit("quiet");

	ck_assert_msg(strstr(found, arena_printf(flow_arena, "%s: %s\n", what, id)) != NULL,
		      "not found: %s %s in\n%s", what, id, found);
	ck_assert_msg(strstr(found, "exit 1\n") != NULL, "%s", found);
}

static void ck_nothing_of(const char *id)
{
	const char *found = audit("quiet");

	ck_assert_msg(strstr(found, id) == NULL, "%s", found);
}

START_TEST(nothing_is_found_where_nothing_is_wrong)
{
	ck_nothing_of(ticket);
	ck_nothing_of(bought);
	ck_nothing_of(sold_order);
	ck_nothing_of(given_up);
}
END_TEST

START_TEST(a_version_without_its_event_is_found)
{
	sql_run("tickets", "UPDATE ticket SET version = version + 1 WHERE " IS("id", "%s"), ticket);
	ck_found("S4 the events of a ticket have a gap, or do not end with what it is", ticket);
	ck_found("L2 orders does not know the ticket as it is", ticket);
	sql_run("tickets", "UPDATE ticket SET version = version - 1 WHERE " IS("id", "%s"), ticket);
	ck_nothing_of(ticket);
}
END_TEST

START_TEST(an_order_that_went_on_after_its_end_is_found)
{
	sql_run("orders",
		"UPDATE outbox SET body = REPLACE(body, '\"status\":\"created\"', "
		"'\"status\":\"cancelled\"') WHERE subject = '%s'",
		sold_order);
	ck_found("S4 an order went back, or on after its end", sold_order);
	sql_run("orders",
		"UPDATE outbox SET body = REPLACE(body, '\"status\":\"cancelled\"', "
		"'\"status\":\"created\"') WHERE subject = '%s' AND version = 1",
		sold_order);
	ck_nothing_of(sold_order);
}
END_TEST

START_TEST(a_ticket_sold_twice_is_found)
{
	sql_run("orders",
		"UPDATE outbox SET body = REPLACE(REPLACE(body, '\"status\":\"cancelled\"', "
		"'\"status\":\"completed\"'), '%s', '%s'), type = "
		"'order.updated' WHERE subject = '%s' AND type = 'order.cancelled'",
		ticket, bought, given_up);
	ck_found("S1 a ticket was sold twice", bought);
	sql_run("orders",
		"UPDATE outbox SET body = REPLACE(REPLACE(body, '\"status\":\"completed\"', "
		"'\"status\":\"cancelled\"'), '%s', '%s'), type = "
		"'order.cancelled' WHERE subject = '%s' AND version = 3",
		bought, ticket, given_up);
	ck_nothing_of(bought);
}
END_TEST

START_TEST(money_that_is_wrong_is_found)
{
	const char *charge = sql_text("payments",
				      "SELECT LOWER(CONCAT_WS('-', SUBSTR(h,1,8), SUBSTR(h,9,4), "
				      "SUBSTR(h,13,4), SUBSTR(h,17,4), SUBSTR(h,21))) "
				      "FROM (SELECT HEX(id) h FROM charge WHERE " IS("order_id", "%s") ") c",
				      sold_order);

	sql_run("payments", "UPDATE charge SET amount = amount + 1 WHERE " IS("id", "%s"), charge);
	ck_found("S2 a charge is not of its order, or not of its price", charge);
	sql_run("payments",
		"UPDATE charge SET amount = amount - 1, stripe_refund_id = 're_x' WHERE " IS("id", "%s"),
		charge);
	ck_found("L4 an order is completed, and its money was not taken or was returned", sold_order);
	ck_found("L2 orders does not know the charge as it is", charge);
	sql_run("payments", "UPDATE charge SET stripe_refund_id = NULL WHERE " IS("id", "%s"), charge);
	ck_nothing_of(charge);
}
END_TEST

START_TEST(a_ticket_held_for_nothing_is_found)
{
	sql_run("tickets", "UPDATE ticket SET " IS("order_id", "%s") " WHERE " IS("id", "%s"), given_up,
		ticket);
	ck_found("L3 a ticket is held by an order that has ended", ticket);
	sql_run("tickets", "UPDATE ticket SET status = 'sold' WHERE " IS("id", "%s"), ticket);
	ck_found("L3 a ticket is sold, and its order is not completed", ticket);
	sql_run("tickets", "UPDATE ticket SET status = 'listed', order_id = NULL WHERE " IS("id", "%s"),
		ticket);
	ck_nothing_of(ticket);
}
END_TEST

START_TEST(a_replica_that_differs_is_found)
{
	sql_run("payments", "UPDATE order_replica SET title = 'Another' WHERE " IS("id", "%s"), sold_order);
	ck_found("L2 payments does not know the order as it is", sold_order);
	sql_run("payments", "UPDATE order_replica SET title = 'Audited and sold' WHERE " IS("id", "%s"),
		sold_order);
	ck_nothing_of(sold_order);
}
END_TEST

/* What has just happened is on its way, no fault: only `quiet` gives nothing time. */
START_TEST(an_event_that_is_not_sent_is_found_after_a_while)
{
	const char *late = "L1 an event was not sent: ", *id;

	part_stop("tickets-relay");
	id = text_of(api(seller, "POST", "/api/tickets", "{\"title\":\"Not sent\",\"price\":5}"), "id");
	ck_found("L1 an event was not sent", id);
	ck_assert(strstr(audit(""), late) == NULL);
	sql_run("tickets",
		"UPDATE outbox SET created_at = created_at - INTERVAL 1 MINUTE WHERE subject = '%s'", id);
	ck_assert(strstr(audit(""), arena_printf(flow_arena, "%s%s", late, id)) != NULL);
	part_start("tickets-relay");
	settle(20000);
	ck_nothing_of(id);
}
END_TEST

START_TEST(an_order_past_its_deadline_is_found)
{
	const char *id;

	part_stop("orders-jobs");
	part_stop("expiration-events");
	id = hold(buyer, ticket);
	ck_nothing_of(id);
	sql_run("orders", "UPDATE orders SET expires_at = UTC_TIMESTAMP(6) WHERE " IS("id", "%s"), id);
	ck_found("L3 an order is open past its deadline", id);
	part_start("orders-jobs");
	part_start("expiration-events");
	wait_order(buyer, id, "cancelled", 15000);
	settle(20000);
}
END_TEST

START_TEST(dead_letters_are_found)
{
	const char *waits = " messages wait in tickets.dead", *found;
	int64_t before = queue_length("tickets", "tickets.dead");

	event_send("orders", "order.created", "not json at all");
	for (int i = 0; i < 100 && queue_length("tickets", "tickets.dead") == before; i++)
		wait_ticket(ticket, "listed", false, 5000);
	found = audit("quiet");
	ck_assert_msg(strstr(found, arena_printf(flow_arena, "L5 %lld%s\n", (long long)before + 1, waits)) !=
			  NULL,
		      "%s", found);
}
END_TEST

Suite *audit_suite(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("audit");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, sale, flow_end);
	tcase_add_test(t, nothing_is_found_where_nothing_is_wrong);
	tcase_add_test(t, a_version_without_its_event_is_found);
	tcase_add_test(t, an_order_that_went_on_after_its_end_is_found);
	tcase_add_test(t, a_ticket_sold_twice_is_found);
	tcase_add_test(t, money_that_is_wrong_is_found);
	tcase_add_test(t, a_ticket_held_for_nothing_is_found);
	tcase_add_test(t, a_replica_that_differs_is_found);
	tcase_add_test(t, an_event_that_is_not_sent_is_found_after_a_while);
	tcase_add_test(t, an_order_past_its_deadline_is_found);
	tcase_add_test(t, dead_letters_are_found);
	suite_add_tcase(s, t);
	return s;
}
