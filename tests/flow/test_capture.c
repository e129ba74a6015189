/* Capture last: a card is authorised, orders secures the order, and only then is the money taken. In every
 * interleaving no buyer is told of a payment that is later undone, and nothing is refunded. */
#include "common/base/clock.h"
#include "common/base/text.h"
#include "tests/flow/bank_events.h"
#include "tests/flow/capturing.h"
#include "tests/flow/suites.h"
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OF_ORDER "UNHEX(REPLACE('%s','-',''))"

/* Usually all is over while the request waits; a busy machine may need more than 2 s now and then. */
START_TEST(a_payment_says_how_it_ended)
{
	int completed = 0;

	for (int i = 0; i < 5 && completed == 0; i++) {
		struct sale s = held();
		struct answer *a = pay(s.buyer, s.order, "tok_visa");

		ck_answer(&s, a);
		completed += strcmp(text_of(a, "status"), "completed") == 0 &&
			     strcmp(text_of(a, "orderStatus"), "completed") == 0;
		ck_paid(&s);
		ck_assert_str_eq(json_get_text(bank_intent(s.order), "capture_method"), "manual");
		ck_assert_int_eq(
		    sql_number("payments",
			       "SELECT COUNT(*) FROM charge WHERE order_id = " OF_ORDER
			       " AND created_at <= authorised_at AND authorised_at <= settled_at",
			       s.order),
		    1);
	}
	ck_assert_int_eq(completed, 1);
}
END_TEST

/* The amount is held, and orders does not answer: the request says so after 2 s, as often as it is sent with
 * its key; the page says so too. When orders is back, the money is taken. */
START_TEST(nothing_is_taken_while_orders_is_away)
{
	struct sale s = held();
	const char *body = arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", s.order);
	const char *key = arena_printf(flow_arena, "Idempotency-Key: capture-%s", s.order);
	struct answer *a, *again, *shown;
	int64_t begun, took;

	ck_assert(wait_until(5000, is_payable, &s));
	part_stop("orders-events");
	begun = clock_steady();
	a = api_with(s.buyer, "POST", "/api/payments", key, body);
	took = clock_steady() - begun;
	ck_answer(&s, a);
	ck_assert_str_eq(text_of(a, "status"), "authorised");
	ck_assert_msg(took >= 1900000 && took < 4000000, "%lld us", (long long)took);
	ck_intent(s.order, "requires_capture");
	ck_assert_int_eq(json_get_number(bank_intent(s.order), "amount_capturable", 0), 3800);
	ck_assert_int_eq(json_get_number(bank_intent(s.order), "amount_received", -1), 0);
	again = api_with(s.buyer, "POST", "/api/payments", key, body);
	ck_status(again, 201);
	ck_assert_str_eq(again->body, a->body);
	ck_status(pay(s.buyer, s.order, "tok_visa"), 409);
	shown = page(s.buyer, at("/payments/%s", s.order));
	SAYS(shown, "We are confirming your payment</h1>", "data-awaits");
	shown = api_get(s.buyer, "/api/payments/%s", text_of(a, "id"));
	ck_assert_str_eq(text_of(shown, "status"), "authorised");
	ck_assert_int_eq(bank_charges(s.order), 0);
	part_start("orders-events");
	ck_paid(&s);
	wait_page(s.buyer, at("/payments/%s", s.order), "It is paid</h1>", 5000);
}
END_TEST

static bool is_authorised(void *order_)
{
	return strcmp(charge_column(order_, "status"), "authorised") == 0;
}

/* The buyer gives up in another window while the payment waits: it is told that nothing was taken. The same
 * again says the same. */
START_TEST(an_order_that_ends_meanwhile_is_gone)
{
	struct sale s = held();
	const char *body = arena_printf(flow_arena, "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", s.order);
	const char *key = arena_printf(flow_arena, "Idempotency-Key: ended-%s", s.order);
	struct answer *a;
	int status;
	pid_t pid;

	ck_assert(wait_until(5000, is_payable, &s));
	part_stop("payments-relay");
	pid = fork();
	if (pid == 0) {
		a = api_with(s.buyer, "POST", "/api/payments", key, body);
		_exit(a->status == 410 && strstr(a->body, "No money was taken") != NULL ? 0 : 1);
	}
	ck_assert(wait_until(5000, is_authorised, (void *)(uintptr_t)s.order));
	cancel(&s);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WIFEXITED(status) ? WEXITSTATUS(status) : -1, 0);
	a = api_with(s.buyer, "POST", "/api/payments", key, body);
	ck_status(a, 410);
	wait_charge(s.order, "failed", 15000);
	part_start("payments-relay");
	ck_unpaid(&s, "order_ended", 5000);
	SAYS(api_get(s.buyer, "/api/payments/%s", charge_id_text(s.order)), "\"failed\"",
	     "The order had ended before the payment was confirmed.");
}
END_TEST

START_TEST(a_capture_that_is_refused_ends_the_order)
{
	struct sale s = held();
	struct answer *a, *de;

	bank_post("/sandbox/faults", "next=refused&count=1&match=/v1/payment_intents/*/capture");
	a = pay(s.buyer, s.order, "tok_visa");
	ck_assert_msg(a->status == 402 || a->status == 201, "%d", a->status);
	if (a->status == 402)
		SAYS(a, "The bank approved the payment at first, and then did not make it.",
		     "No money was taken.");
	else
		ck_answer(&s, a);
	ck_unpaid(&s, "not_captured", 20000);
	a = both(s.buyer, at("/payments/%s", s.order), &de);
	SAYS(a, "The payment did not go through</h1>", "No money was taken");
	SAYS(de, "Die Bank hat die Zahlung erst zugesagt und dann doch nicht ausgeführt.");
	ck_assert_str_eq(sql_text("orders", "SELECT cancel_reason FROM orders WHERE id = " OF_ORDER, s.order),
			 "payment_failed");
}
END_TEST

/* The bank does not say whether it took the money, keeps an error under the key for a day, or is slow: the
 * money is taken once, and the order is never given up. */
static const char *const silences[] = {"next=timeout_after&count=1&delay_ms=200",
				       "next=timeout_after&count=5&delay_ms=200",
				       "next=timeout_before&count=1&delay_ms=200",
				       "next=500&count=1",
				       "next=500_stored&count=1",
				       "next=500_stored&count=6",
				       "next=429&count=5",
				       "next=409&count=5",
				       "next=redirect&count=1",
				       "next=huge&count=1",
				       "next=slow&count=1&delay_ms=3000"};

START_TEST(a_capture_without_an_answer_is_asked_for_until_there_is_one)
{
	struct sale s = held();
	struct answer *a;

	bank_post("/sandbox/faults",
		  arena_printf(flow_arena, "%s&match=/v1/payment_intents/*/capture", silences[_i]));
	a = pay(s.buyer, s.order, "tok_visa");
	ck_answer(&s, a);
	wait_order(s.buyer, s.order, "completed", 60000);
	ck_paid(&s);
	bank_post("/sandbox/faults", "next=none");
}
END_TEST

static bool is_alarmed(void *charge)
{
	return strstr(command_says(
			  "grep -h 'does not answer whether it captured charge %s' %s/log/payments-jobs/*",
			  (const char *)charge, flow_state()),
		      "does not answer") != NULL;
}

/* As if the bank had not answered for a minute. */
START_TEST(after_a_minute_without_an_answer_somebody_is_told)
{
	struct sale s = held();
	struct answer *a;

	bank_post("/sandbox/faults", "next=500&count=100&match=/v1/payment_intents/*/capture");
	a = pay(s.buyer, s.order, "tok_visa");
	ck_answer(&s, a);
	ck_assert_str_eq(text_of(a, "status"), "authorised");
	ck_assert(!is_alarmed((void *)(uintptr_t)charge_id_text(s.order)));
	sql_run("payments",
		"UPDATE charge_task SET tries = 6, next_try_at = UTC_TIMESTAMP(6) WHERE order_id = " OF_ORDER,
		s.order);
	ck_assert(wait_until(20000, is_alarmed, (void *)(uintptr_t)charge_id_text(s.order)));
	ck_assert_str_eq(order_status_of(s.buyer, s.order), "awaiting_payment");
	bank_post("/sandbox/faults", "next=none");
	sql_run("payments",
		"UPDATE charge_task SET tries = 0, next_try_at = UTC_TIMESTAMP(6) WHERE order_id = " OF_ORDER,
		s.order);
	ck_paid(&s);
}
END_TEST

static int64_t captures_asked(void)
{
	return json_get_number(json_get(bank_book(), "requests"), "POST /v1/payment_intents/*/capture", 0);
}

static bool is_capturing(void *before)
{
	return captures_asked() > *(int64_t *)before;
}

/* Killed while it asks the bank, the program leaves a claim behind: the next one must not wait for long. */
START_TEST(a_capture_cut_short_comes_within_half_a_minute)
{
	struct sale s = held();
	int64_t before;

	part_stop("orders-events");
	ck_answer(&s, pay(s.buyer, s.order, "tok_visa"));
	before = captures_asked();
	bank_post("/sandbox/faults",
		  "next=timeout_before&count=1&match=/v1/payment_intents/*/capture&delay_ms=15000");
	part_start("orders-events");
	ck_assert(wait_until(20000, is_capturing, &before));
	part_kill("payments-jobs");
	wait_charge(s.order, "completed", 35000);
	ck_paid(&s);
	bank_post("/sandbox/faults", "next=none");
}
END_TEST

/* The bank releases what nobody has captured; here at once instead of after a week. With its event, and
 * without. */
START_TEST(an_authorisation_that_ran_out_is_no_payment)
{
	struct sale s = held();

	if (_i == 1)
		bank_post("/sandbox/webhooks", "mode=hold");
	part_stop("orders-events");
	ck_assert_str_eq(text_of(pay(s.buyer, s.order, "tok_visa"), "status"), "authorised");
	bank_make(at("/sandbox/intents/%s/release", charge_column(s.order, "stripe_intent_id")), "");
	if (_i == 0)
		wait_charge(s.order, "failed", 10000);
	part_start("orders-events");
	ck_unpaid(&s, "not_captured", 15000);
	if (_i == 1)
		bank_post("/sandbox/webhooks", "mode=normal");
}
END_TEST

/* Orders stays down after the hold: the authorisation is voided. */
START_TEST(an_order_that_is_never_decided_is_not_waited_for)
{
	static const char *const away[] = {"orders-events", "broker"};
	struct sale s = held();

	ck_assert(wait_until(5000, is_payable, &s));
	part_stop(away[_i]);
	ck_assert_str_eq(text_of(pay(s.buyer, s.order, "tok_visa"), "status"), "authorised");
	clock_move_of("payments", flow_hold_seconds() + 30);
	usleep(1500000);
	ck_assert_str_eq(charge_column(s.order, "status"), "authorised");
	clock_move_of("payments", flow_hold_seconds() + 70);
	wait_charge(s.order, "failed", 20000);
	clock_move_of("payments", 0);
	ck_assert_str_eq(charge_column(s.order, "failure_reason"), "order_ended");
	ck_intent(s.order, "canceled");
	part_start(away[_i]);
	wait_order(s.buyer, s.order, "cancelled", 30000);
	ck_unpaid(&s, "order_ended", 1000);
}
END_TEST

/* By page: coming back waits for the outcome. */
START_TEST(coming_back_from_the_bank_shows_the_outcome)
{
	struct sale s = held();
	const char *back = at("/payments/%s?back=true", s.order);
	struct answer *a;

	bank_post("/sandbox/webhooks", "mode=hold");
	pay_at_bank(begin_to_pay(&s));
	a = page(s.buyer, back);
	ck_status(a, 200);
	ck_assert_msg(strstr(a->body, "It is paid</h1>") != NULL ||
			  strstr(a->body, "We are confirming your payment</h1>") != NULL,
		      "%.3000s", strstr(a->body, "<main"));
	ck_paid(&s);
	bank_post("/sandbox/webhooks", "mode=normal");
	wait_page(s.buyer, back, "The ticket is yours.", 5000);
	ck_assert_str_eq(json_get_text(bank_intent(s.order), "capture_method"), "manual");
}
END_TEST

/* The order ends after authorisation on the page: the intent is voided, because a complete session cannot be
 * expired. */
START_TEST(what_the_bank_page_authorised_is_voided_with_its_order)
{
	struct sale s = held();
	const char *path = at("/payments/%s", s.order), *target;
	struct answer *a;

	bank_post("/sandbox/webhooks", _i == 0 ? "mode=normal" : "mode=hold");
	part_stop("payments-relay");
	pay_at_bank(begin_to_pay(&s));
	if (_i == 0) {
		a = page(s.buyer, at("/payments/%s?back=true", s.order));
		SAYS(a, "We are confirming your payment</h1>");
		ck_assert_ptr_null(form_fill(a, path, path, "", &target)); /* to pay a second time */
	}
	cancel(&s);
	wait_charge(s.order, "failed", 30000);
	part_start("payments-relay");
	ck_unpaid(&s, "order_ended", 1000);
	a = page(s.buyer, path);
	ck_status(a, 410);
	SAYS(a, "This order has ended</h1>", "No money was taken.");
	bank_post("/sandbox/webhooks", "mode=normal");
}
END_TEST

/* The bank is slow to make the first intent, and a second request pays meanwhile: the first is told so. */
START_TEST(who_comes_second_is_told_that_it_is_paid)
{
	struct sale s = held();
	int status;
	pid_t first;

	ck_assert(wait_until(5000, is_payable, &s));
	bank_post("/sandbox/faults", "next=slow&match=/v1/payment_intents&method=POST&count=1&delay_ms=2500");
	if ((first = fork()) == 0)
		_exit(pay(s.buyer, s.order, "tok_visa")->status == 409 ? 0 : 1);
	usleep(500000);
	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	ck_paid(&s);
	ck_assert_int_eq(waitpid(first, &status, 0), first);
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
END_TEST

/* One order, several programs and a page at once: one charge, taken once. */
START_TEST(who_pays_twice_at_once_pays_once)
{
	struct sale s = held();
	int status, made = 0, refused = 0;

	ck_assert(wait_until(5000, is_payable, &s));
	for (int i = 0; i < 4; i++) {
		if (fork() == 0) {
			struct answer *a = pay(s.buyer, s.order, "tok_visa");

			_exit(a->status == 201 ? 0 : a->status == 409 || a->status == 503 ? 1 : 2);
		}
	}
	for (int i = 0; i < 4; i++) {
		ck_assert_int_gt(wait(&status), 0);
		made += WIFEXITED(status) && WEXITSTATUS(status) == 0;
		refused += WIFEXITED(status) && WEXITSTATUS(status) == 1;
	}
	ck_assert_int_eq(made, 1);
	ck_assert_int_eq(refused, 3);
	ck_paid(&s);
}
END_TEST

Suite *capture_suite(void)
{
	Suite *s = suite_create("capture");
	TCase *t = tcase_create("capture");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_payment_says_how_it_ended);
	tcase_add_test(t, nothing_is_taken_while_orders_is_away);
	tcase_add_test(t, an_order_that_ends_meanwhile_is_gone);
	tcase_add_test(t, a_capture_that_is_refused_ends_the_order);
	tcase_add_loop_test(t, a_capture_without_an_answer_is_asked_for_until_there_is_one, 0,
			    sizeof silences / sizeof *silences);
	tcase_add_test(t, after_a_minute_without_an_answer_somebody_is_told);
	tcase_add_test(t, a_capture_cut_short_comes_within_half_a_minute);
	tcase_add_loop_test(t, an_authorisation_that_ran_out_is_no_payment, 0, 2);
	tcase_add_loop_test(t, an_order_that_is_never_decided_is_not_waited_for, 0, 2);
	tcase_add_test(t, coming_back_from_the_bank_shows_the_outcome);
	tcase_add_loop_test(t, what_the_bank_page_authorised_is_voided_with_its_order, 0, 2);
	tcase_add_test(t, who_comes_second_is_told_that_it_is_paid);
	tcase_add_test(t, who_pays_twice_at_once_pays_once);
	suite_add_tcase(s, t);
	return s;
}
