/* `stagedoor audit` finds inconsistencies in the databases and queues: each test breaks something on purpose,
 * expects its id in the report, and repairs it. */
#include "common/base/text.h"
#include "common/bus/internal.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IS(column, id) column " = UNHEX(REPLACE('" id "','-',''))"

static struct visitor *seller, *buyer;
static const char *ticket, *bought, *sold_order, *given_up;

static const char *audit(const char *verb)
{
	int status;
	const char *text = operator_says(&status, "audit %s", verb);

	return arena_printf(flow_arena, "%sexit %d\n", text, status);
}

/* A listed ticket, a sold one, and a cancelled order. */
static void sale(void)
{
	flow_begin();
	seller = visitor_signed_up("Ioana");
	buyer = visitor_signed_up("Tomasz");
	ticket = sell(seller, "Audited", "5");
	bought = sell(seller, "Audited and sold", "6");
	sold_order = hold(buyer, bought);
	ck_status(pay(buyer, sold_order, "tok_visa"), 201);
	wait_order(buyer, sold_order, "completed", 10000);
	given_up = hold(buyer, ticket);
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", given_up), NULL), 204);
	settle(20000);
	wait_ticket(ticket, "listed", false, 10000);
}

/* Opens a connection to the broker, logs in and closes the socket without a close handshake. */
static void cut_a_connection(void)
{
	amqp_connection_state_t c = amqp_new_connection();
	amqp_socket_t *s = amqp_tcp_socket_new(c);
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/amqp-orders", flow_state()), 200,
					&secret),
			 OK);
	ck_assert_int_eq(amqp_socket_open(s, "127.0.0.1", atoi(strrchr(flow_url(), ':') + 1) + 1), 0);
	ck_assert_int_eq(
	    amqp_login(c, "stagedoor", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "stagedoor_orders", secret)
		.reply_type,
	    AMQP_RESPONSE_NORMAL);
	amqp_destroy_connection(c);
}

static int cut_connections(void)
{
	return atoi(
	    command_says("cat '%s'/log/broker/* | grep -c 'client unexpectedly closed'", flow_state()));
}

static bool is_one_more(void *before)
{
	return cut_connections() == *(int *)before + 1;
}

/* The broker logs a warning for each such connection, which an operator would take for a fault. The
 * connection that is cut here is logged after anything that the audit could have caused. */
START_TEST(an_audit_ends_its_connections)
{
	int before = cut_connections();

	audit("quiet");
	cut_a_connection();
	ck_assert(wait_until(10000, is_one_more, &before));
}
END_TEST

static void ck_found(const char *what, const char *id)
{
	const char *found = audit("quiet");

	ck_assert_msg(strstr(found, arena_printf(flow_arena, "%s: %s\n", what, id)) != NULL,
		      "not found: %s %s in\n%s", what, id, found);
	ck_assert_msg(strstr(found, "exit 1\n") != NULL, "%s", found);
}

static void ck_nothing_of(const char *id)
{
	const char *found = audit("quiet");

	ck_assert_msg(strstr(found, id) == NULL, "%s", found);
}

START_TEST(nothing_is_found_where_nothing_is_wrong)
{
	ck_nothing_of(ticket);
	ck_nothing_of(bought);
	ck_nothing_of(sold_order);
	ck_nothing_of(given_up);
}
END_TEST

/* The rows of the list that the command is built from. */
enum audited {
#define ALWAYS(name, invariant, sentence, sql)  name,
#define SETTLED(name, invariant, sentence, sql) name,
#include "apps/stagedoor/audits.def"
#undef ALWAYS
#undef SETTLED
	AUDITS
};

static const struct {
	const char *name, *sentence;
} audits[] = {
#define ALWAYS(name, invariant, sentence, sql)  {#name, invariant " " sentence},
#define SETTLED(name, invariant, sentence, sql) {#name, invariant " " sentence},
#include "apps/stagedoor/audits.def"
#undef ALWAYS
#undef SETTLED
};

/* The rows that the tests break: @bought is the id in SQL, @bought_text the same as text. */
enum subject {
	NOBODY,
	SELLER,
	TICKET,
	BOUGHT,
	SOLD,
	GIVEN_UP,
	CHARGE,
	DEAD_OF_TICKETS,
	DEAD_OF_ORDERS,
	DEAD_OF_PAYMENTS,
	SUBJECTS
};
static const char *const subject_names[] = {"nobody", "seller", "ticket", "bought", "sold",
					    "given",  "charge", "dead_t", "dead_o", "dead_p"};
static const char *subject_ids[SUBJECTS];

#define AWAY(id, versions)                                                                                   \
	{"UPDATE outbox SET subject = @nobody_text WHERE subject = " id versions},                           \
	{                                                                                                    \
		"UPDATE outbox SET subject = " id " WHERE subject = @nobody_text"                            \
	}
#define ONE_MORE(table, id)                                                                                  \
	{"UPDATE " table " SET version = version + 1 WHERE id = " id},                                       \
	{                                                                                                    \
		"UPDATE " table " SET version = version - 1 WHERE id = " id                                  \
	}
#define UNSENT(id)                                                                                           \
	{"UPDATE outbox SET sent_at = NULL WHERE subject = " id},                                            \
	{                                                                                                    \
		"UPDATE outbox SET sent_at = UTC_TIMESTAMP(6) WHERE subject = " id                           \
	}
#define SAID(id, number, was, is)                                                                            \
	{"UPDATE outbox SET body = REPLACE(body, '" was "', '" is "') WHERE version = " number               \
	 " AND subject = " id},                                                                              \
	{                                                                                                    \
		"UPDATE outbox SET body = REPLACE(body, '" is "', '" was "') WHERE version = " number        \
		" AND subject = " id                                                                         \
	}

#define DEAD                                                                                                 \
	{"INSERT INTO dead_letter (id, digest, queue, reason, encoded, parked_at, last_at) VALUES "          \
	 "(900000001, 'audit', 'audit', 'audit', FALSE, UTC_TIMESTAMP(6), UTC_TIMESTAMP(6))"},               \
	{                                                                                                    \
		"DELETE FROM dead_letter WHERE id = 900000001"                                               \
	}

/* Every row of the list at least once. What a constraint of the schema forbids is forced. */
static const struct {
	enum audited audit;
	const char *service;
	enum subject found;
	const char *wrong[3], *right[3];
} wrongs[] = {
    {audit_two_active,
     "orders",
     BOUGHT,
     {"ALTER TABLE orders DROP INDEX one_active_order",
      "UPDATE orders SET ticket_id = @bought, status = 'completed', cancel_reason = NULL WHERE id = @given"},
     {"UPDATE orders SET ticket_id = @ticket, status = 'cancelled', cancel_reason = 'buyer' WHERE id = "
      "@given",
      "ALTER TABLE orders ADD UNIQUE KEY one_active_order (active_ticket)"}},
    {audit_sold_twice,
     "orders",
     BOUGHT,
     {"UPDATE outbox SET body = REPLACE(REPLACE(body, '\"status\":\"cancelled\"', "
      "'\"status\":\"completed\"'), "
      "@ticket_text, @bought_text), type = 'order.updated' WHERE subject = @given_text AND version = 2"},
     {"UPDATE outbox SET body = REPLACE(REPLACE(body, '\"status\":\"completed\"', "
      "'\"status\":\"cancelled\"'), "
      "@bought_text, @ticket_text), type = 'order.cancelled' WHERE subject = @given_text AND version = 2"}},
    {audit_price,
     "payments",
     CHARGE,
     {"UPDATE charge SET amount = amount + 1 WHERE id = @charge"},
     {"UPDATE charge SET amount = amount - 1 WHERE id = @charge"}},
    {audit_price,
     "payments",
     CHARGE,
     {"UPDATE charge SET currency = 'EUR' WHERE id = @charge"},
     {"UPDATE charge SET currency = 'USD' WHERE id = @charge"}},
    {audit_price,
     "payments",
     CHARGE,
     {"UPDATE charge SET user_id = @seller WHERE id = @charge"},
     {"UPDATE charge SET user_id = @buyer WHERE id = @charge"}},
    {audit_no_order,
     "payments",
     CHARGE,
     {"SET STATEMENT foreign_key_checks = 0 FOR UPDATE charge SET order_id = @nobody WHERE id = @charge"},
     {"UPDATE charge SET order_id = @sold WHERE id = @charge"}},
    {audit_two_charges,
     "payments",
     SOLD,
     {"ALTER TABLE charge ADD INDEX meanwhile (order_id), DROP INDEX one_charge_an_order",
      "INSERT INTO charge (id, version, order_id, user_id, amount, currency, status, stripe_intent_id, "
      "created_at, settled_at) SELECT @nobody, version, order_id, user_id, amount, currency, status, "
      "stripe_intent_id, created_at, settled_at FROM charge WHERE id = @charge"},
     {"DELETE FROM charge WHERE id = @nobody",
      "ALTER TABLE charge ADD UNIQUE KEY one_charge_an_order (order_id), DROP INDEX meanwhile"}},
    {audit_users_told, "auth", SELLER, ONE_MORE("user", "@seller")},
    {audit_users_told, "auth", SELLER, AWAY("@seller_text", "")},
    {audit_tickets_told, "tickets", TICKET, ONE_MORE("ticket", "@ticket")},
    {audit_orders_told, "orders", GIVEN_UP, ONE_MORE("orders", "@given")},
    {audit_orders_told, "orders", SOLD, AWAY("@sold_text", " AND version = 1")},
    {audit_orders_told, "orders", SOLD, AWAY("@sold_text", " AND version = 2")},
    {audit_orders_told,
     "orders",
     SOLD,
     {"INSERT INTO outbox (event_id, type, subject, version, body, sent_at) SELECT @nobody, type, subject, "
      "version, body, sent_at FROM outbox WHERE subject = @sold_text AND version = 2"},
     {"DELETE FROM outbox WHERE event_id = @nobody"}},
    {audit_charges_told, "payments", CHARGE, ONE_MORE("charge", "@charge")},
    {audit_tickets_forward, "tickets", BOUGHT,
     SAID("@bought_text", "1", "\"status\":\"listed\"", "\"status\":\"sold\"")},
    {audit_orders_forward, "orders", SOLD,
     SAID("@sold_text", "1", "\"status\":\"awaiting_payment\"", "\"status\":\"cancelled\"")},
    {audit_orders_secured, "orders", SOLD, SAID("@sold_text", "3", "\"securedAt\":", "\"secured\":")},
    {audit_charges_forward, "payments", CHARGE,
     SAID("@charge_text", "1", "\"status\":\"created\"", "\"status\":\"failed\"")},
    {audit_own_ticket,
     "orders",
     SOLD,
     {"SET STATEMENT check_constraint_checks = 0 FOR UPDATE orders SET seller_id = user_id WHERE id = @sold"},
     {"UPDATE orders SET seller_id = @seller WHERE id = @sold"}},
    {audit_other_offer,
     "orders",
     SOLD,
     {"UPDATE orders SET ticket_revision = 2 WHERE id = @sold"},
     {"UPDATE orders SET ticket_revision = 1 WHERE id = @sold"}},
    {audit_accepted_over,
     "orders",
     BOUGHT,
     {"INSERT INTO outbox (event_id, type, subject, version, body, sent_at) VALUES (@nobody, "
      "'offer.decided', @bought_text, 1, '{\"data\":{\"accepted\":true}}', UTC_TIMESTAMP(6))"},
     {"DELETE FROM outbox WHERE event_id = @nobody"}},
    {audit_open_proposal,
     "tickets",
     TICKET,
     {"UPDATE ticket SET proposal = 9 WHERE id = @ticket"},
     {"UPDATE ticket SET proposal = NULL WHERE id = @ticket"}},
    {audit_undecided_proposal,
     "tickets",
     TICKET,
     {"UPDATE ticket SET proposal = 9, updated_at = updated_at - INTERVAL 1 DAY WHERE id = @ticket"},
     {"UPDATE ticket SET proposal = NULL WHERE id = @ticket"}},
    {audit_secured,
     "orders",
     SOLD,
     {"UPDATE orders SET status = 'awaiting_payment', ended_at = NULL, "
      "secured_at = secured_at - INTERVAL 1 DAY WHERE id = @sold"},
     {"UPDATE orders SET status = 'completed', ended_at = held_at, "
      "secured_at = secured_at + INTERVAL 1 DAY WHERE id = @sold"}},
    {audit_users_unsent, "auth", SELLER, UNSENT("@seller_text")},
    {audit_tickets_unsent, "tickets", TICKET, UNSENT("@ticket_text")},
    {audit_orders_unsent, "orders", SOLD, UNSENT("@sold_text")},
    {audit_charges_unsent, "payments", CHARGE, UNSENT("@charge_text")},
    {audit_tickets_dead, "tickets", DEAD_OF_TICKETS, DEAD},
    {audit_orders_dead, "orders", DEAD_OF_ORDERS, DEAD},
    {audit_charges_dead, "payments", DEAD_OF_PAYMENTS, DEAD},
    {audit_tickets_of_orders,
     "orders",
     TICKET,
     {"UPDATE ticket_replica SET title = 'Another' WHERE id = @ticket"},
     {"UPDATE ticket_replica SET title = 'Audited' WHERE id = @ticket"}},
    {audit_orders_of_tickets, "tickets", GIVEN_UP, ONE_MORE("order_replica", "@given")},
    {audit_orders_of_payments,
     "payments",
     SOLD,
     {"UPDATE order_replica SET title = 'Another' WHERE id = @sold"},
     {"UPDATE order_replica SET title = 'Audited and sold' WHERE id = @sold"}},
    {audit_sellers_of_tickets,
     "tickets",
     SELLER,
     {"UPDATE seller_replica SET display_name = 'Another' WHERE id = @seller"},
     {"UPDATE seller_replica SET display_name = 'Ioana' WHERE id = @seller"}},
    {audit_sellers_of_tickets,
     "tickets",
     SELLER,
     {"UPDATE seller_replica SET id = @nobody WHERE id = @seller"},
     {"UPDATE seller_replica SET id = @seller WHERE id = @nobody"}},
    {audit_charges_of_orders,
     "orders",
     CHARGE,
     {"UPDATE charge_replica SET refunded = TRUE WHERE id = @charge"},
     {"UPDATE charge_replica SET refunded = FALSE WHERE id = @charge"}},
    {audit_overdue,
     "orders",
     GIVEN_UP,
     {"UPDATE orders SET status = 'awaiting_payment', cancel_reason = NULL, ended_at = NULL, "
      "expires_at = expires_at - INTERVAL 1 DAY WHERE id = @given"},
     {"UPDATE orders SET status = 'cancelled', cancel_reason = 'buyer', ended_at = held_at, "
      "expires_at = expires_at + INTERVAL 1 DAY WHERE id = @given"}},
    {audit_held_for_nothing,
     "tickets",
     TICKET,
     {"UPDATE ticket SET order_id = @given WHERE id = @ticket"},
     {"UPDATE ticket SET order_id = NULL WHERE id = @ticket"}},
    {audit_not_handed_over,
     "tickets",
     SOLD,
     {"UPDATE ticket SET status = 'listed' WHERE id = @bought"},
     {"UPDATE ticket SET status = 'sold' WHERE id = @bought"}},
    {audit_sold_for_nothing,
     "tickets",
     TICKET,
     {"UPDATE ticket SET status = 'sold', order_id = @given WHERE id = @ticket"},
     {"UPDATE ticket SET status = 'listed', order_id = NULL WHERE id = @ticket"}},
    {audit_undecided,
     "payments",
     CHARGE,
     {"UPDATE charge SET status = 'created', settled_at = NULL WHERE id = @charge"},
     {"UPDATE charge SET status = 'completed', settled_at = created_at WHERE id = @charge"}},
    {audit_undecided,
     "payments",
     CHARGE,
     {"UPDATE charge SET status = 'authorised', settled_at = NULL WHERE id = @charge"},
     {"UPDATE charge SET status = 'completed', settled_at = created_at WHERE id = @charge"}},
    {audit_secured_for_nothing,
     "orders",
     GIVEN_UP,
     {"UPDATE orders SET status = 'awaiting_payment', cancel_reason = NULL, ended_at = NULL, "
      "secured_at = held_at WHERE id = @given"},
     {"UPDATE orders SET status = 'cancelled', cancel_reason = 'buyer', ended_at = held_at, "
      "secured_at = NULL WHERE id = @given"}},
    {audit_taken_unsecured,
     "orders",
     CHARGE,
     {"UPDATE orders SET secured_at = NULL WHERE id = @sold"},
     {"UPDATE orders SET secured_at = (SELECT secured_at FROM stagedoor_payments.order_replica WHERE id = "
      "@sold) WHERE id = @sold"}},
    {audit_kept,
     "orders",
     CHARGE,
     {"UPDATE orders SET status = 'cancelled', cancel_reason = 'buyer' WHERE id = @sold"},
     {"UPDATE orders SET status = 'completed', cancel_reason = NULL WHERE id = @sold"}},
    {audit_unpaid,
     "payments",
     SOLD,
     {"UPDATE charge SET stripe_refund_id = 're_x' WHERE id = @charge"},
     {"UPDATE charge SET stripe_refund_id = NULL WHERE id = @charge"}},
};

START_TEST(every_invariant_can_be_broken_here)
{
	for (int audit = 0; audit < AUDITS; audit++) {
		size_t i = 0;

		while (i < sizeof wrongs / sizeof *wrongs && wrongs[i].audit != (enum audited)audit)
			i++;
		ck_assert_msg(i < sizeof wrongs / sizeof *wrongs, "no case breaks %s", audits[audit].name);
	}
}
END_TEST

static void name_subject(const char *name, const char *id)
{
	sql_run("orders", "SET @%s = UNHEX(REPLACE('%s','-','')), @%s_text = '%s'", name, id, name, id);
}

static void name_subjects(void)
{
	const char *const ids[SUBJECTS] = {"00000000-0000-0000-0000-000000000000",
					   seller->id,
					   ticket,
					   bought,
					   sold_order,
					   given_up,
					   sql_text("payments",
						    "SELECT subject FROM outbox WHERE type LIKE 'charge.%%' "
						    "AND JSON_VALUE(body, '$.data.orderId') = '%s' LIMIT 1",
						    sold_order),
					   "tickets-900000001",
					   "orders-900000001",
					   "payments-900000001"};

	for (size_t i = 0; i < SUBJECTS; i++) {
		subject_ids[i] = ids[i];
		name_subject(subject_names[i], ids[i]);
	}
	name_subject("buyer", buyer->id);
}

static void sql_run_all(const char *service, const char *const *statements)
{
	for (int i = 0; i < 3 && statements[i] != NULL; i++)
		sql_run(service, "%s", statements[i]);
}

static bool are_over(void *context)
{
	(void)context;
	return sql_number("orders", "SELECT COUNT(*) FROM orders WHERE id IN (@sold, @given) AND "
				    "expires_at > UTC_TIMESTAMP(6) - INTERVAL 2 SECOND") == 0;
}

/* Stops the programs that would repair or send the rows, and waits until no order awaits its expiry. */
static void leave_alone(void)
{
	static const char *const parts[] = {"auth-relay",     "tickets-relay", "orders-relay",
					    "payments-relay", "orders-jobs",   "payments-jobs"};

	ck_assert(wait_until(1000 * flow_hold_seconds() + 10000, are_over, NULL));
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		part_stop(parts[i]);
}

static const char *line_of(size_t i)
{
	return arena_printf(flow_arena, "%s: %s\n", audits[wrongs[i].audit].sentence,
			    subject_ids[wrongs[i].found]);
}

/* Everything is repaired before the first assertion, so that later tests do not find it. */
START_TEST(every_invariant_that_is_broken_is_found)
{
	const char *found;

	name_subjects();
	leave_alone();
	for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++) {
		sql_run_all(wrongs[i].service, wrongs[i].wrong);
		found = audit("quiet");
		sql_run_all(wrongs[i].service, wrongs[i].right);
		ck_assert_msg(strstr(found, line_of(i)) != NULL, "%s by '%s': not found: %s in\n%s",
			      audits[wrongs[i].audit].name, wrongs[i].wrong[0], line_of(i), found);
		ck_assert_msg(strstr(found, "exit 1\n") != NULL, "%s", found);
	}
	found = audit("quiet");
	for (size_t i = 0; i < sizeof wrongs / sizeof *wrongs; i++)
		ck_assert_msg(strstr(found, line_of(i)) == NULL, "%s after '%s': still found: %s",
			      audits[wrongs[i].audit].name, wrongs[i].right[0], line_of(i));
}
END_TEST

/* A recent event is in flight, which is not a fault: only `quiet` allows no time. */
START_TEST(an_event_that_is_not_sent_is_found_after_a_while)
{
	const char *late = "L1 an event was not sent: ", *id;

	part_stop("tickets-relay");
	id = text_of(api(seller, "POST", "/api/tickets", "{\"title\":\"Not sent\",\"price\":5}"), "id");
	ck_found("L1 an event was not sent", id);
	ck_assert(strstr(audit(""), late) == NULL);
	sql_run("tickets",
		"UPDATE outbox SET created_at = created_at - INTERVAL 1 MINUTE WHERE subject = '%s'", id);
	ck_assert(strstr(audit(""), arena_printf(flow_arena, "%s%s", late, id)) != NULL);
	part_start("tickets-relay");
	settle(20000);
	ck_nothing_of(id);
}
END_TEST

START_TEST(an_order_past_its_deadline_is_found)
{
	const char *id;

	part_stop("orders-jobs");
	part_stop("expiration-events");
	id = hold(buyer, ticket);
	ck_nothing_of(id);
	sql_run("orders", "UPDATE orders SET expires_at = UTC_TIMESTAMP(6) WHERE " IS("id", "%s"), id);
	ck_found("L3 an order is open past its deadline", id);
	part_start("orders-jobs");
	part_start("expiration-events");
	wait_order(buyer, id, "cancelled", 15000);
	settle(20000);
}
END_TEST

static bool is_parked(void *before)
{
	return dead_letters("tickets") > *(int64_t *)before && queue_length("tickets", "tickets.dead") == 0;
}

START_TEST(dead_letters_are_found)
{
	int64_t before = dead_letters("tickets");
	const char *found;

	part_stop("tickets-events");
	event_send("orders", "order.created", "not json at all");
	found = audit("quiet");
	ck_assert_msg(strstr(found, "L5 1 messages wait in tickets.events\n") != NULL, "%s", found);
	part_start("tickets-events");
	ck_assert(wait_until(10000, is_parked, &before));
	found = audit("quiet");
	ck_assert_msg(strstr(found, "L5 a dead letter waits for a person: tickets-") != NULL, "%s", found);
	ck_assert_msg(strstr(found, " wait in tickets.events\n") == NULL, "%s", found);
}
END_TEST

Suite *audit_suite(void)
{
	Suite *s = suite_create("audit");
	TCase *t = tcase_create("audit");

	tcase_set_timeout(t, 240);
	tcase_add_checked_fixture(t, sale, flow_end);
	tcase_add_test(t, nothing_is_found_where_nothing_is_wrong);
	tcase_add_test(t, an_audit_ends_its_connections);
	tcase_add_test(t, every_invariant_can_be_broken_here);
	tcase_add_test(t, every_invariant_that_is_broken_is_found);
	tcase_add_test(t, an_event_that_is_not_sent_is_found_after_a_while);
	tcase_add_test(t, an_order_past_its_deadline_is_found);
	tcase_add_test(t, dead_letters_are_found);
	suite_add_tcase(s, t);
	return s;
}
