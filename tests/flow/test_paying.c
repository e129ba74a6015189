/* What a buyer is told of a payment in every state, in both languages. */
#include "tests/flow/bank_events.h"
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include <string.h>
#include <unistd.h>

START_TEST(a_begun_payment_can_be_continued)
{
	struct sale s = held();
	const char *bank = begin_to_pay(&s), *path = at("/payments/%s", s.order);
	struct answer *a, *de;

	wait_page(s.buyer, path_of(s.order), "Payment begun", 3000);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "You have begun to pay.", "Go on paying",
	     "class=\"next\">The bank says whether the payment went through",
	     "Until then you can go on paying.", "The time to pay ends");
	SAYS(de, "Sie haben mit dem Bezahlen begonnen.", "Zahlung fortsetzen");
	a = both(s.buyer, path, &de);
	SAYS(a, "Go on paying</h1>", "You were on the bank’s page already.", "Go on at the bank",
	     "Release the ticket instead");
	SAYS(de, "Sie waren schon auf der Seite der Bank.", "Weiter bei der Bank", "Ticket doch freigeben");
	a = both(s.buyer, at("/payments/%s?back=true", s.order), &de);
	SAYS(a, "The bank has not told us of a payment yet.",
	     "If the card was declined you can try another one.");
	SAYS(de, "Die Bank hat uns noch keine Zahlung gemeldet.");
	ck_assert_str_eq(page_submit(s.buyer, path, path, "")->location, bank);
	pay_at_bank(bank);
	wait_order(s.buyer, s.order, "completed", 10000);
	wait_page(s.buyer, path, "The ticket is yours.", 5000);
	a = both(s.buyer, path, &de);
	SAYS(a, "It is paid</h1>", "You paid $38.00 on <time", "Go to your ticket");
	SAYS(de, "Es ist bezahlt</h1>", "Zu Ihrem Ticket");
}
END_TEST

/* Before the payment the page states the exact amount, the payee and the payment method. */
START_TEST(the_page_before_paying_says_what_is_paid)
{
	struct sale s = held();
	const char *path = at("/payments/%s", s.order);
	struct answer *a, *de;

	ck_assert(wait_until(5000, is_payable, &s));
	a = both(s.buyer, path, &de);
	SAYS(a, "Check and pay</h1>",
	     "This is what you pay for. Nothing is taken before you have paid on the bank’s page.",
	     "Winter &lt;Strings&gt;", "December 3, 2027 at 7:30", "Town Hall, Leeds", "Row F, 12",
	     "$38.00: nothing is added.");
	SAYS(a, arena_printf(flow_arena, "Tomasz (%s)", s.buyer->email),
	     "By card, on the bank’s own page. The card’s number never reaches us.",
	     "You go on to the bank’s page.", "This page was loaded at <time",
	     "data-until=", "<button>Pay $38.00</button>", "Release the ticket instead", "novalidate",
	     "no card number is asked for");
	SAYS(de, "Prüfen und bezahlen</h1>", "Es kommt nichts dazu.", "Wer bezahlt",
	     "Die Nummer der Karte kommt nie zu uns.", "38,00\xc2\xa0$ bezahlen");
	ck_assert_int_eq(
	    sql_number("payments", "SELECT COUNT(*) FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
		       s.order),
	    0);
	a = page_submit(s.buyer, path, "/cancel", "");
	ck_status(a, 303);
	ck_assert_str_eq(a->location, path_of(s.order));
	wait_page(s.buyer, path, "You released the ticket.", 5000);
	a = both(s.buyer, path, &de);
	ck_status(a, 410);
	SAYS(a, "This order has ended</h1>", "it cannot be paid any more. No money was taken.",
	     "If it is still free you can order it again.", "Go to your order");
	SAYS(de, "Sie haben das Ticket freigegeben.", "Zu Ihrer Bestellung");
}
END_TEST

static const char *charge_of(const char *order_, const char *column)
{
	return sql_text("payments", "SELECT %s FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
			column, order_);
}

/* A reason is stored as a code and shown in the reader's language; a sentence that was stored before stays as
 * it is. */
START_TEST(a_declined_card_says_why_in_the_readers_language)
{
	struct sale s = held();
	const char *path = at("/payments/%s", s.order);
	struct answer *a, *de;

	ck_assert(wait_until(5000, is_payable, &s));
	a = http(s.buyer, "POST", "/api/payments", "application/json",
		 arena_printf(flow_arena,
			      "{\"orderId\":\"%s\",\"token\":\"tok_chargeDeclinedInsufficientFunds\"}",
			      s.order),
		 (const char *const[]){"Accept-Language: de-AT", NULL});
	ck_status(a, 402);
	SAYS(a, "Die Karte ist nicht ausreichend gedeckt. Es wurde kein Geld abgebucht.");
	ck_assert_str_eq(charge_of(s.order, "failure_reason"), "insufficient_funds");
	wait_order(s.buyer, s.order, "cancelled", 5000);
	a = both(s.buyer, path, &de);
	SAYS(a, "The payment did not go through</h1>", "The card has insufficient funds. No money was taken",
	     "pay with another card");
	SAYS(de, "Die Karte ist nicht ausreichend gedeckt.");
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "The payment failed, so the order ended. No money was taken.", "What the bank said",
	     at("href=\"/payments/%s\"", s.order),
	     "The payment did not go through\n<span class=\"why\">No money was taken.",
	     "The order ended, because the payment failed");
	SAYS(de, "Die Zahlung hat nicht geklappt, darum ist die Bestellung beendet.",
	     "Was die Bank gemeldet hat");
	sql_run("payments",
		"UPDATE charge SET failure_reason = 'The card was eaten.' WHERE order_id = "
		"UNHEX(REPLACE('%s','-',''))",
		s.order);
	SAYS(page_in(s.buyer, "de", path), "The card was eaten. Es wurde kein Geld abgebucht");
}
END_TEST

START_TEST(a_missing_decision_of_the_bank_is_shown)
{
	struct sale s = held();
	struct answer *a, *de;

	bank_post("/sandbox/faults", "next=500_stored&count=1&match=/v1/payment_intents/");
	a = pay(s.buyer, s.order, "tok_visa");
	ck_assert_msg(a->status == 502 || a->status == 503, "%d", a->status);
	if (strcmp(charge_of(s.order, "status"), "created") == 0) {
		a = both(s.buyer, at("/payments/%s", s.order), &de);
		SAYS(a, "The bank has not told us yet</h1>",
		     "You need not do anything: your order shows how it ended.", "Check again");
		SAYS(de, "Die Bank hat sich noch nicht gemeldet</h1>");
	}
	cancel(&s);
}
END_TEST

static bool has_no_task(void *order_)
{
	return sql_number("payments",
			  "SELECT COUNT(*) FROM charge_task WHERE order_id = UNHEX(REPLACE('%s','-',''))",
			  (const char *)order_) == 0;
}

/* The lines of the timeline for past events are in the order of their times. */
static void ck_in_order(const struct answer *a)
{
	const char *timeline = strstr(a->body, "class=\"timeline\""),
		   *end = strstr(timeline, "class=\"next\""), *before = "";

	for (const char *t = strstr(timeline, "datetime=\""); t != NULL && t < end;
	     t = strstr(t + 1, "datetime=\"")) {
		const char *time = arena_memdup(flow_arena, t + 10, strcspn(t + 10, "\""));

		ck_assert_msg(strcmp(before, time) <= 0, "%s before %s", before, time);
		before = time;
	}
	ck_assert_str_ne(before, "");
}

/* Orders is away when the card is authorised, and the buyer, who is told so, gives up: nothing was taken. */
START_TEST(a_payment_that_is_being_confirmed_says_so)
{
	struct sale s = held();
	const char *path = at("/payments/%s", s.order);
	struct answer *a, *de;

	part_stop("payments-relay");
	ck_assert_str_eq(text_of(pay(s.buyer, s.order, "tok_visa"), "status"), "authorised");
	a = both(s.buyer, path, &de);
	ck_status(a, 200);
	SAYS(a, "We are confirming your payment</h1>", "The bank has approved $38.00.",
	     "If the order cannot be confirmed, nothing is taken.", "role=\"status\" data-awaits",
	     at("href=\"/payments/%s\">Look again</a>", s.order), "Go to your order");
	SAYS(de, "Wir bestätigen Ihre Zahlung</h1>", "Die Bank hat 38,00\xc2\xa0$ zugesagt.",
	     "Noch einmal nachsehen</a>");
	says_not(a, "Pay $38.00");
	ck_status(page_submit(s.buyer, path_of(s.order), "/cancel", ""), 303);
	wait_charge(s.order, "failed", 20000);
	a = both(s.buyer, path, &de);
	ck_status(a, 410);
	SAYS(a, "This order has ended</h1>", "You released the ticket.", "No money was taken.");
	SAYS(de, "Es wurde kein Geld abgebucht.");
	says_not(a, "data-awaits");
	part_start("payments-relay");
	settle(10000);
	ck_assert_int_eq(bank_refunds(s.order), 0);
}
END_TEST

/* An older version took the money before orders had decided, and the buyer gave up meanwhile: where the money
 * is, is told at every step. */
START_TEST(money_that_came_too_late_is_followed_to_its_return)
{
	struct sale s = held();
	const char *path = at("/payments/%s", s.order);
	struct answer *a, *de;

	part_stop("payments-relay");
	part_stop("payments-jobs");
	pay_as_before(s.buyer, s.order);
	wait_charge(s.order, "completed", 10000);
	cancel(&s);
	usleep(1100000); /* so that the next events have another second */
	part_start("payments-relay");
	wait_page(s.buyer, path, "Your money is on its way back</h1>", 5000);
	wait_page(s.buyer, path_of(s.order), "It is being returned to you.", 5000);
	a = both(s.buyer, path, &de);
	SAYS(a, "The order had ended when the payment of $38.00 came, so it is being returned to you");
	SAYS(de, "Ihr Geld ist auf dem Rückweg</h1>");
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "Your payment came after the order had ended. It is being returned to you.",
	     "Your payment came, too late for this order", "class=\"next\">Your money goes back to you",
	     "By itself: you need not do anything.");
	SAYS(de, "Sie wird Ihnen erstattet.", "Ihr Geld geht an Sie zurück");
	ck_in_order(a);
	part_start("payments-jobs");
	wait_page(s.buyer, path_of(s.order), "Your money was returned", 20000);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "Your money was returned: the bank passes it on to your card",
	     "Your money was returned\n<span class=\"why\">The bank passes it on",
	     "Nothing is left to do, and you owe nothing");
	ck_in_order(a);
	ck_assert_int_eq(
	    sql_number("orders",
		       "SELECT COUNT(*) FROM charge_replica WHERE order_id = UNHEX(REPLACE('%s','-','')) AND "
		       "begun_at <= decided_at AND decided_at < returned_at",
		       s.order),
	    1);
	SAYS(de, "Ihr Geld wurde erstattet: Die Bank schreibt es Ihrer Karte gut");
	a = both(s.buyer, path, &de);
	SAYS(a, "Your money was returned</h1>", "On <time", "the bank was told to return it to your card");
	SAYS(de, "Ihr Geld wurde erstattet</h1>");
}
END_TEST

START_TEST(an_abandoned_payment_is_shown_as_stopped)
{
	struct sale s = held();
	struct answer *a, *de;

	part_stop("payments-jobs");
	begin_to_pay(&s);
	wait_page(s.buyer, path_of(s.order), "Payment begun", 3000);
	cancel(&s);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "A payment was begun. If money was taken it goes back by itself.",
	     "class=\"next\">The bank says what became of the payment",
	     "If money was taken it goes back by itself.");
	SAYS(de, "Falls Geld abgebucht wurde, geht es von selbst zurück.");
	part_start("payments-jobs");
	ck_assert(wait_until(20000, has_no_task, (void *)(uintptr_t)s.order));
	wait_page(s.buyer, path_of(s.order), "The payment was stopped", 5000);
	SAYS(page(s.buyer, path_of(s.order)), "You released the ticket. No money was taken.",
	     "Nothing is left to do");
	ck_assert_str_eq(charge_of(s.order, "failure_reason"), "unpaid");
	SAYS(page_in(s.buyer, "de", at("/payments/%s", s.order)),
	     "Solange das Ticket reserviert war, wurde auf der Seite der Bank nichts bezahlt.");
}
END_TEST

/* orders stores when it received each state of the charge, by its own clock. */
START_TEST(the_times_of_a_payment_are_kept)
{
	struct sale s = held();

	pay_at_bank(begin_to_pay(&s));
	wait_order(s.buyer, s.order, "completed", 10000);
	ck_assert_int_eq(
	    sql_number(
		"orders",
		"SELECT COUNT(*) FROM charge_replica c JOIN orders o ON o.id = c.order_id WHERE o.id = "
		"UNHEX(REPLACE('%s','-','')) AND o.held_at < c.begun_at AND c.begun_at < c.decided_at AND "
		"c.decided_at <= o.ended_at AND c.returned_at IS NULL",
		s.order),
	    1);
	events_again("payments", s.order, EVENTS_REVERSED);
	settle(10000);
	sql_run("orders",
		"UPDATE charge_replica SET begun_at = NULL, decided_at = NULL WHERE order_id = "
		"UNHEX(REPLACE('%s','-',''))",
		s.order);
	SAYS(page(s.buyer, path_of(s.order)), "<li>Payment begun\n</li>\n<li>Payment authorised",
	     "</li>\n<li>Payment received\n</li>\n<li>The ticket is yours");
}
END_TEST

Suite *paying_suite(void)
{
	Suite *s = suite_create("paying");
	TCase *t = tcase_create("paying");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_begun_payment_can_be_continued);
	tcase_add_test(t, the_page_before_paying_says_what_is_paid);
	tcase_add_test(t, a_declined_card_says_why_in_the_readers_language);
	tcase_add_test(t, a_missing_decision_of_the_bank_is_shown);
	tcase_add_test(t, a_payment_that_is_being_confirmed_says_so);
	tcase_add_test(t, money_that_came_too_late_is_followed_to_its_return);
	tcase_add_test(t, an_abandoned_payment_is_shown_as_stopped);
	tcase_add_test(t, the_times_of_a_payment_are_kept);
	suite_add_tcase(s, t);
	return s;
}
