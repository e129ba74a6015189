/* The bank at its worst: slow, failing, forged, late. Money is taken once for an order that is completed, and
 * else not at all; what an older version took for an order that ended goes back. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include "tests/flow/bank_events.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <string.h>

static const char *held(struct visitor **ret_buyer)
{
	struct visitor *seller = visitor_signed_up("Ioana");

	*ret_buyer = visitor_signed_up("Tomasz");
	return hold(*ret_buyer, sell(seller, "Bank", "10"));
}

static const char *stripe_signature(const char *body, int64_t age, const char *before)
{
	int64_t t = clock_now() / SECOND - age;
	char *secret;
	const char *text = arena_printf(flow_arena, "%lld.%s", (long long)t, body);

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/stripe-webhook", flow_state()),
					200, &secret),
			 OK);
	return arena_printf(flow_arena, "Stripe-Signature: t=%lld,%sv1=%s", (long long)t, before,
			    hmac_sha256_hex(flow_arena, secret, strlen(secret), text, strlen(text)));
}

static int webhook(const char *signed_body, const char *sent_body, int64_t age, const char *before)
{
	return http(visitor_new(), "POST", "/api/payments/webhook", "application/json", sent_body,
		    (const char *const[]){stripe_signature(signed_body, age, before), NULL})
	    ->status;
}

static const char *notice(const char *id, const char *type, const char *charge, const char *intent,
			  int amount)
{
	return arena_printf(flow_arena,
			    "{\"id\":\"%s\",\"object\":\"event\",\"type\":\"%s\",\"data\":{\"object\":{"
			    "\"id\":\"%s\",\"object\":\"payment_intent\","
			    "\"status\":\"succeeded\",\"amount\":%d,\"amount_received\":%d,\"currency\":"
			    "\"usd\",\"metadata\":{\"charge\":\"%s\"}}}}",
			    id, type, intent, amount, amount, charge);
}

START_TEST(webhooks_must_be_signed_and_recent)
{
	const char *body = notice("evt_test_1", "payment_intent.succeeded",
				  "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b", "pi_unknown", 1000);

	ck_assert_int_eq(webhook(body, body, 0, ""), 200); /* an unknown charge is only logged */
	ck_assert_int_eq(webhook(body, body, 0, ""), 200);
	ck_assert_int_eq(webhook(body, body, 290, ""), 200);
	ck_assert_int_eq(webhook(body, body, 310, ""), 400);
	ck_assert_int_eq(webhook(body, body, -310, ""), 400);
	ck_assert_int_eq(webhook(body, arena_printf(flow_arena, "%s ", body), 0, ""), 400);
	ck_assert_int_eq(
	    webhook(body, body, 0, "v1=0000000000000000000000000000000000000000000000000000000000000000,"),
	    200);
	ck_assert_int_eq(webhook("[", "[", 0, ""), 400);
	ck_assert_int_eq(sql_number("payments", "SELECT COUNT(*) FROM webhook_event WHERE id = 'evt_test_1'"),
			 1);
}
END_TEST

/* The bank is slow to decide; meanwhile an event with another amount than the charge's arrives. */
START_TEST(a_notice_of_another_amount_completes_nothing)
{
	struct visitor *buyer;
	const char *id = held(&buyer), *body;

	bank_post("/sandbox/webhooks", "mode=hold");
	ck_status(page_submit(buyer, arena_printf(flow_arena, "/payments/%s", id),
			      arena_printf(flow_arena, "/payments/%s", id), ""),
		  303);
	body = notice("evt_test_2", "payment_intent.succeeded", charge_id_text(id), "pi_forged", 1);
	ck_assert_int_eq(webhook(body, body, 0, ""), 200);
	ck_assert_str_eq(charge_column(id, "status"), "created");
	ck_assert_str_eq(order_status_of(buyer, id), "awaiting_payment");
	bank_post("/sandbox/webhooks", "mode=normal");
}
END_TEST

static const char *const faults[] = {"next=timeout_after&count=1&match=/v1/payment_intents&delay_ms=200",
				     "next=timeout_before&count=1&match=/v1/payment_intents&delay_ms=200",
				     "next=500&count=1&match=/v1/payment_intents",
				     "next=429&count=1&match=/v1/payment_intents",
				     "next=409&count=1&match=/v1/payment_intents",
				     "next=slow&count=1&match=/v1/payment_intents&delay_ms=3000"};

START_TEST(a_failing_bank_charges_once)
{
	struct visitor *buyer;
	const char *id = held(&buyer);

	bank_post("/sandbox/faults", faults[_i]);
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 5000);
	ck_assert_str_eq(charge_column(id, "status"), "completed");
	ck_assert_int_eq(bank_charges(id), 1);
}
END_TEST

START_TEST(every_notice_comes_twice)
{
	struct visitor *buyer;
	const char *id = held(&buyer);

	bank_post("/sandbox/webhooks", "mode=twice");
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 5000);
	bank_post("/sandbox/webhooks", "mode=normal");
	settle(10000);
	ck_assert_str_eq(charge_column(id, "status"), "completed");
	ck_assert_int_eq(bank_charges(id), 1);
}
END_TEST

static bool has_refund(void *order_)
{
	return *charge_column(order_, "stripe_refund_id") != '\0';
}

static bool has_failed(void *order_)
{
	return strcmp(charge_column(order_, "status"), "failed") == 0;
}

/* The bank's page is open when the order is cancelled: it cannot be paid there any more. */
START_TEST(cancelling_ends_the_bank_page)
{
	struct visitor *buyer;
	const char *id = held(&buyer), *bank;

	bank = page_submit(buyer, arena_printf(flow_arena, "/payments/%s", id),
			   arena_printf(flow_arena, "/payments/%s", id), "")
		   ->location;
	ck_assert_ptr_null(strstr(bank, flow_url()));
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	ck_assert(wait_until(15000, has_failed, (void *)(uintptr_t)id));
	ck_assert_int_ge(
	    http(visitor_new(), "POST", bank, "application/x-www-form-urlencoded", "card=works", NULL)
		->status,
	    400);
}
END_TEST

/* A decline on the bank's page does not fail the charge: the buyer may try another card during the hold. */
START_TEST(another_card_may_be_tried_at_the_bank)
{
	struct visitor *buyer;
	const char *id = held(&buyer), *bank;
	struct answer *a;

	bank = page_submit(buyer, arena_printf(flow_arena, "/payments/%s", id),
			   arena_printf(flow_arena, "/payments/%s", id), "")
		   ->location;
	a = http(visitor_new(), "POST", bank, "application/x-www-form-urlencoded", "card=declined", NULL);
	ck_assert_int_eq(a->status, 402);
	ck_assert_str_eq(order_status_of(buyer, id), "awaiting_payment");
	ck_status(http(visitor_new(), "POST", bank, "application/x-www-form-urlencoded", "card=works", NULL),
		  303);
	wait_order(buyer, id, "completed", 10000);
}
END_TEST

/* Orders hears of nothing while the buyer pays and gives up: nothing was taken, so nothing has to go back. */
START_TEST(an_authorisation_for_an_order_that_ended_is_voided)
{
	struct visitor *buyer;
	const char *id = held(&buyer);
	struct answer *a;

	part_stop("payments-relay");
	a = pay(buyer, id, "tok_visa");
	ck_status(a, 201);
	ck_assert_str_eq(text_of(a, "status"), "authorised");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	wait_charge(id, "failed", 20000);
	part_start("payments-relay");
	settle(10000);
	ck_assert_str_eq(order_status_of(buyer, id), "cancelled");
	ck_assert_str_eq(charge_column(id, "failure_reason"), "order_ended");
	ck_assert_str_eq(json_get_text(bank_intent(id), "status"), "canceled");
	ck_assert_int_eq(bank_refunds(id), 0);
}
END_TEST

/* As an older version paid: the money was taken before orders heard of it, and goes back by itself. */
START_TEST(money_for_an_order_that_ended_goes_back)
{
	struct visitor *buyer;
	const char *id = held(&buyer);

	part_stop("payments-relay");
	pay_as_before(buyer, id);
	wait_charge(id, "completed", 10000);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	part_start("payments-relay");
	ck_assert(wait_until(20000, has_refund, (void *)(uintptr_t)id));
	settle(10000);
	ck_assert_str_eq(order_status_of(buyer, id), "cancelled");
	ck_assert_int_eq(bank_refunds(id), 1);
}
END_TEST

/* Paid in time, such a payment completes its order. */
START_TEST(a_payment_of_an_older_version_is_seen_through)
{
	struct visitor *buyer;
	const char *id = held(&buyer);

	if (_i == 0)
		pay_as_before(buyer, id);
	else
		pay_by_card_as_before(buyer, id);
	wait_order(buyer, id, "completed", 10000);
	ck_assert_str_eq(charge_column(id, "COALESCE(authorised_at, 'never')"), "never");
	settle(10000);
	ck_assert_int_eq(bank_charges(id), 1);
	ck_assert_int_eq(bank_refunds(id), 0);
}
END_TEST

/* The money was refunded by hand at the bank, and no event of it arrived: the refund is found and stored, and
 * no second one is made. */
START_TEST(a_refund_made_by_hand_is_found)
{
	struct visitor *buyer;
	const char *id = held(&buyer);

	bank_post("/sandbox/webhooks", "mode=hold");
	part_stop("payments-relay");
	part_stop("payments-jobs");
	pay_as_before(buyer, id);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	bank_post("/v1/refunds",
		  arena_printf(flow_arena, "payment_intent=%s", json_get_text(bank_intent(id), "id")));
	part_start("payments-jobs");
	part_start("payments-relay");
	ck_assert(wait_until(20000, has_refund, (void *)(uintptr_t)id));
	bank_post("/sandbox/webhooks", "mode=normal");
	settle(10000);
	ck_assert_int_eq(bank_refunds(id), 1);
}
END_TEST

static bool is_refunding(void *context)
{
	return json_get_number(json_get(bank_book(), "requests"), "POST /v1/refunds", 0) >
	       *(int64_t *)context;
}

/* A program that is killed during a call to the bank leaves a claim behind: the next program must not wait
 * long for it. */
START_TEST(a_refund_cut_short_comes_within_half_a_minute)
{
	struct visitor *buyer;
	const char *id = held(&buyer);
	int64_t before = json_get_number(json_get(bank_book(), "requests"), "POST /v1/refunds", 0);

	bank_post("/sandbox/faults", "next=timeout_before&count=1&match=/v1/refunds&delay_ms=15000");
	part_stop("payments-relay");
	pay_as_before(buyer, id);
	wait_charge(id, "completed", 10000);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	part_start("payments-relay");
	ck_assert(wait_until(20000, is_refunding, &before));
	part_kill("payments-jobs");
	ck_assert(wait_until(30000, has_refund, (void *)(uintptr_t)id));
	settle(10000);
}
END_TEST

/* The program is killed between the charge's row and the bank's answer: the charge is settled by the bank's
 * state, never by a second payment. */
START_TEST(a_payment_cut_short_is_settled)
{
	struct visitor *buyer;
	const char *id = held(&buyer);
	struct answer *a;

	bank_post("/sandbox/faults", "next=500_stored&count=1&match=/v1/payment_intents/");
	a = pay(buyer, id, "tok_visa");
	ck_assert_msg(a->status == 502 || a->status == 503, "%d", a->status);
	ck_assert_str_ne(charge_column(id, "status"), "");
	ck_assert_str_ne(charge_column(id, "status"), "completed");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	ck_assert(wait_until(60000, has_failed, (void *)(uintptr_t)id));
}
END_TEST

Suite *payments_suite(void)
{
	Suite *s = suite_create("payments");
	TCase *t = tcase_create("payments");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, webhooks_must_be_signed_and_recent);
	tcase_add_test(t, a_notice_of_another_amount_completes_nothing);
	tcase_add_loop_test(t, a_failing_bank_charges_once, 0, sizeof faults / sizeof *faults);
	tcase_add_test(t, every_notice_comes_twice);
	tcase_add_test(t, cancelling_ends_the_bank_page);
	tcase_add_test(t, another_card_may_be_tried_at_the_bank);
	tcase_add_test(t, an_authorisation_for_an_order_that_ended_is_voided);
	tcase_add_test(t, money_for_an_order_that_ended_goes_back);
	tcase_add_loop_test(t, a_payment_of_an_older_version_is_seen_through, 0, 2);
	tcase_add_test(t, a_refund_made_by_hand_is_found);
	tcase_add_test(t, a_refund_cut_short_comes_within_half_a_minute);
	tcase_add_test(t, a_payment_cut_short_is_settled);
	suite_add_tcase(s, t);
	return s;
}
