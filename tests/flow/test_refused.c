/* The page of a user's orders, and the pages of orders that were refused. */
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <string.h>

/* Submits the order form of another listing's page, which has the buyer's tokens. */
static struct answer *order_by_form(struct visitor *buyer, const char *from, const char *ticket, int seen,
				    const char *language)
{
	const char *target,
	    *body = page_fill(buyer, at("/tickets/%s", from), "/orders",
			      arena_printf(flow_arena, "ticketId=%s&revision=%d", ticket, seen), &target);

	return http(buyer, "POST", target, "application/x-www-form-urlencoded", body,
		    (const char *const[]){"Accept: text/html",
					  arena_printf(flow_arena, "Accept-Language: %s", language), NULL});
}

struct refusal {
	int status;
	const char *title, *sentence, *titel, *satz, *way;
};

/* `from`: a listing whose page has an order form. */
static void refused(struct visitor *buyer, const char *from, const char *ticket, const struct refusal *r)
{
	struct answer *a = order_by_form(buyer, from, ticket, 1, "en"),
		      *de = order_by_form(buyer, from, ticket, 1, "de");

	ck_status(a, r->status);
	ck_status(de, r->status);
	ck_valid(a, r->title);
	ck_valid(de, r->titel);
	SAYS(a, arena_printf(flow_arena, "<h1>%s</h1>", r->title), r->sentence, r->way, "Look at the listing",
	     "See what else is on");
	SAYS(de, arena_printf(flow_arena, "<h1>%s</h1>", r->titel), r->satz, "Angebot ansehen",
	     "Andere Tickets ansehen");
}

START_TEST(refusals_are_pages_that_say_why_and_what_to_do)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *other = visitor_signed_up("Wen");
	const char *free_one = sell(seller, "Free", "5"), *others = sell(other, "Theirs", "5"),
		   *ticket = sell_show(seller), *id;
	struct refusal mine = {409,
			       "You are holding this ticket already",
			       "You have an order for this ticket already. It was not ordered again.",
			       "Dieses Ticket ist schon für Sie reserviert",
			       "Es wurde nicht noch einmal bestellt.",
			       "Go to your order"};

	refused(seller, others, ticket,
		&(struct refusal){403, "This is your own listing",
				  "You are the seller of this ticket, so you cannot buy it.",
				  "Das ist Ihr eigenes Angebot",
				  "Sie verkaufen dieses Ticket, darum können Sie es nicht kaufen.", ""});
	id = hold(buyer, ticket);
	refused(buyer, free_one, ticket, &mine);
	SAYS(order_by_form(buyer, free_one, ticket, 1, "en"), at("href=\"/orders/%s\"", id));
	refused(other, free_one, ticket,
		&(struct refusal){409, "Somebody was faster",
				  "Somebody else holds this ticket at the moment.", "Jemand war schneller",
				  "Spätestens um <time", "It is back on sale at <time"});
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 10000);
	wait_ticket(ticket, "sold", true, 5000);
	settle(10000);
	refused(other, free_one, ticket,
		&(struct refusal){409, "No longer for sale",
				  "This ticket is no longer for sale. Nothing was ordered.",
				  "Nicht mehr im Verkauf",
				  "Dieses Ticket wird nicht mehr angeboten. Es wurde nichts bestellt.", ""});
}
END_TEST

/* Bought by another user a moment ago: the sale is not replicated to orders yet. */
START_TEST(a_ticket_that_was_bought_just_now_is_refused)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *other = visitor_signed_up("Wen");
	const char *free_one = sell(seller, "Free", "5"), *ticket = sell_show(seller),
		   *id = hold(buyer, ticket);

	part_stop("tickets-events");
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 10000);
	refused(other, free_one, ticket,
		&(struct refusal){409, "Somebody was faster",
				  "Somebody else has just bought this ticket. Nothing was ordered.",
				  "Jemand war schneller", "Jemand anders hat dieses Ticket gerade gekauft.",
				  ""});
	refused(buyer, free_one, ticket,
		&(struct refusal){409, "You have this ticket already",
				  "You have an order for this ticket already. It was not ordered again.",
				  "Sie haben dieses Ticket schon", "Es wurde nicht noch einmal bestellt.",
				  "Go to your order"});
	part_start("tickets-events");
}
END_TEST

START_TEST(the_sixth_order_is_refused_with_a_way_out)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *one_more = sell(seller, "One more", "5"), *tickets[5];

	for (int i = 0; i < 5; i++)
		tickets[i] = sell(seller, "Many", "5");
	for (int i = 0; i < 5; i++)
		ck_status(order(buyer, tickets[i]), 201);
	refused(buyer, one_more, one_more,
		&(struct refusal){409, "You hold five tickets already",
				  "Pay for one of them or release it, then order this one.",
				  "Für Sie sind schon fünf Tickets reserviert",
				  "Bezahlen Sie eines oder geben Sie eines frei", "Go to my orders"});
}
END_TEST

static bool is_edited(void *ticket)
{
	return sql_number("orders",
			  "SELECT revision FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			  (const char *)ticket) == 2;
}

START_TEST(changed_terms_are_shown_in_rows)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell_show(seller);
	struct answer *a, *de;

	ck_status(api(seller, "PUT", at("/api/tickets/%s", ticket),
		      "{\"title\":\"Winter Winds\",\"price\":\"41.50\",\"venue\":\"Arena\",\"seat\":\"Row F, "
		      "12\"}"),
		  200);
	ck_assert(wait_until(5000, is_edited, (void *)(uintptr_t)ticket));
	a = order_by_form(buyer, ticket, ticket, 1, "en");
	de = order_by_form(buyer, ticket, ticket, 1, "de");
	ck_status(a, 409);
	ck_valid(a, "changed terms");
	ck_valid(de, "changed terms in German");
	SAYS(a, "<h1>The listing changed</h1>", "Nothing was ordered: look at it again first.",
	     ">What</th><th scope=\"col\">You saw</th>",
	     "Ticket</th><td>Winter &lt;Strings&gt;</td><td>Winter Winds</td>",
	     "Price</th><td>$38.00\n</td><td>$41.50\n</td>", "</time>\n</td><td>Date to be announced\n</td>",
	     "Where</th><td>Town Hall, Leeds\n</td><td>Arena\n</td>", "The rest is as you saw it.",
	     "What is offered now", "Hold it and pay $41.50", "name=\"revision\" value=\"2\"");
	says_not(a, "Seat</th>");
	SAYS(de, "<h1>Das Angebot hat sich geändert</h1>",
	     "Preis</th><td>38,00\xc2\xa0$\n</td><td>41,50\xc2\xa0$\n</td>", "Termin noch offen",
	     "Das aktuelle Angebot");
	a = order_by_form(buyer, ticket, ticket, 7, "en");
	SAYS(a, "What you saw is not known here any more.");
}
END_TEST

START_TEST(orders_are_in_groups_with_their_state)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *live, *yours, *ended;
	struct answer *a = both(buyer, "/orders", NULL), *de;

	SAYS(a, "You have not ordered anything yet.", "See what is on");
	says_not(a, "data.json");
	yours = hold(buyer, sell_show(seller));
	ck_status(pay(buyer, yours, "tok_visa"), 201);
	wait_order(buyer, yours, "completed", 10000);
	a = both(buyer, "/orders", &de);
	SAYS(a, "Nothing is waiting for you to pay.", "No orders have ended without a sale.",
	     "The ticket is yours.", "Bought <time");
	SAYS(de, "Sie haben nichts zu bezahlen.", "Keine Bestellung endete ohne Kauf.");
	ended = hold(buyer, sell(seller, "Given up", "5"));
	ck_status(api(buyer, "DELETE", at("/api/orders/%s", ended), NULL), 204);
	live = hold(buyer, sell(seller, "To be paid", "5"));
	a = both(buyer, "/orders", &de);
	SAYS(a, "Needs payment</h2>", "Pay by <time", "less than a minute left.",
	     at("href=\"/payments/%s\">Pay $5.00", live), "Bought</h2>", "Ended</h2>",
	     "You released the ticket.", "Ended <time", "href=\"/orders/data.json\"");
	SAYS(de, "Zu bezahlen</h2>", "Bezahlen bis <time", "weniger als eine Minute.",
	     "5,00\xc2\xa0$ bezahlen", "Gekauft</h2>", "Beendet</h2>");
	ck_status(api(buyer, "DELETE", at("/api/orders/%s", live), NULL), 204);
}
END_TEST

/* Places and releases this many orders, one after the other; returns the first. */
static const char *order_and_release(struct visitor *buyer, const char *ticket, int count)
{
	const char *first = NULL;

	for (int i = 0; i < count; i++) {
		const char *id = text_of(order(buyer, ticket), "id");

		ck_status(api(buyer, "DELETE", at("/api/orders/%s", id), NULL), 204);
		first = first == NULL ? id : first;
	}
	return first;
}

/* The address of the older orders. */
static const char *older(const struct answer *a)
{
	const char *next = strstr(a->body, "href=\"/orders?cursor=");

	ck_assert_ptr_nonnull(next);
	return arena_memdup(flow_arena, next + 6, strcspn(next + 6, "\""));
}

/* Pages of 20 orders; a page that is not the whole list does not say that no tickets were bought. */
START_TEST(older_orders_are_a_link_away)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Again and again", "5"),
		   *first = order_and_release(buyer, ticket, 21);
	struct answer *a = both(buyer, "/orders", NULL);

	SAYS(a, "Older orders", "Nothing is waiting for you to pay.");
	says_not(a, "Newest orders");
	says_not(a, "No tickets bought yet.");
	says_not(a, first);
	a = both(buyer, older(a), NULL);
	SAYS(a, first, "Newest orders");
	says_not(a, "Older orders");
	says_not(a, "Nothing is waiting for you to pay.");
	says_not(a, "No tickets bought yet.");
	ck_status(page(buyer, "/orders?cursor=nonsense"), 400);
	ck_status(page_submit(buyer, "/account", "/account/preferences", "timeZone=&pageSize=50"), 303);
	a = both(buyer, "/orders", NULL);
	SAYS(a, first, "No tickets bought yet.");
	says_not(a, "Older orders");
}
END_TEST

/* An order that awaits payment is on the first page however many newer orders there are, and on no other
 * page. */
START_TEST(unpaid_orders_are_on_the_first_page)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Again and again", "5"),
		   *oldest = order_and_release(buyer, ticket, 1),
		   *live = hold(buyer, sell(seller, "To be paid", "5")), *overdue;
	struct answer *a;

	order_and_release(buyer, ticket, 20);
	a = both(buyer, "/orders", NULL);
	SAYS(a, at("/orders/%s\"", live), "Pay by <time", "Older orders");
	says_not(a, oldest);
	a = both(buyer, older(a), NULL);
	SAYS(a, oldest);
	says_not(a, live);
	ck_status(api(buyer, "DELETE", at("/api/orders/%s", live), NULL), 204);
	/* an overdue order that has not expired yet is listed as ended */
	overdue = hold(buyer, sell(seller, "Too late", "5"));
	part_stop("orders-jobs");
	part_stop("orders-events");
	clock_move(flow_hold_seconds() + 1);
	a = page(buyer, "/orders");
	SAYS(a, at("/orders/%s\"", overdue), "The time to pay ran out");
	says_not(a, "Pay by <time");
	clock_move(0);
	part_start("orders-jobs");
	part_start("orders-events");
	ck_status(api(buyer, "DELETE", at("/api/orders/%s", overdue), NULL), 204);
}
END_TEST

Suite *refused_suite(void)
{
	Suite *s = suite_create("refused");
	TCase *t = tcase_create("refused");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, refusals_are_pages_that_say_why_and_what_to_do);
	tcase_add_test(t, a_ticket_that_was_bought_just_now_is_refused);
	tcase_add_test(t, the_sixth_order_is_refused_with_a_way_out);
	tcase_add_test(t, changed_terms_are_shown_in_rows);
	tcase_add_test(t, orders_are_in_groups_with_their_state);
	tcase_add_test(t, older_orders_are_a_link_away);
	tcase_add_test(t, unpaid_orders_are_on_the_first_page);
	suite_add_tcase(s, t);
	return s;
}
