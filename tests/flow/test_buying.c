/* The pages of an order in every state, in both languages. */
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include <string.h>

START_TEST(a_held_order_says_until_when_and_what_to_do)
{
	struct sale s = held();
	struct answer *de, *a = both(s.buyer, path_of(s.order), &de);

	ck_status(a, 200);
	SAYS(a, "Held for you until <time", "This page was loaded at <time", "Check the time left",
	     "data-until=", "Nobody else can buy it", "Pay $38.00", "Release the ticket", "It costs nothing",
	     "Winter &lt;Strings&gt;", "Row F, 12", "$38.00, all in");
	SAYS(a, "What happened, and what comes next", "Order placed",
	     "Ticket locked for you, at the price that you saw", "class=\"next\">The time to pay ends",
	     "After that the ticket goes back on sale, and you owe nothing.");
	SAYS(a, at("href=\"/payments/%s\"", s.order), at("action=\"/orders/%s/cancel\" novalidate", s.order));
	SAYS(de, "Für Sie reserviert bis <time", "38,00\xc2\xa0$ bezahlen", "Ticket freigeben",
	     "Was geschah, und wie es weitergeht", "Die Zeit zum Bezahlen endet",
	     "Danach kommt das Ticket wieder in den Verkauf, und Sie schulden nichts.");
	cancel(&s);
}
END_TEST

/* Of protocol 1.0. */
START_TEST(an_order_that_is_being_confirmed_says_so)
{
	struct sale s = {.seller = visitor_signed_up("Ioana"), .buyer = visitor_signed_up("Tomasz")};
	struct answer *a, *de;

	s.ticket = sell_show(s.seller);
	part_stop("tickets-events");
	s.order = text_of(order(s.buyer, s.ticket), "id");
	wait_as_before(s.order);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "The seller’s listing is being confirmed</h1>",
	     "As soon as it is confirmed the ticket is locked for you", "No money is taken before that.",
	     "Check again", "Release the ticket", "Then the ticket is locked for you.");
	says_not(a, at("href=\"/payments/%s\"", s.order));
	says_not(a, "Ticket locked for you");
	SAYS(de, "Das Angebot wird gerade bestätigt</h1>", "Vorher wird kein Geld abgebucht.",
	     "Noch einmal nachsehen");
	ck_status(page(s.buyer, at("/payments/%s", s.order)), 503);
	ck_status(page_submit(s.buyer, path_of(s.order), "/cancel", ""), 303);
	part_start("tickets-events");
	SAYS(page(s.buyer, path_of(s.order)), "You released the ticket.");
}
END_TEST

/* The address of the confirmation can be bookmarked: it has no query, and the page stays the same. */
START_TEST(a_bought_ticket_has_a_page_to_keep)
{
	struct sale s = held();
	struct answer *a, *de;
	const char *reference;

	pay_at_bank(begin_to_pay(&s));
	wait_order(s.buyer, s.order, "completed", 10000);
	a = both(s.buyer, path_of(s.order), &de);
	ck_status(a, 200);
	SAYS(a, "The ticket is yours</h1>", "You paid $38.00. The ticket became yours on <time",
	     "Your reference is <strong class=\"reference\">", "Quote it when you have a question",
	     "Add it to your calendar", at("href=\"/orders/%s/calendar.ics\"", s.order),
	     "Keep this page: print it, or bookmark its address.", "data-print", "Town Hall, Leeds",
	     "Row F, 12");
	SAYS(a, "Payment begun", "Payment received", "The ticket is yours", "class=\"next\">The event begins",
	     "December 3, 2027 at 7:30");
	SAYS(de, "Das Ticket gehört Ihnen</h1>", "Ihre Bestellnummer ist", "In den Kalender eintragen",
	     "Zahlung eingegangen", "Die Veranstaltung beginnt", "3. Dezember 2027 um 19:30");
	reference = strstr(a->body, "class=\"reference\">") + 18;
	ck_assert_int_eq((int)strcspn(reference, "<"), 7);
	SAYS(page(s.buyer, path_of(s.order)), arena_memdup(flow_arena, reference, 7));
	SAYS(page(s.buyer, "/orders"), arena_memdup(flow_arena, reference, 7));
	says_not(a, "/cancel\"");
	says_not(a, "Pay $38.00");
	ck_status(page(s.seller, path_of(s.order)), 404);
}
END_TEST

/* A show in the past stands at its place in the timeline, not as the next step. */
START_TEST(a_past_show_is_not_the_next_step)
{
	struct sale s = held();
	struct answer *a, *de;

	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
	sql_run("orders",
		"UPDATE orders SET starts_at = ended_at + INTERVAL 1 MICROSECOND WHERE id = "
		"UNHEX(REPLACE('%s','-',''))",
		s.order);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "<li>The ticket is yours\n", "<li>The event began\n",
	     "class=\"next\">Nothing is left to do, and you owe nothing");
	says_not(a, "The event begins");
	SAYS(de, "<li>Die Veranstaltung begann\n");
	ck_assert(strstr(a->body, "<li>The ticket is yours") < strstr(a->body, "<li>The event began"));
	sql_run("orders",
		"UPDATE orders o JOIN ticket_replica t ON t.id = o.ticket_id SET o.starts_at = t.starts_at "
		"WHERE o.id = "
		"UNHEX(REPLACE('%s','-',''))",
		s.order);
}
END_TEST

START_TEST(a_bought_ticket_without_a_date_says_so)
{
	struct sale s = {.seller = visitor_signed_up("Ioana"), .buyer = visitor_signed_up("Tomasz")};
	struct answer *a, *de;

	s.order = hold(s.buyer, sell(s.seller, "Some day", "5"));
	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "The date is still to be announced.", "class=\"next\">The date is still to be announced");
	says_not(a, "calendar.ics");
	SAYS(de, "Der Termin steht noch nicht fest.");
}
END_TEST

/* The ended order links to the newer order of the same ticket. */
static void ck_newer(const struct sale *s, const char *newer)
{
	struct answer *de, *a = both(s->buyer, path_of(s->order), &de);

	SAYS(a, "You have ordered this ticket again.",
	     at("<a href=\"/orders/%s\">Go to your newer order</a>", newer));
	says_not(a, "not for sale");
	SAYS(de, "Sie haben dieses Ticket noch einmal bestellt.", "Zu Ihrer neueren Bestellung");
}

START_TEST(a_released_ticket_can_be_ordered_again_with_one_button)
{
	struct sale s = held();
	const char *again;
	struct answer *a, *de;

	cancel(&s);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "This order has ended</h1>", "You released the ticket. No money was taken.",
	     "The ticket is free. You can order it again.", "Hold it and pay $38.00",
	     "You released the ticket\n<span class=\"why\">The ticket went back on sale.",
	     "class=\"next\">Nothing is left to do, and you owe nothing");
	says_not(a, "<table");
	SAYS(de, "Diese Bestellung ist beendet</h1>",
	     "Sie haben das Ticket freigegeben. Es wurde kein Geld abgebucht.",
	     "Das Ticket ist frei. Sie können es wieder bestellen.",
	     "Reservieren und 38,00\xc2\xa0$ bezahlen");
	a = page_submit(s.buyer, path_of(s.order), "/orders", "");
	ck_status(a, 303);
	again = arena_strdup(flow_arena, strrchr(a->location, '/') + 1);
	wait_order(s.buyer, again, "awaiting_payment", 5000);
	ck_newer(&s, again);
	/* still their newer order after they have paid for it */
	ck_status(pay(s.buyer, again, "tok_visa"), 201);
	wait_order(s.buyer, again, "completed", 10000);
	wait_ticket(s.ticket, "sold", true, 5000);
	settle(10000);
	ck_newer(&s, again);
}
END_TEST

START_TEST(a_released_ticket_that_another_buyer_holds_is_not_for_sale)
{
	struct sale s = held();
	struct visitor *other = visitor_signed_up("Wen");
	struct answer *a, *de;

	cancel(&s);
	wait_ticket(s.ticket, "listed", false, 5000);
	hold(other, s.ticket);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "The ticket is not for sale at the moment.", "See what else is on");
	SAYS(de, "Das Ticket wird zurzeit nicht angeboten.");
	says_not(a, "newer order");
}
END_TEST

/* The listing as the buyer saw it, and as it is now. */
START_TEST(an_offer_that_changed_is_shown_old_and_new_side_by_side)
{
	struct sale s = held();
	struct edited x = {s.ticket, 2};
	struct answer *a, *de;

	cancel(&s);
	wait_ticket(s.ticket, "listed", false, 5000);
	ck_status(api(s.seller, "PUT", at("/api/tickets/%s", s.ticket),
		      "{\"title\":\"Winter <Strings>\",\"price\":\"41.50\",\"venue\":\"Town Hall, "
		      "Leeds\",\"startsAt\":\"2027-12-04T19:30:00Z\","
		      "\"timeZone\":\"Europe/London\"}"),
		  200);
	ck_assert(wait_until(5000, is_known_at, &x));
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "The ticket is free, but the offer is another one now.", "What changed</caption>",
	     ">You saw</th><th scope=\"col\">Now</th>", "Price</th><td>$38.00\n</td><td>$41.50\n</td>",
	     "Row F, 12\n</td><td>Not said\n</td>", "December 4, 2027", "The rest is as you saw it.",
	     "Hold it and pay $41.50", "name=\"revision\" value=\"2\"");
	says_not(a, "Where</th>");
	says_not(a, "Ticket</th>");
	SAYS(de, "Was sich geändert hat", ">Vorher</th><th scope=\"col\">Jetzt</th>", "Nicht angegeben",
	     "Alles andere ist so, wie Sie es gesehen haben.");
	a = page_submit(s.buyer, path_of(s.order), "/orders", "");
	ck_status(a, 303);
	ck_assert_str_eq(text_of(api_get(s.buyer, "/api%s", a->location), "ticket.seat"), "");
}
END_TEST

START_TEST(an_order_whose_time_ran_out_says_so)
{
	struct sale s = held();
	struct answer *a, *de;

	ck_assert(wait_until(5000, is_payable, &s));
	wait_order(s.buyer, s.order, "cancelled", (flow_hold_seconds() + 4) * 1000);
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a, "The time to pay ran out, so the ticket is no longer held for you. No money was taken.",
	     "The time to pay ran out\n", "The ticket went back on sale.");
	SAYS(de, "Die Zeit zum Bezahlen ist abgelaufen. Das Ticket ist nicht mehr für Sie reserviert.");
	a = both(s.buyer, at("/payments/%s", s.order), &de);
	ck_status(a, 410);
	SAYS(a, "The time to pay ran out.", "No money was taken.");
	SAYS(de, "Die Zeit zum Bezahlen ist abgelaufen.");
	SAYS(page(s.buyer, "/orders"), "The time to pay ran out, so the ticket is no longer held for you.",
	     "Ended <time");
}
END_TEST

/* Of protocol 1.0: the seller changes the listing before the ticket is locked. */
START_TEST(an_order_of_a_listing_that_changed_meanwhile_says_so)
{
	struct sale s = {.seller = visitor_signed_up("Ioana"), .buyer = visitor_signed_up("Tomasz")};
	struct answer *a, *de;

	s.ticket = sell_show(s.seller);
	part_stop("tickets-events");
	s.order = text_of(order(s.buyer, s.ticket), "id");
	wait_as_before(s.order);
	edit_as_before(s.ticket);
	wait_order(s.buyer, s.order, "cancelled", 5000);
	part_start("tickets-events");
	a = both(s.buyer, path_of(s.order), &de);
	SAYS(a,
	     "The seller changed or withdrew the listing before it was locked for you. No money was taken.",
	     "The order ended, because the seller changed or withdrew the listing",
	     "That was before the ticket was locked for you.", "Hold it and pay $9.00");
	SAYS(de, "Das Angebot wurde geändert oder zurückgezogen, bevor es für Sie reserviert war.");
}
END_TEST

/* Times of the order are in the reader's zone, the start of the show in the venue's. */
START_TEST(times_are_in_the_readers_zone)
{
	struct sale s = {.seller = visitor_signed_up("Ioana"), .buyer = visitor_signed_up("Tomasz")};
	struct answer *a;

	ck_status(page_submit(s.buyer, "/account", "/account/preferences", "timeZone=Asia%2FTokyo&pageSize="),
		  303);
	s.order = hold(s.buyer, sell_show(s.seller));
	a = both(s.buyer, path_of(s.order), NULL);
	SAYS(a, "GMT+9</time></h1>", "December 3, 2027 at 7:30\xe2\x80\xafPM GMT</time>");
	SAYS(page(s.buyer, "/orders"), "GMT+9</time>: less than a minute left.");
	ck_assert(wait_until(5000, is_payable, &s));
	SAYS(page(s.buyer, at("/payments/%s", s.order)), "GMT+9</time>. At");
	cancel(&s);
}
END_TEST

Suite *buying_suite(void)
{
	Suite *s = suite_create("buying");
	TCase *t = tcase_create("buying");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_held_order_says_until_when_and_what_to_do);
	tcase_add_test(t, an_order_that_is_being_confirmed_says_so);
	tcase_add_test(t, a_bought_ticket_has_a_page_to_keep);
	tcase_add_test(t, a_past_show_is_not_the_next_step);
	tcase_add_test(t, a_released_ticket_that_another_buyer_holds_is_not_for_sale);
	tcase_add_test(t, a_bought_ticket_without_a_date_says_so);
	tcase_add_test(t, a_released_ticket_can_be_ordered_again_with_one_button);
	tcase_add_test(t, an_offer_that_changed_is_shown_old_and_new_side_by_side);
	tcase_add_test(t, an_order_whose_time_ran_out_says_so);
	tcase_add_test(t, an_order_of_a_listing_that_changed_meanwhile_says_so);
	tcase_add_test(t, times_are_in_the_readers_zone);
	suite_add_tcase(s, t);
	return s;
}
