/* What the bank tells of a payment by webhooks, in any order: what is ours, and what it changes. */
#include "tests/flow/bank_events.h"
#include "tests/flow/capturing.h"
#include "tests/flow/suites.h"
#include <string.h>

/* Nobody comes back from the bank's page, and its events come twice, late, and in any order. */
START_TEST(events_settle_a_payment_in_any_order)
{
	static const char *const modes[] = {"mode=normal", "mode=twice", "mode=reorder",
					    "mode=normal&late_ms=1500"};
	struct sale s = held();

	bank_post("/sandbox/webhooks", modes[_i]);
	pay_at_bank(begin_to_pay(&s));
	ck_paid(&s);
	bank_post("/sandbox/webhooks", "mode=normal");
}
END_TEST

static void ck_version(const struct sale *s, const char *version_)
{
	ck_assert_str_eq(charge_column(s->order, "version"), version_);
}

/* Events of an earlier state change nothing, neither a paid nor a failed charge. */
START_TEST(late_events_are_known)
{
	struct sale s = held(), ended = held();
	const char *intent, *charge, *version_;

	ck_answer(&s, pay(s.buyer, s.order, "tok_visa"));
	ck_paid(&s);
	intent = charge_column(s.order, "stripe_intent_id");
	charge = charge_id_text(s.order);
	version_ = charge_column(s.order, "version");
	ck_assert_str_eq(bank_tells("payment_intent.amount_capturable_updated",
				    intent_json(intent, charge, "requires_capture", 3800, "usd")),
			 "known");
	ck_assert_str_eq(
	    bank_tells("payment_intent.succeeded", intent_json(intent, charge, "succeeded", 3800, "usd")),
	    "known");
	/* without our metadata it is found by its intent */
	ck_assert_str_eq(
	    bank_tells("payment_intent.succeeded", intent_json(intent, NULL, "succeeded", 3800, "usd")),
	    "known");
	ck_assert_str_eq(
	    bank_tells("payment_intent.succeeded", intent_json("pi_nobody", NULL, "succeeded", 3800, "usd")),
	    "unknown");
	ck_version(&s, version_);

	part_stop("payments-relay");
	ck_answer(&ended, pay(ended.buyer, ended.order, "tok_visa"));
	cancel(&ended);
	wait_charge(ended.order, "failed", 15000);
	part_start("payments-relay");
	ck_unpaid(&ended, "order_ended", 1000);
	intent = charge_column(ended.order, "stripe_intent_id");
	version_ = charge_column(ended.order, "version");
	ck_assert_str_eq(
	    bank_tells("payment_intent.amount_capturable_updated",
		       intent_json(intent, charge_id_text(ended.order), "requires_capture", 3800, "usd")),
	    "known");
	ck_assert_str_eq(
	    bank_tells("payment_intent.canceled", intent_json(intent, NULL, "canceled", 3800, "usd")),
	    "known");
	ck_version(&ended, version_);
}
END_TEST

/* An authorisation of another amount secures nothing. */
START_TEST(another_amount_is_not_authorised)
{
	struct sale s = held();
	const char *charge;

	bank_post("/sandbox/webhooks", "mode=hold");
	begin_to_pay(&s);
	charge = charge_id_text(s.order);
	ck_assert_str_eq(bank_tells("payment_intent.amount_capturable_updated",
				    intent_json("pi_forged", charge, "requires_capture", 3799, "usd")),
			 "mismatch");
	ck_assert_str_eq(bank_tells("payment_intent.amount_capturable_updated",
				    intent_json("pi_forged", charge, "requires_capture", 3801, "usd")),
			 "mismatch");
	ck_assert_str_eq(bank_tells("payment_intent.amount_capturable_updated",
				    intent_json("pi_forged", charge, "requires_capture", 3800, "eur")),
			 "mismatch");
	ck_assert_str_eq(charge_column(s.order, "status"), "created");
	ck_assert_int_eq(secured(s.order), 0);
	bank_post("/sandbox/webhooks", "mode=normal");
	cancel(&s);
	wait_charge(s.order, "failed", 15000);
}
END_TEST

/* A session without our metadata is ours by its id; a dispute by its intent, though nothing is done about
 * it. */
START_TEST(what_names_our_objects_is_ours)
{
	struct sale s = held(), paid = held();
	const char *session;

	begin_to_pay(&s);
	session = charge_column(s.order, "stripe_session_id");
	ck_assert_str_eq(
	    bank_tells(
		"checkout.session.expired",
		arena_printf(flow_arena,
			     "{\"id\":\"%s\",\"object\":\"checkout.session\",\"status\":\"expired\","
			     "\"payment_status\":\"unpaid\",\"amount_total\":3800,\"currency\":\"usd\"}",
			     session)),
	    "applied");
	ck_assert_str_eq(charge_column(s.order, "failure_reason"), "unpaid");
	ck_answer(&paid, pay(paid.buyer, paid.order, "tok_visa"));
	ck_paid(&paid);
	ck_assert_str_eq(
	    bank_tells("charge.dispute.created",
		       arena_printf(flow_arena,
				    "{\"id\":\"du_1\",\"object\":\"dispute\",\"payment_intent\":\"%s\"}",
				    charge_column(paid.order, "stripe_intent_id"))),
	    "ignored");
	/* nor is a refund of another payment that carries our metadata */
	ck_assert_str_eq(
	    bank_tells(
		"refund.created",
		arena_printf(
		    flow_arena,
		    "{\"id\":\"re_0\",\"object\":\"refund\",\"amount\":3800,\"status\":\"succeeded\","
		    "\"currency\":\"usd\",\"payment_intent\":\"pi_other\",\"metadata\":{\"charge\":\"%s\"}}",
		    charge_id_text(paid.order))),
	    "mismatch");
	/* a part of the money is not the money */
	ck_assert_str_eq(
	    bank_tells(
		"refund.created",
		arena_printf(flow_arena,
			     "{\"id\":\"re_1\",\"object\":\"refund\",\"amount\":1,\"status\":\"succeeded\","
			     "\"payment_intent\":\"%s\"}",
			     charge_column(paid.order, "stripe_intent_id"))),
	    "ignored");
	ck_assert_str_eq(charge_column(paid.order, "COALESCE(stripe_refund_id, '')"), "");
	wait_order(s.buyer, s.order, "cancelled", 10000);
}
END_TEST

static bool has_refund(void *order_)
{
	return strcmp(charge_column(order_, "COALESCE(stripe_refund_id, '')"), "") != 0;
}

/* By hand, at the bank: all of the money of a completed sale. */
START_TEST(money_that_is_returned_by_hand_undoes_the_sale)
{
	struct sale s = held();
	struct answer *a, *de;

	ck_answer(&s, pay(s.buyer, s.order, "tok_visa"));
	ck_paid(&s);
	bank_make("/v1/refunds", at("payment_intent=%s", charge_column(s.order, "stripe_intent_id")));
	ck_assert(wait_until(10000, has_refund, (void *)(uintptr_t)s.order));
	wait_order(s.buyer, s.order, "returned", 10000);
	settle(10000);
	a = both(s.buyer, at("/payments/%s", s.order), &de);
	SAYS(a, "Your money was returned</h1>", "The sale was undone. On <time", "$38.00 to your card");
	SAYS(de, "Der Kauf wurde rückgängig gemacht.");
	wait_ticket(s.ticket, "sold", true, 10000);
}
END_TEST

Suite *bank_events_suite(void)
{
	Suite *s = suite_create("bank events");
	TCase *t = tcase_create("bank events");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, events_settle_a_payment_in_any_order, 0, 4);
	tcase_add_test(t, late_events_are_known);
	tcase_add_test(t, another_amount_is_not_authorised);
	tcase_add_test(t, what_names_our_objects_is_ours);
	tcase_add_test(t, money_that_is_returned_by_hand_undoes_the_sale);
	suite_add_tcase(s, t);
	return s;
}
