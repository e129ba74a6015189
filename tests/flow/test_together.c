/* Events that arrive together are applied in one transaction; an event that fails must not undo the
 * others. */
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"

enum { BUYERS = 6 };

static const char *orders_[BUYERS], *tickets_[BUYERS];
static struct visitor *buyers[BUYERS];

static bool waits(void *context)
{
	return queue_length("tickets", "tickets.events") >= *(int64_t *)context;
}

/* Everybody orders while the consumers are stopped; every second order is followed by poison, so that the
 * queue holds order, poison, order, order, poison … */
static void order_unheard(bool with_poison)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	int64_t waiting = 0;

	for (int i = 0; i < BUYERS; i++) {
		buyers[i] = visitor_signed_up("Tomasz");
		tickets_[i] = sell(seller, "Together", "5");
	}
	settle(20000);
	part_stop("tickets-events");
	for (int i = 0; i < BUYERS; i++) {
		struct answer *a = order(buyers[i], tickets_[i]);

		ck_status(a, 201);
		orders_[i] = arena_strdup(flow_arena, text_of(a, "id"));
		waiting++;
		ck_assert(wait_until(10000, waits, &waiting));
		if (with_poison && i % 2 == 0) {
			event_send("orders", "order.created", "not json at all");
			waiting++;
		}
	}
}

static bool are_parked(void *due)
{
	return dead_letters("tickets") >= *(int64_t *)due;
}

START_TEST(poison_among_events_is_dead_lettered_once_and_the_others_are_handled)
{
	int64_t before = dead_letters("tickets");

	order_unheard(true);
	part_start("tickets-events");
	for (int i = 0; i < BUYERS; i++)
		wait_ticket(tickets_[i], "listed", true, 5000);
	settle(20000);
	before += BUYERS / 2;
	ck_assert(wait_until(10000, are_parked, &before));
	ck_assert_int_eq(dead_letters("tickets"), before);
}
END_TEST

/* The fourth event fails in the database; those before it are applied at once, and all of them once the cause
 * is removed. */
START_TEST(a_failing_event_does_not_undo_those_before_it)
{
	enum { FAILING = 3 };

	order_unheard(false);
	sql_run("tickets",
		"CREATE TRIGGER refuse BEFORE INSERT ON order_replica FOR EACH ROW IF NEW.id = "
		"UNHEX(REPLACE('%s', '-', '')) THEN SIGNAL SQLSTATE '45000'; END IF",
		orders_[FAILING]);
	part_start("tickets-events");
	for (int i = 0; i < FAILING; i++)
		wait_ticket(tickets_[i], "listed", true, 3000);
	wait_ticket(tickets_[FAILING], "listed", false, 0);
	sql_run("tickets", "DROP TRIGGER refuse");
	for (int i = FAILING; i < BUYERS; i++)
		wait_ticket(tickets_[i], "listed", true, 5000);
	settle(20000);
}
END_TEST

Suite *together_suite(void)
{
	Suite *s = suite_create("together");
	TCase *t = tcase_create("together");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, poison_among_events_is_dead_lettered_once_and_the_others_are_handled);
	tcase_add_test(t, a_failing_event_does_not_undo_those_before_it);
	suite_add_tcase(s, t);
	return s;
}
