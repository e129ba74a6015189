/* The hold budget: several lapses lead to a cool-down. On a stack with LIMITS=on, except the last test. */
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MINUTE = 60, HOUR = 60 * MINUTE, DAY = 24 * HOUR, SWEPT_MS = 12000 };

/* How far this test has moved the clock, in seconds. */
static int64_t moved;

static void pass(int64_t seconds)
{
	moved += seconds;
	clock_move(moved);
}

static void begin(void)
{
	flow_begin();
	pass(-moved);
}

static int past_deadline(void)
{
	return flow_hold_seconds() + 1;
}

static void expect_204(struct visitor *buyer, const char *order_)
{
	ck_status(api(buyer, "DELETE", at("/api/orders/%s", order_), NULL), 204);
}

/* A hold that is not paid. The request after its deadline ends it. */
static void lapse(struct visitor *seller, struct visitor *buyer)
{
	const char *id = hold(buyer, sell(seller, "Unpaid", "5"));

	pass(past_deadline());
	expect_204(buyer, id);
	ck_assert_str_eq(text_of(api_get(buyer, "/api/orders/%s", id), "cancelReason"), "expired");
}

static void lapse_together(struct visitor *seller, struct visitor *buyer, int n)
{
	const char *ids[5];

	for (int i = 0; i < n; i++)
		ids[i] = hold(buyer, sell(seller, "Unpaid", "5"));
	pass(past_deadline());
	for (int i = 0; i < n; i++)
		expect_204(buyer, ids[i]);
}

static int64_t of_budget(const struct visitor *buyer, const char *column)
{
	return sql_number("orders", "SELECT %s FROM hold_budget WHERE user_id = UNHEX(REPLACE('%s','-',''))",
			  column, buyer->id);
}

/* The order is refused with a Retry-After of this many seconds, minus the time that has passed. */
static struct answer *ck_paused(struct visitor *buyer, const char *ticket, int seconds)
{
	struct answer *a = order(buyer, ticket);
	int wait = atoi(header_of(a, "Retry-After"));

	ck_status(a, 429);
	ck_assert_msg(wait <= seconds && wait > seconds - 15, "Retry-After is %d, not %d", wait, seconds);
	return a;
}

START_TEST(a_second_lapse_costs_a_minute)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *kept, *ticket = sell(seller, "Wanted", "5");
	struct answer *a;

	lapse(seller, buyer);
	kept = hold(buyer, sell(seller, "Kept", "5"));
	expect_204(buyer, kept);
	lapse(seller, buyer);
	a = ck_paused(buyer, ticket, MINUTE);
	ck_assert_ptr_nonnull(strstr(text_of(a, "detail"), "held two tickets and did not pay in time"));
	ck_assert_ptr_nonnull(strstr(text_of(a, "detail"), "You can order again from "));
	ck_assert_str_eq(text_of(a, "current.title"), "Wanted");
	ck_assert_int_eq(
	    sql_number("orders", "SELECT COUNT(*) FROM orders WHERE ticket_id = UNHEX(REPLACE('%s','-',''))",
		       ticket),
	    0);
	pass(MINUTE);
	ck_status(order(buyer, ticket), 201);
}
END_TEST

/* A hold from before the cool-down can be paid during it, and the purchase ends the cool-down. */
START_TEST(holds_stay_payable_and_a_purchase_resets_the_budget)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *early[2], *kept, *ticket = sell(seller, "Wanted", "5");

	for (int i = 0; i < 2; i++)
		early[i] = hold(buyer, sell(seller, "Unpaid", "5"));
	pass(flow_hold_seconds() / 2);
	kept = hold(buyer, sell(seller, "Kept", "5"));
	pass(flow_hold_seconds() / 2 + 1);
	for (int i = 0; i < 2; i++)
		expect_204(buyer, early[i]);
	ck_paused(buyer, ticket, MINUTE);
	ck_assert_str_eq(order_status_of(buyer, kept), "awaiting_payment");
	ck_status(pay(buyer, kept, "tok_visa"), 201);
	wait_order(buyer, kept, "completed", 5000);
	ck_assert_int_eq(of_budget(buyer, "COUNT(*)"), 0);
	ck_status(order(buyer, ticket), 201);
}
END_TEST

START_TEST(the_refusal_is_a_page_that_says_until_when_and_why)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *path = at("/tickets/%s", sell_show(seller)), *target, *body;
	struct answer *a, *de;

	lapse_together(seller, buyer, 3);
	body = page_fill(buyer, path, "/orders", "", &target);
	a = page_send(buyer, target, body);
	ck_status(a, 429);
	ck_valid(a, "the pause");
	ck_assert_int_gt(atoi(header_of(a, "Retry-After")), MINUTE);
	SAYS(a, "<h1>Please wait before you order again</h1>",
	     "You recently held three tickets and did not pay in time, so nobody else could buy",
	     "You can order again from <time", "What is held for you now stays yours to pay.",
	     "Go to my orders");
	de = http(buyer, "POST", target, "application/x-www-form-urlencoded", body,
		  (const char *const[]){"Accept: text/html", "Accept-Language: de", NULL});
	ck_status(de, 429);
	ck_valid(de, "the cool-down in German");
	SAYS(de, "<h1>Bitte warten Sie, bevor Sie wieder bestellen</h1>",
	     "Sie hatten zuletzt drei Tickets reserviert und nicht rechtzeitig bezahlt", "Ab <time",
	     "können Sie wieder bestellen");
}
END_TEST

static void sign_in(struct visitor *v)
{
	ck_status(api(v, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}", v->email,
		      v->password),
		  200);
}

/* The cool-down is counted from the deadline; sessions last 12 hours. */
START_TEST(the_pause_grows_to_an_hour_and_a_day_forgets)
{
	static const int minutes[] = {0, 1, 2, 4, 8, 16, 32, 60, 60};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Wanted", "5");

	for (size_t i = 0; i < sizeof minutes / sizeof *minutes; i++) {
		lapse(seller, buyer);
		if (minutes[i] > 0)
			ck_paused(buyer, ticket, minutes[i] * MINUTE);
		pass(minutes[i] * MINUTE);
	}
	ck_assert_int_eq(of_budget(buyer, "lapses"), 9);
	pass(DAY);
	sign_in(seller);
	sign_in(buyer);
	lapse(seller, buyer);
	ck_assert_int_eq(of_budget(buyer, "lapses"), 1);
	ck_status(order(buyer, ticket), 201);
}
END_TEST

struct awaited {
	struct visitor *buyer;
	const char *order;
};

static bool has_ended(void *context)
{
	const struct awaited *x = context;

	return sql_number("orders",
			  "SELECT COUNT(*) FROM orders WHERE status = 'cancelled' AND id = "
			  "UNHEX(REPLACE('%s','-',''))",
			  x->order) == 1;
}

/* A late sweep starts the same cool-down as the buyer's own request. */
START_TEST(the_sweep_counts_from_the_deadline)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Wanted", "5");
	struct awaited x = {buyer, NULL};

	for (int i = 0; i < 4; i++)
		x.order = hold(buyer, sell(seller, "Unpaid", "5"));
	pass(past_deadline() + 2 * MINUTE);
	ck_assert(wait_until(SWEPT_MS, has_ended, &x));
	ck_assert_int_eq(of_budget(buyer, "lapses"), 4);
	ck_paused(buyer, ticket, 2 * MINUTE);
	ck_assert_int_eq(of_budget(buyer, "TIMESTAMPDIFF(SECOND, lapsed_at, allowed_at)"), 4 * MINUTE);
}
END_TEST

/* Cases that are not lapses: released in time, declined by the bank; and of protocol 1.0, changed by the
 * seller, or never held because a service was down. */
START_TEST(other_ends_of_holds_are_not_lapses)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket, *id;

	for (int i = 0; i < 3; i++)
		expect_204(buyer, hold(buyer, sell(seller, "Released", "5")));
	for (int i = 0; i < 2; i++)
		ck_status(pay(buyer, hold(buyer, sell(seller, "Declined", "5")), "tok_chargeDeclined"), 402);
	ticket = sell(seller, "Changed", "5");
	part_stop("tickets-events");
	id = text_of(order(buyer, ticket), "id");
	wait_as_before(id);
	edit_as_before(ticket);
	wait_order(buyer, id, "cancelled", 10000);
	part_start("tickets-events");
	ck_assert_str_eq(text_of(api_get(buyer, "/api/orders/%s", id), "cancelReason"), "ticket_changed");
	ticket = sell(seller, "Never held", "5");
	part_stop("tickets-events");
	id = text_of(order(buyer, ticket), "id");
	wait_as_before(id);
	pass(past_deadline());
	expect_204(buyer, id);
	part_start("tickets-events");
	ck_assert_int_eq(of_budget(buyer, "COUNT(*)"), 0);
	ck_status(order(buyer, sell(seller, "Wanted", "5")), 201);
}
END_TEST

/* Runs act(i) in n processes at the same time and collects the status of each answer. */
static void at_once(int n, int (*act)(int i, void *context), void *context, int *ret_status)
{
	int gate[2], out[2], said[2];

	ck_assert(pipe(gate) == 0 && pipe(out) == 0);
	for (int i = 0; i < n; i++)
		if (fork() == 0) {
			char go;

			close(gate[1]);
			said[0] = i;
			said[1] = read(gate[0], &go, 1) == 0 ? act(i, context) : 0;
			_exit(write(out[1], said, sizeof said) != sizeof said);
		}
	close(gate[0]);
	close(gate[1]);
	for (int i = 0; i < n; i++) {
		ck_assert_int_eq(read(out[0], said, sizeof said), (ssize_t)sizeof said);
		ret_status[said[0]] = said[1];
	}
	close(out[0]);
	close(out[1]);
	while (wait(NULL) > 0)
		;
}

/* nginx takes 20 changes a second from one address */
static void breathe(void)
{
	usleep(600 * 1000);
}

struct rush {
	struct visitor *buyer, *other;
	const char *orders[2], *tickets[2], *wanted;
};

/* Two requests end the lapsed holds, a third one orders one of their tickets, and their buyer orders again,
 * all at once. */
static int rush(int i, void *context)
{
	struct rush *r = context;

	switch (i) {
	case 0:
	case 1:
		return api(r->buyer, "DELETE", at("/api/orders/%s", r->orders[i]), NULL)->status;
	case 2:
		return order(r->other, r->tickets[0])->status;
	default:
		return order(r->buyer, r->wanted)->status;
	}
}

/* In any order of the requests each lapse is counted once, and an order after the deadlines counts both. */
START_TEST(two_lapses_and_an_order_at_once)
{
	enum { ROUNDS = 15 };
	struct visitor *seller = visitor_signed_up("Ioana");
	struct rush r = {.other = visitor_signed_up("Wen")};

	for (int round = 0; round < ROUNDS; round++) {
		int status[4];

		breathe();
		r.buyer = visitor_signed_up("Tomasz");
		r.wanted = sell(seller, "Wanted", "5");
		for (int i = 0; i < 2; i++) {
			r.tickets[i] = sell(seller, "Unpaid", "5");
			r.orders[i] = hold(r.buyer, r.tickets[i]);
		}
		pass(past_deadline());
		at_once(4, rush, &r, status);
		ck_assert_msg(status[0] == 204 && status[1] == 204 && status[2] == 201 && status[3] == 429,
			      "round %d: %d %d %d %d", round, status[0], status[1], status[2], status[3]);
		ck_assert_int_eq(of_budget(r.buyer, "lapses"), 2);
		ck_assert_int_eq(of_budget(r.buyer, "version"), 2);
		expect_204(
		    r.other,
		    sql_text("orders",
			     "SELECT LOWER(CONCAT_WS('-', SUBSTR(h,1,8), SUBSTR(h,9,4), SUBSTR(h,13,4), "
			     "SUBSTR(h,17,4), SUBSTR(h,21))) FROM (SELECT HEX(id) h FROM orders WHERE "
			     "active_ticket = UNHEX(REPLACE('%s','-',''))) o",
			     r.tickets[0]));
	}
}
END_TEST

/* Two buyers, each of whom orders the ticket of the other's overdue hold. */
static int swap(int i, void *context)
{
	struct rush *r = context;

	return order(i == 0 ? r->buyer : r->other, r->tickets[1 - i])->status;
}

static int64_t deadlocks(void)
{
	return sql_number("orders", "SELECT VARIABLE_VALUE FROM information_schema.GLOBAL_STATUS WHERE "
				    "VARIABLE_NAME = 'INNODB_DEADLOCKS'");
}

/* Both transactions take their locks in the same order, so there is no deadlock. */
START_TEST(two_who_want_each_others_lapsed_tickets_both_get_them)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct rush r;
	int status[2];

	for (int round = 0; round < 20; round++) {
		int64_t before;

		breathe();
		r.buyer = visitor_signed_up("Tomasz");
		r.other = visitor_signed_up("Wen");
		for (int i = 0; i < 2; i++) {
			r.tickets[i] = sell(seller, "Swapped", "5");
			hold(i == 0 ? r.buyer : r.other, r.tickets[i]);
		}
		pass(past_deadline());
		before = deadlocks();
		at_once(2, swap, &r, status);
		ck_assert_int_eq(deadlocks(), before);
		ck_assert_msg(status[0] == 201 && status[1] == 201, "round %d: %d %d", round, status[0],
			      status[1]);
		ck_assert_int_eq(of_budget(r.buyer, "lapses"), 1);
		ck_assert_int_eq(of_budget(r.other, "lapses"), 1);
	}
}
END_TEST

static void orders_with(const char *budget)
{
	const char *env = arena_printf(flow_arena, "%s/etc/orders.env", flow_state());

	ck_assert_int_eq(system(arena_printf(
			     flow_arena, "sed -i 's/^STAGEDOOR_HOLD_BUDGET=.*/STAGEDOOR_HOLD_BUDGET=%s/' %s",
			     budget, env)),
			 0);
	part_stop("orders-web");
	part_start("orders-web");
}

/* The budget is a setting. Lowering it ends no hold. */
START_TEST(more_or_fewer_holds_than_five)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *last = sell(seller, "One more", "5"), *tickets[7];
	struct answer *a;

	for (int i = 0; i < 7; i++)
		tickets[i] = sell(seller, "Many", "5");
	orders_with("7");
	for (int i = 0; i < 7; i++)
		ck_status(order(buyer, tickets[i]), 201);
	a = order(buyer, last);
	ck_status(a, 409);
	ck_assert_ptr_nonnull(strstr(text_of(a, "detail"), "You can hold seven tickets at a time."));
	orders_with("1");
	a = order(buyer, last);
	ck_status(a, 409);
	ck_assert_ptr_nonnull(strstr(text_of(a, "detail"), "You can hold one ticket at a time."));
	orders_with("5");
}
END_TEST

/* LIMITS=off: lapses have no consequences. */
START_TEST(without_limits_nobody_pauses)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");

	for (int i = 0; i < 3; i++)
		lapse(seller, buyer);
	ck_assert_int_eq(of_budget(buyer, "lapses"), 3);
	ck_status(order(buyer, sell(seller, "Wanted", "5")), 201);
}
END_TEST

Suite *budget_suite(void)
{
	Suite *s = suite_create("budget");
	TCase *t = tcase_create("budget");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, begin, flow_end);
	tcase_add_test(t, a_second_lapse_costs_a_minute);
	tcase_add_test(t, holds_stay_payable_and_a_purchase_resets_the_budget);
	tcase_add_test(t, the_refusal_is_a_page_that_says_until_when_and_why);
	tcase_add_test(t, the_pause_grows_to_an_hour_and_a_day_forgets);
	tcase_add_test(t, the_sweep_counts_from_the_deadline);
	tcase_add_test(t, other_ends_of_holds_are_not_lapses);
	tcase_add_test(t, two_lapses_and_an_order_at_once);
	tcase_add_test(t, two_who_want_each_others_lapsed_tickets_both_get_them);
	tcase_add_test(t, more_or_fewer_holds_than_five);
	suite_add_tcase(s, t);
	return s;
}

Suite *no_budget_suite(void)
{
	Suite *s = suite_create("no budget");
	TCase *t = tcase_create("no budget");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, begin, flow_end);
	tcase_add_test(t, without_limits_nobody_pauses);
	suite_add_tcase(s, t);
	return s;
}
