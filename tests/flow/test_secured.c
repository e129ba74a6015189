/* An order whose payment is authorised, while the bank does not say whether it took the money, and one whose
 * sale was undone: what can no longer be done with either. */
#include "common/base/text.h"
#include "tests/flow/bank_events.h"
#include "tests/flow/capturing.h"
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>
#include <unistd.h>

static bool is_secured(void *order_)
{
	return secured(order_) == 1;
}

/* The bank refuses to answer to captures until answer_captures. */
static struct sale secured_sale(void)
{
	struct sale s = held();

	bank_post("/sandbox/faults", "next=500&match=/v1/payment_intents/*/capture&count=1000");
	ck_answer(&s, pay(s.buyer, s.order, "tok_visa"));
	ck_assert(wait_until(5000, is_secured, (void *)(uintptr_t)s.order));
	return s;
}

static void answer_captures(const struct sale *s)
{
	bank_post("/sandbox/faults", "next=none");
	sql_run("payments",
		"UPDATE charge_task SET tries = 0, next_try_at = UTC_TIMESTAMP(6) "
		"WHERE order_id = UNHEX(REPLACE('%s','-',''))",
		s->order);
	ck_paid(s);
}

START_TEST(a_secured_order_cannot_be_released)
{
	struct sale s = secured_sale();
	struct answer *a = api(s.buyer, "DELETE", at("/api/orders/%s", s.order), NULL);
	const char *target;

	ck_status(a, 409);
	(void)spot(a, "payment");
	ck_assert_str_eq(text_of(a, "current.status"), "awaiting_payment");
	ck_assert_str_ne(text_of(a, "current.securedAt"), "");
	ck_assert_str_ne(text_of(api_get(s.buyer, "/api/orders/%s", s.order), "securedAt"), "");
	a = page(s.buyer, path_of(s.order));
	SAYS(a, "We are confirming your payment");
	ck_assert_ptr_null(form_fill(a, path_of(s.order), "/cancel", "", &target));
	answer_captures(&s);
}
END_TEST

/* Past its deadline, with the sweep, another buyer and the seller: nobody ends it. */
START_TEST(a_secured_order_is_ended_by_nobody)
{
	struct sale s = secured_sale();
	struct visitor *other = visitor_signed_up("Wen");

	clock_move(flow_hold_seconds() + 120);
	ck_status(order(other, s.ticket), 409);
	ck_status(api(s.seller, "PUT", api_ticket(s.ticket), "{\"title\":\"Dearer\",\"price\":90}"), 409);
	ck_status(api(s.seller, "DELETE", api_ticket(s.ticket), NULL), 409);
	sleep(8); /* the sweep comes every few seconds */
	ck_status(order(other, s.ticket), 409);
	ck_assert_str_eq(order_status_of(s.buyer, s.order), "awaiting_payment");
	SAYS(page(s.seller, "/selling"), "the outcome is on its way");
	clock_move(0);
	answer_captures(&s);
}
END_TEST

START_TEST(a_returned_ticket_is_not_sold_again)
{
	struct sale s = held();
	struct visitor *other = visitor_signed_up("Wen");
	struct answer *a, *de;

	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	ck_paid(&s);
	bank_make("/v1/refunds", at("payment_intent=%s", charge_column(s.order, "stripe_intent_id")));
	wait_order(s.buyer, s.order, "returned", 10000);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "This sale was undone", "Your money was returned");
	SAYS(de, "Dieser Verkauf wurde rückgängig gemacht", "Ihr Geld wurde erstattet");
	/* orders decides, whatever tickets shows */
	sql_run("orders",
		"UPDATE ticket_replica SET status = 'listed' WHERE id = UNHEX(REPLACE('%s','-',''))",
		s.ticket);
	a = order(other, s.ticket);
	ck_status(a, 409);
	sql_run("orders", "UPDATE ticket_replica SET status = 'sold' WHERE id = UNHEX(REPLACE('%s','-',''))",
		s.ticket);
	ck_status(api(s.buyer, "DELETE", at("/api/orders/%s", s.order), NULL), 409);
	settle(10000);
}
END_TEST

static const struct broken {
	const char *service, *statement;
} broken[] = {
    {"orders", "UPDATE orders SET held_at = NULL WHERE secured_at IS NOT NULL LIMIT 1"},
    {"orders", "UPDATE orders SET status = 'sold' WHERE status = 'completed' LIMIT 1"},
    {"orders", "UPDATE orders SET ended_at = NULL WHERE status = 'returned' LIMIT 1"},
    {"payments", "UPDATE charge SET authorised_at = NULL, status = 'authorised', settled_at = NULL "
		 "WHERE status = 'completed' LIMIT 1"},
    {"payments", "UPDATE charge SET stripe_intent_id = NULL WHERE status = 'completed' LIMIT 1"},
    {"tickets", "UPDATE ticket SET proposal = revision LIMIT 1"},
    {"tickets", "UPDATE proposal SET title = NULL WHERE kind = 'change' LIMIT 1"},
    {"tickets", "UPDATE proposal SET status = 'decided' LIMIT 1"},
};

/* What the programs never write, the databases refuse. */
START_TEST(the_databases_refuse_what_must_not_be)
{
	struct sale s = held();

	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	ck_paid(&s);
	bank_make("/v1/refunds", at("payment_intent=%s", charge_column(s.order, "stripe_intent_id")));
	wait_order(s.buyer, s.order, "returned", 10000);
	ck_status(api(s.seller, "PUT", api_ticket(sell(s.seller, "Proposed", "5")),
		      "{\"title\":\"Proposed\",\"price\":6}"),
		  200);
	s = held();
	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	ck_paid(&s);
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		sql_refuses(broken[i].service, broken[i].statement);
}
END_TEST

Suite *secured_suite(void)
{
	Suite *s = suite_create("secured");
	TCase *t = tcase_create("secured");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_secured_order_cannot_be_released);
	tcase_add_test(t, a_secured_order_is_ended_by_nobody);
	tcase_add_test(t, a_returned_ticket_is_not_sold_again);
	tcase_add_test(t, the_databases_refuse_what_must_not_be);
	suite_add_tcase(s, t);
	return s;
}
