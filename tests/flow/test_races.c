#include "common/base/random.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CROWD = 32, ROUNDS = 200 };

/* Runs act(i) in n processes that begin at the same time; ret_status[i] is what each returned. */
static void all_at_once(int n, int (*act)(int i, void *context), void *context, int *ret_status)
{
	int results[CROWD][2], gate[2];

	ck_assert_int_eq(pipe(gate), 0);
	for (int i = 0; i < n; i++) {
		ck_assert_int_eq(pipe(results[i]), 0);
		if (fork() == 0) {
			char go;
			int status;

			close(gate[1]);
			if (read(gate[0], &go, 1) < 0)
				_exit(1);
			status = act(i, context);
			_exit(write(results[i][1], &status, sizeof status) != (ssize_t)sizeof status);
		}
		close(results[i][1]);
	}
	close(gate[1]); /* the gate opens: every read ends */
	close(gate[0]);
	for (int i = 0; i < n; i++) {
		ck_assert_int_eq(read(results[i][0], &ret_status[i], sizeof ret_status[i]),
				 (ssize_t)sizeof ret_status[i]);
		close(results[i][0]);
	}
	while (wait(NULL) > 0)
		;
}

struct crowd {
	struct visitor *buyers[CROWD];
	const char *ticket;
};

static int buy(int i, void *context)
{
	struct crowd *c = context;

	return order(c->buyers[i], c->ticket)->status;
}

START_TEST(thirty_two_buyers_and_one_ticket)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct crowd c;
	int status[CROWD], won = 0, lost = 0;

	for (int i = 0; i < CROWD; i++)
		c.buyers[i] = visitor_signed_up("Buyer");
	c.ticket = sell(seller, "Everybody wants it", "99");
	all_at_once(CROWD, buy, &c, status);
	for (int i = 0; i < CROWD; i++) {
		won += status[i] == 201;
		lost += status[i] == 409;
	}
	ck_assert_msg(won == 1 && lost == CROWD - 1, "%d won, %d lost", won, lost);
	ck_assert_int_eq(
	    sql_number("orders", "SELECT COUNT(*) FROM orders WHERE ticket_id = UNHEX(REPLACE('%s','-',''))",
		       c.ticket),
	    1);
	wait_ticket(c.ticket, "listed", true, 5000);
	settle(10000);
	ck_assert_int_eq(
	    sql_number("tickets",
		       "SELECT COUNT(*) FROM ticket t JOIN stagedoor_orders.orders o ON o.id = t.order_id "
		       "WHERE t.id = UNHEX(REPLACE('%s','-','')) AND o.status = 'awaiting_payment'",
		       c.ticket),
	    1);
}
END_TEST

struct duel {
	struct visitor *seller, *buyer;
	const char *ticket, *order;
	int revision, price; /* of the offer that both have seen */
	bool withdraw;
	uint32_t late; /* the buyer begins up to this many microseconds after the seller */
};

enum { LATE = 8000, LATE_MAX = 512 * 1000 };

/* The seller edits or withdraws the revision that the page showed; the buyer orders the same revision. */
static int duel(int i, void *context)
{
	struct duel *d = context;
	const char *path = arena_printf(flow_arena, "/api/tickets/%s", d->ticket);
	const char *seen = arena_printf(flow_arena, "If-Match: \"%d.1\"", d->revision);

	if (i == 0) {
		/* the buyer is sometimes a little later: otherwise the seller hardly ever wins */
		usleep(random_below(d->late));
		return api(d->buyer, "POST", "/api/orders", "{\"ticketId\":\"%s\",\"revision\":%d}",
			   d->ticket, d->revision)
		    ->status;
	}
	if (d->withdraw)
		return api_with(d->seller, "DELETE", path, seen, NULL)->status;
	return api_with(d->seller, "PUT", path, seen,
			arena_printf(flow_arena, "{\"title\":\"Dearer\",\"price\":%d}", d->price + 1))
	    ->status;
}

static const char *newest_order(const char *ticket)
{
	return sql_text("orders",
			"SELECT LOWER(CONCAT_WS('-', SUBSTR(h,1,8), SUBSTR(h,9,4), SUBSTR(h,13,4), "
			"SUBSTR(h,17,4), SUBSTR(h,21))) FROM "
			"(SELECT HEX(id) h FROM orders WHERE ticket_id = UNHEX(REPLACE('%s','-','')) ORDER "
			"BY id DESC LIMIT 1) o",
			ticket);
}

static bool is_decided(void *ticket)
{
	return sql_number("tickets",
			  "SELECT COUNT(*) FROM ticket WHERE id = UNHEX(REPLACE('%s','-','')) AND proposal "
			  "IS NOT NULL",
			  (const char *)ticket) == 0;
}

/* Did the change come through? A proposal of this round is decided once: ticket and proposal agree. */
static bool seller_won(const struct duel *d)
{
	struct answer *a;
	bool accepted, applied;

	ck_assert_msg(wait_until(5000, is_decided, (void *)(uintptr_t)d->ticket), "ticket %s is undecided",
		      d->ticket);
	accepted = sql_number("tickets",
			      "SELECT COUNT(*) FROM proposal WHERE ticket_id = UNHEX(REPLACE('%s','-','')) "
			      "AND status = 'accepted' AND number > %d",
			      d->ticket, d->revision) == 1;
	a = api_get(d->seller, "/api/tickets/%s", d->ticket);
	applied = d->withdraw ? strcmp(text_of(a, "status"), "withdrawn") == 0
			      : (int)number_of(a, "revision", 0) > d->revision;
	ck_assert_int_eq(accepted, applied);
	return applied;
}

static int decisions(const char *ticket)
{
	return (int)sql_number("orders",
			       "SELECT COUNT(*) - COUNT(DISTINCT JSON_VALUE(body, '$.data.number')) FROM "
			       "outbox WHERE type = 'offer.decided' AND subject = '%s'",
			       ticket);
}

/* Either of the two allowed outcomes: the buyer has the ticket at the terms of the page and the seller is
 * refused, or the seller was first. */
static bool buyer_won(struct duel *d, const int status[2])
{
	struct answer *a;
	bool won = status[0] == 201;

	ck_assert_msg(won || status[0] == 409, "the buyer got %d", status[0]);
	ck_assert_msg(status[1] / 100 == 2 || status[1] == 409, "the seller got %d", status[1]);
	if (status[1] == 409) /* known to be held, or refused */
		ck_assert(won);
	if (status[1] == 200 || status[1] == 204)
		ck_assert(!won);
	if (won) {
		d->order = newest_order(d->ticket);
		a = api_get(d->buyer, "/api/orders/%s", d->order);
		ck_assert_str_eq(text_of(a, "status"), "awaiting_payment");
		ck_assert_int_eq((int)number_of(a, "ticketRevision", 0), d->revision);
	}
	ck_assert_int_eq(seller_won(d), !won);
	ck_assert_int_eq(decisions(d->ticket), 0);
	/* on a busy machine a change takes longer, so the delay of a buyer who wins doubles each time, until
	 * both outcomes occur */
	d->late = !won || d->late >= LATE_MAX ? LATE : d->late * 2;
	return won;
}

struct replica {
	const char *ticket;
	int revision;
};

static bool replica_has(void *context)
{
	struct replica *r = context;

	return sql_number("orders",
			  "SELECT revision FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-','')) AND "
			  "order_id IS NULL",
			  r->ticket) == r->revision &&
	       sql_number("tickets",
			  "SELECT COUNT(*) FROM ticket WHERE id = UNHEX(REPLACE('%s','-','')) AND on_offer",
			  r->ticket) == 1;
}

static void next_round(struct duel *d)
{
	struct answer *a = api_get(d->seller, "/api/tickets/%s", d->ticket);
	struct replica r = {d->ticket, (int)number_of(a, "revision", 0)};

	d->revision = r.revision;
	d->price = (int)number_of(a, "price", 0);
	ck_assert_msg(wait_until(5000, replica_has, &r), "orders has not seen revision %d free", d->revision);
}

START_TEST(the_seller_edits_while_a_buyer_buys)
{
	struct duel d = {
	    visitor_signed_up("Ioana"), visitor_signed_up("Tomasz"), NULL, NULL, 1, 10, false, LATE};
	int status[2], buyers = 0;

	d.ticket = sell(d.seller, "Dearer", "10");
	for (int round = 0; round < ROUNDS; round++) {
		all_at_once(2, duel, &d, status);
		if (buyer_won(&d, status)) {
			buyers++;
			ck_assert_int_eq(
			    (int)number_of(api_get(d.buyer, "/api/orders/%s", d.order), "ticket.price", 0),
			    d.price);
			ck_status(
			    api(d.buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", d.order), NULL),
			    204);
		}
		next_round(&d);
	}
	ck_assert_msg(buyers > 0 && buyers < ROUNDS, "only one outcome was seen: %d for the buyer", buyers);
	settle(10000);
	printf("edit duels: %d for the buyer, %d for the seller\n", buyers, ROUNDS - buyers);
}
END_TEST

/* The page showed 10; the edit that races with the order asks for 11. */
START_TEST(the_price_paid_is_the_price_shown)
{
	struct duel d = {
	    visitor_signed_up("Ioana"), visitor_signed_up("Tomasz"), NULL, NULL, 1, 10, false, LATE};
	int paid = 0;

	for (int round = 0; round < ROUNDS && paid < 5; round++) {
		int status[2];

		d.ticket = sell(d.seller, "Ten", "10");
		all_at_once(2, duel, &d, status);
		if (!buyer_won(&d, status))
			continue;
		ck_status(pay(d.buyer, d.order, "tok_visa"), 201);
		wait_order(d.buyer, d.order, "completed", 5000);
		ck_assert_int_eq(
		    sql_number("payments",
			       "SELECT amount FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
			       d.order),
		    1000);
		paid++;
	}
	ck_assert_int_eq(paid, 5);
}
END_TEST

START_TEST(the_seller_withdraws_while_a_buyer_buys)
{
	struct duel d = {
	    visitor_signed_up("Ioana"), visitor_signed_up("Tomasz"), NULL, NULL, 1, 11, true, LATE};
	int buyers = 0;

	for (int round = 0; round < 60; round++) {
		int status[2];

		d.ticket = sell(d.seller, "Perhaps not", "11");
		all_at_once(2, duel, &d, status);
		if (!buyer_won(&d, status))
			continue;
		buyers++;
		ck_status(api(d.buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", d.order), NULL),
			  204);
	}
	ck_assert_msg(buyers > 0 && buyers < 60, "only one outcome was seen: %d of 60 for the buyer", buyers);
	settle(10000);
}
END_TEST

/* A busy market whose events are all published again three times, shuffled: every replica stays equal to its
 * owner. */
START_TEST(events_again_reversed_and_shuffled)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyers[4];
	static const enum event_order how[] = {EVENTS_SAME, EVENTS_REVERSED, EVENTS_SHUFFLED};
	int64_t held;

	for (int i = 0; i < 4; i++)
		buyers[i] = visitor_signed_up("Buyer");
	for (int i = 0; i < 8; i++) {
		const char *ticket = sell(seller, "Busy", "3"), *id = hold(buyers[i % 4], ticket);

		if (i % 3 == 0)
			ck_status(api(buyers[i % 4], "DELETE", arena_printf(flow_arena, "/api/orders/%s", id),
				      NULL),
				  204);
		else
			ck_status(pay(buyers[i % 4], id, i % 3 == 1 ? "tok_visa" : "tok_chargeDeclined"),
				  i % 3 == 1 ? 201 : 402);
	}
	settle(20000);
	held = sql_number("tickets", "SELECT COUNT(*) FROM ticket WHERE order_id IS NOT NULL");
	for (int round = 0; round < 3; round++)
		for (int s = 0; s < SERVICES_WITH_DATABASE; s++)
			events_again(services_with_database[s], "", how[round]);
	settle(20000);
	ck_assert_int_eq(sql_number("tickets", "SELECT COUNT(*) FROM ticket WHERE order_id IS NOT NULL"),
			 held);
}
END_TEST

Suite *races_suite(void)
{
	Suite *s = suite_create("races");
	TCase *t = tcase_create("races");

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, thirty_two_buyers_and_one_ticket);
	tcase_add_test(t, the_seller_edits_while_a_buyer_buys);
	tcase_add_test(t, the_price_paid_is_the_price_shown);
	tcase_add_test(t, the_seller_withdraws_while_a_buyer_buys);
	tcase_add_test(t, events_again_reversed_and_shuffled);
	suite_add_tcase(s, t);
	return s;
}
