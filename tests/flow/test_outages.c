/* Each part is stopped while the others work, and started again: missed events arrive, nothing is lost, no
 * message is stuck. */
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <string.h>

/* nginx answers for a pool that is down, the pool answers for a database that is down */
static void ck_away(const struct answer *a)
{
	ck_assert_msg(a->status >= 502 && a->status <= 504 && *header_of(a, "Retry-After") != '\0', "%d %s",
		      a->status, a->headers);
}

static void service_down(const char *const *parts)
{
	for (; *parts != NULL; parts++)
		part_stop(*parts);
}

static void service_up(const char *const *parts)
{
	for (; *parts != NULL; parts++)
		part_start(*parts);
}

START_TEST(without_auth_signed_in_users_can_continue)
{
	static const char *const parts[] = {"auth-web", "auth-relay", "auth-jobs", NULL};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket, *id;

	service_down(parts);
	ck_away(api_get(buyer, "/api/users/currentuser"));
	ticket = sell(seller, "Without auth", "5");
	id = hold(buyer, ticket);
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 5000);
	service_up(parts);
	settle(20000);
	ck_assert_str_eq(text_of(api_get(buyer, "/api/users/currentuser"), "currentUser.id"), buyer->id);
}
END_TEST

/* Orders alone decides about sales. */
START_TEST(without_tickets_known_listings_are_sold_and_paid)
{
	static const char *const parts[] = {"tickets-web", "tickets-events", "tickets-relay", "tickets-jobs",
					    NULL};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Without tickets", "5"), *id;
	struct answer *a;

	service_down(parts);
	ck_away(api_get(buyer, "/api/tickets"));
	a = order(buyer, ticket);
	ck_status(a, 201);
	id = text_of(a, "id");
	ck_assert_str_eq(text_of(a, "status"), "awaiting_payment");
	ck_assert_str_eq(text_of(pay(buyer, id, "tok_visa"), "status"), "completed");
	wait_order(buyer, id, "completed", 5000);
	ck_away(api(seller, "PUT", arena_printf(flow_arena, "/api/tickets/%s", ticket),
		    "{\"title\":\"Edited\",\"price\":6}"));
	service_up(parts);
	wait_ticket(ticket, "sold", true, 20000);
	settle(20000);
}
END_TEST

/* An edit asks orders, so it waits; the pages say so. */
START_TEST(without_orders_listings_are_made_and_edits_wait)
{
	static const char *const parts[] = {"orders-web", "orders-events", "orders-relay", "orders-jobs",
					    NULL};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket, *show;
	struct answer *a;

	service_down(parts);
	a = api(seller, "POST", "/api/tickets", "{\"title\":\"Without orders\",\"price\":5}");
	ck_status(a, 201);
	ticket = arena_strdup(flow_arena, text_of(a, "id"));
	show = arena_printf(flow_arena, "/tickets/%s", ticket);
	a = page_submit(seller, arena_printf(flow_arena, "%s/edit", show), "/edit", "title=Edited&price=6");
	ck_status(a, 303);
	a = page(seller, show);
	ck_assert_ptr_nonnull(strstr(a->body, "Your change is on its way"));
	ck_status(page(seller, arena_printf(flow_arena, "%s/edit", show)), 200);
	ck_status(page(visitor_new(), "/"), 200);
	a = api_get(seller, "/api/tickets/%s", ticket);
	ck_assert_int_eq((int)number_of(a, "price", 0), 5);
	ck_assert_int_eq((int)number_of(a, "proposal", 0), 2);
	a = api(seller, "PUT", arena_printf(flow_arena, "/api/tickets/%s", ticket),
		"{\"title\":\"Edited\",\"price\":7}");
	ck_status(a, 409);
	ck_assert_ptr_nonnull(strstr(a->body, "still on its way"));
	ck_away(order(buyer, ticket));
	service_up(parts);
	settle(20000);
	ck_assert_int_eq((int)number_of(api_get(seller, "/api/tickets/%s", ticket), "price", 0), 6);
	a = order(buyer, ticket);
	ck_status(a, 201);
	ck_assert_int_eq((int)number_of(a, "ticket.price", 0), 6);
}
END_TEST

START_TEST(without_payments_holds_run_and_end)
{
	static const char *const parts[] = {"payments-web", "payments-events", "payments-relay",
					    "payments-jobs", NULL};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Without payments", "5"), *id;

	service_down(parts);
	id = hold(buyer, ticket);
	ck_away(api(buyer, "POST", "/api/payments", "{\"orderId\":\"%s\",\"token\":\"tok_visa\"}", id));
	wait_order(buyer, id, "cancelled", 1000 * flow_hold_seconds() + 10000);
	wait_ticket(ticket, "listed", false, 5000);
	service_up(parts);
	settle(20000);
}
END_TEST

START_TEST(without_the_broker_pages_answer_and_events_wait)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Without the broker", "5"), *id;
	struct answer *a;

	part_stop("broker");
	ck_status(api_get(buyer, "/api/tickets"), 200);
	a = order(buyer, ticket);
	ck_status(a, 201);
	ck_assert_str_eq(text_of(a, "status"), "awaiting_payment");
	id = arena_strdup(flow_arena, text_of(a, "id"));
	a = api(seller, "PUT", arena_printf(flow_arena, "/api/tickets/%s", ticket),
		"{\"title\":\"Edited\",\"price\":6}");
	ck_status(a, 202);
	ck_assert_int_eq((int)number_of(a, "proposal", 0), 2);
	/* the sweep ends it, without a hint */
	wait_order(buyer, id, "cancelled", 1000 * flow_hold_seconds() + 15000);
	ck_status(order(buyer, ticket), 201);
	part_start("broker");
	settle(60000);
	/* decided: refused while an order had the ticket, or accepted after its hold had run out */
	ck_assert_int_eq((int)number_of(api_get(seller, "/api/tickets/%s", ticket), "proposal", 0), 0);
}
END_TEST

static bool lists(void *context)
{
	(void)context;
	return api_get(visitor_new(), "/api/tickets")->status == 200;
}

START_TEST(the_database_is_killed_and_comes_back)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Killed database", "5"), *id = hold(buyer, ticket);

	part_kill("database");
	ck_assert(wait_until(20000, lists, NULL));
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 15000);
	settle(30000);
}
END_TEST

/* Every program is killed during sales, repeatedly: the sales complete. */
START_TEST(programs_are_killed_during_sales)
{
	static const char *const parts[] = {"tickets-events", "tickets-relay", "orders-events",
					    "orders-relay",   "orders-jobs",   "payments-events",
					    "payments-relay", "payments-jobs", "expiration-events"};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		const char *ticket = sell(seller, "Killed on the way", "5");
		struct answer *a = order(buyer, ticket);
		const char *id = text_of(a, "id");

		ck_status(a, 201);
		part_kill(parts[i]);
		wait_order(buyer, id, "awaiting_payment", 15000);
		ck_status(pay(buyer, id, "tok_visa"), 201);
		wait_order(buyer, id, "completed", 15000);
	}
	settle(30000);
}
END_TEST

static bool is_parked(void *before)
{
	return dead_letters("tickets") >= *(int64_t *)before + 3;
}

/* What cannot be decoded is dead-lettered with its reason, and the messages behind it are handled. */
START_TEST(poison_is_dead_lettered_and_blocks_nothing)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	int64_t before = dead_letters("tickets");

	event_send("orders", "order.created", "not json at all");
	event_send("orders", "order.created", "{\"specversion\":\"1.0\"}");
	event_send("orders", "order.created", "[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]");
	hold(buyer, sell(seller, "Behind poison", "5"));
	ck_assert(wait_until(10000, is_parked, &before));
}
END_TEST

static bool are_cleaned(void *context)
{
	(void)context;
	return sql_number("orders", "SELECT COUNT(*) FROM idempotency WHERE route = 'old'") == 0;
}

/* A round cleans more than one batch, so that jobs keep up with a busy day. Jobs start with a round after up
 * to 15 s. */
START_TEST(old_answers_are_cleaned_in_one_round)
{
	sql_run("orders", "INSERT INTO idempotency (user_id, route, idem_key, body_hash, claimed_at) "
			  "SELECT UNHEX('0199a1b2c3d47e5f8a9b0c1d2e3f4a5b'), 'old', seq, REPEAT('0', 64), "
			  "UTC_TIMESTAMP(6) - INTERVAL 40 DAY FROM seq_1_to_3500");
	part_stop("orders-jobs");
	part_start("orders-jobs");
	ck_assert(wait_until(20000, are_cleaned, NULL));
}
END_TEST

static bool is_kept_out(void *context)
{
	return api_get(context, "/api/orders")->status == 401;
}

static void restart_broker(void)
{
	int status;

	part_stop("broker");
	part_start("broker");
	operator_says(&status, "topology check");
	ck_assert_int_eq(status, 0);
}

static bool is_all_sent(void *nothing)
{
	(void)nothing;
	return unsent_events() == 0;
}

/* An event that no queue takes stays in the outbox until one does. The history takes every public event, so
 * this event is private. */
START_TEST(an_event_without_a_queue_is_not_lost)
{
	static const char *const queues[] = {"tickets.events", "orders.events", "payments.events"};
	struct visitor *v = visitor_signed_up("Ioana");
	const char *said;
	int status;

	settle(30000);
	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
		broker_unbind("stagedoor.auth", "session.revoked", queues[i]);
	ck_status(api(v, "POST", "/api/users/signout", "{}"), 200);
	said = operator_says(&status, "topology check");
	ck_assert_int_eq(status, 1);
	for (size_t i = 0; i < sizeof queues / sizeof *queues; i++)
		ck_assert_ptr_nonnull(strstr(
		    said, arena_printf(flow_arena,
				       "binding of stagedoor.auth to %s by session.revoked is missing\n",
				       queues[i])));
	ck_assert_int_eq(unsent_events(), 1);
	restart_broker();
	ck_assert(wait_until(30000, is_all_sent, NULL));
	settle(30000);
}
END_TEST

/* An event that only other queues received: a replay delivers it. */
START_TEST(an_event_that_missed_a_queue_is_replayed)
{
	static const char *const keys[] = {"order.created", "order.updated", "order.cancelled"};
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *id;
	int status;

	settle(30000);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		broker_unbind("stagedoor.orders", keys[i], "payments.events");
	id = hold(buyer, sell(seller, "Not known to payments", "5"));
	wait_order(buyer, id, "cancelled", 1000 * flow_hold_seconds() + 20000);
	operator_says(&status, "topology check");
	ck_assert_int_eq(status, 1);
	restart_broker();
	ck_assert_int_eq(unsent_events(), 0);
	ck_assert_int_gt(replica_differences(), 0);
	operator_says(&status, "replay");
	ck_assert_int_eq(status, 0);
	settle(60000);
}
END_TEST

/* As after a restore: a replica lacks events that were sent long ago. */
START_TEST(old_events_are_replayed_as_well)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *id = hold(buyer, sell(seller, "Of last week", "5"));
	int status;

	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 10000);
	settle(30000);
	sql_run("orders", "UPDATE outbox SET sent_at = sent_at - INTERVAL 7 DAY WHERE subject = '%s'", id);
	sql_run("tickets", "DELETE FROM order_replica WHERE id = UNHEX(REPLACE('%s','-',''))", id);
	ck_assert_int_eq(replica_differences(), 1);
	operator_says(&status, "replay");
	ck_assert_int_eq(status, 0);
	ck_assert(wait_until(30000, is_all_sent, NULL));
	ck_assert_int_eq(replica_differences(), 1);
	operator_says(&status, "replay all");
	ck_assert_int_eq(status, 0);
	settle(60000);
}
END_TEST

START_TEST(new_workers_refuse_ended_sessions)
{
	struct visitor *v = visitor_signed_up("Wen");
	struct visitor thief = *v;

	ck_status(api_get(&thief, "/api/orders"), 200);
	ck_status(api(v, "POST", "/api/users/signout", "{}"), 200);
	ck_assert(wait_until(10000, is_kept_out, &thief));
	for (int i = 0; i < 3; i++) {
		part_stop("orders-web");
		part_start("orders-web");
		ck_status(api_get(&thief, "/api/orders"), 401);
	}
}
END_TEST

/* A second server that starts with the same tmpdir deletes the temporary tables of this one, which then
 * crashes. */
START_TEST(the_database_shares_no_temporary_files)
{
	const char *dir = sql_text("orders", "SELECT @@tmpdir");

	ck_assert_msg(strncmp(dir, flow_state(), strlen(flow_state())) == 0, "%s", dir);
}
END_TEST

/* Each consuming program counts the dead letters every 2 s for its whole life. */
START_TEST(looking_for_dead_letters_costs_no_memory)
{
	ck_assert_uint_lt(memory_of_counts("orders", 5000), 64 * 1024);
}
END_TEST

Suite *outages_suite(void)
{
	Suite *s = suite_create("outages");
	TCase *t = tcase_create("outages");

	tcase_set_timeout(t, 240);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, without_auth_signed_in_users_can_continue);
	tcase_add_test(t, without_tickets_known_listings_are_sold_and_paid);
	tcase_add_test(t, without_orders_listings_are_made_and_edits_wait);
	tcase_add_test(t, without_payments_holds_run_and_end);
	tcase_add_test(t, poison_is_dead_lettered_and_blocks_nothing);
	tcase_add_test(t, an_event_without_a_queue_is_not_lost);
	tcase_add_test(t, an_event_that_missed_a_queue_is_replayed);
	tcase_add_test(t, old_events_are_replayed_as_well);
	tcase_add_test(t, new_workers_refuse_ended_sessions);
	tcase_add_test(t, old_answers_are_cleaned_in_one_round);
	tcase_add_test(t, the_database_shares_no_temporary_files);
	tcase_add_test(t, looking_for_dead_letters_costs_no_memory);
	tcase_add_test(t, programs_are_killed_during_sales);
	tcase_add_test(t, the_database_is_killed_and_comes_back);
	tcase_add_test(t, without_the_broker_pages_answer_and_events_wait);
	suite_add_tcase(s, t);
	return s;
}
