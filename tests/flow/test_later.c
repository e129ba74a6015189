/* After a rollback this version reads statuses that only the later version knows. It keeps them and does
 * nothing about them: no order, payment or release. Each test publishes an unknown status as the owner would,
 * then a known one. */
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"

/* The owner's row and its id. */
struct owner {
	const char *service, *table, *type, *id;
};

#define HERE(o) arena_printf(flow_arena, "id = UNHEX(REPLACE('%s', '-', ''))", (o)->id)

/* Publishes the newest state of the row again with the next version and another status; NULL: the status of
 * the row. */
static void tell(const struct owner *o, const char *status)
{
	const char *said =
	    status != NULL ? arena_printf(flow_arena, "'%s'", status)
			   : arena_printf(flow_arena, "(SELECT status FROM %s WHERE %s)", o->table, HERE(o));

	sql_run(o->service, "UPDATE %s SET version = version + 1 WHERE %s", o->table, HERE(o));
	sql_run(o->service,
		"INSERT INTO outbox (event_id, type, subject, version, body) SELECT "
		"UNHEX(MD5(CONCAT(subject, version))), '%s', subject, "
		"version + 1, JSON_SET(body, '$.type', '%s', '$.version', version + 1, '$.data.version', "
		"version + 1, '$.data.status', %s) "
		"FROM outbox WHERE subject = '%s' ORDER BY version DESC LIMIT 1",
		o->type, o->type, said, o->id);
}

/* Restores a known status, and corrects the event of the unknown one for the audits of other tests. */
static void heal(const struct owner *o, const char *unknown)
{
	tell(o, NULL);
	settle(20000);
	sql_run(o->service,
		"UPDATE outbox SET body = JSON_SET(body, '$.data.status', (SELECT status FROM %s WHERE %s)) "
		"WHERE subject = '%s' AND body LIKE '%%\"%s\"%%'",
		o->table, HERE(o), o->id, unknown);
}

struct kept {
	const char *service, *replica, *id, *status;
};

static bool is_kept(void *context)
{
	const struct kept *k = context;

	return sql_number(
		   k->service,
		   "SELECT COUNT(*) FROM %s WHERE id = UNHEX(REPLACE('%s', '-', '')) AND status = '%s'",
		   k->replica, k->id, k->status) == 1;
}

static void wait_kept(const char *service, const char *replica, const char *id, const char *status)
{
	ck_assert(wait_until(10000, is_kept, &(struct kept){service, replica, id, status}));
}

START_TEST(an_order_of_unknown_status_is_neither_released_nor_paid)
{
	struct sale s = held();
	const struct owner o = {"orders", "orders", "order.updated", s.order};
	struct answer *shown;

	ck_assert(wait_until(10000, is_payable, &s));
	tell(&o, "paused");
	wait_kept("tickets", "order_replica", s.order, "paused");
	wait_kept("payments", "order_replica", s.order, "paused");
	wait_ticket(s.ticket, "listed", true, 1000);
	ck_status(pay(s.buyer, s.order, "tok_visa"), 410);
	ck_assert_int_eq(bank_charges(s.order), 0);
	shown = both(s.buyer, at("/payments/%s", s.order), &(struct answer *){NULL});
	SAYS(shown, "This order cannot be paid.");
	heal(&o, "paused");
	ck_status(pay(s.buyer, s.order, "tok_visa"), 201);
	wait_order(s.buyer, s.order, "completed", 10000);
}
END_TEST

START_TEST(a_ticket_of_unknown_status_is_not_ordered)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Winter Strings", "38");
	const struct owner o = {"tickets", "ticket", "ticket.updated", ticket};

	tell(&o, "suspended");
	wait_kept("orders", "ticket_replica", ticket, "suspended");
	ck_status(order(buyer, ticket), 409);
	heal(&o, "suspended");
	hold(buyer, ticket);
}
END_TEST

START_TEST(a_charge_of_unknown_status_neither_completes_nor_cancels)
{
	struct sale s = held();
	const char *bank = begin_to_pay(&s), *charge;
	struct owner o = {"payments", "charge", "charge.updated", NULL};

	settle(20000);
	charge =
	    sql_text("orders",
		     "SELECT LOWER(CONCAT_WS('-', SUBSTR(HEX(id), 1, 8), SUBSTR(HEX(id), 9, 4), "
		     "SUBSTR(HEX(id), 13, 4), "
		     "SUBSTR(HEX(id), 17, 4), SUBSTR(HEX(id), 21))) FROM charge_replica WHERE order_id = "
		     "UNHEX(REPLACE('%s', '-', ''))",
		     s.order);
	o.id = charge;
	tell(&o, "disputed");
	wait_kept("orders", "charge_replica", charge, "disputed");
	ck_assert_str_eq(order_status_of(s.buyer, s.order), "awaiting_payment");
	ck_status(page(s.buyer, path_of(s.order)), 200);
	heal(&o, "disputed");
	pay_at_bank(bank);
	wait_order(s.buyer, s.order, "completed", 10000);
}
END_TEST

/* A row as the later version left it. The column has a CHECK, which the later version has changed. */
START_TEST(an_own_order_of_unknown_status_is_shown_and_stays)
{
	struct sale s = held();
	struct answer *german;

	settle(20000);
	if (sql_number("orders", "SELECT VERSION() LIKE '%%MariaDB%%'") == 0)
		return; /* MySQL cannot switch checks off */
	sql_run("orders",
		"SET STATEMENT check_constraint_checks = 0 FOR UPDATE orders SET status = 'paused' WHERE id "
		"= UNHEX(REPLACE('%s', '-', ''))",
		s.order);
	SAYS(both(s.buyer, path_of(s.order), &german), "This order is being worked on");
	says_not(german, "<form");
	ck_status(page(s.buyer, "/orders"), 200);
	ck_assert_str_eq(order_status_of(s.buyer, s.order), "paused");
	ck_status(http(s.buyer, "DELETE", at("/api/orders/%s", s.order), NULL, NULL, NULL), 409);
	sql_run("orders",
		"UPDATE orders SET status = 'awaiting_payment' WHERE id = UNHEX(REPLACE('%s', '-', ''))",
		s.order);
	cancel(&s);
}
END_TEST

Suite *later_suite(void)
{
	Suite *s = suite_create("later");
	TCase *t = tcase_create("statuses of a later version");

	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, an_order_of_unknown_status_is_neither_released_nor_paid);
	tcase_add_test(t, a_ticket_of_unknown_status_is_not_ordered);
	tcase_add_test(t, a_charge_of_unknown_status_neither_completes_nor_cancels);
	tcase_add_test(t, an_own_order_of_unknown_status_is_shown_and_stays);
	suite_add_tcase(s, t);
	return s;
}
