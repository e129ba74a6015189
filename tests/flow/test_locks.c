/* The lock of a listing under any order of its events. */
#include "common/base/uuid.h"
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>

static const char offer[] = "{\"title\":\"Counted\",\"price\":5}",
		  dearer[] = "{\"title\":\"Counted\",\"price\":6}";

static const char *new_id(void)
{
	uint8_t id[UUID_BYTES];
	char *text = arena_alloc(flow_arena, UUID_TEXT);

	uuid_new(id);
	uuid_print(id, text);
	return text;
}

/* Publishes a version of an order that the orders service never had, so the behaviour of tickets depends on
 * the protocol only. */
static void send_order(const char *id, const char *ticket, int at, const char *status)
{
	bool ended = strcmp(status, "cancelled") == 0;
	const char *type = ended ? "order.cancelled" : at == 1 ? "order.created" : "order.updated";

	event_send("orders", type,
		   arena_printf(flow_arena,
				"{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"/stagedoor/"
				"orders\",\"type\":\"%s\",\"subject\":\"%s\","
				"\"time\":\"2026-11-22T14:17:02Z\",\"datacontenttype\":\"application/"
				"json\",\"version\":%d,\"data\":{\"id\":\"%s\","
				"\"version\":%d,\"status\":\"%s\",\"userId\":\"%s\",\"ticketId\":\"%s\","
				"\"ticketRevision\":1,\"sellerId\":\"%s\","
				"\"title\":\"x\",\"category\":\"other\",\"venue\":null,\"startsAt\":null,"
				"\"timeZone\":null,\"seat\":null,"
				"\"price\":500,\"currency\":\"USD\",\"cancelReason\":%s,\"expiresAt\":\"2036-"
				"11-22T14:17:02Z\"}}",
				new_id(), type, id, at, id, at, status, new_id(), ticket, new_id(),
				ended ? "\"buyer\"" : "null"));
}

struct known {
	const char *id;
	int version;
};

static bool is_known(void *context)
{
	const struct known *k = context;

	return sql_number("tickets",
			  "SELECT COUNT(*) FROM order_replica WHERE id = UNHEX(REPLACE('%s','-','')) AND "
			  "version >= %d",
			  k->id, k->version) == 1;
}

static void wait_known(const char *id, int at)
{
	struct known k = {id, at};

	ck_assert_msg(wait_until(5000, is_known, &k), "tickets has not received version %d of order %s", at,
		      id);
}

static const char *holder_of(const char *ticket)
{
	return text_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "orderId");
}

START_TEST(an_order_that_ended_first_never_locks)
{
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *id = new_id(), *last = new_id();

	send_order(id, ticket, 3, "cancelled");
	send_order(id, ticket, 1, "created");
	send_order(id, ticket, 2, "awaiting_payment");
	wait_known(id, 3);
	send_order(last, ticket, 1, "created");
	wait_known(last, 1);
	ck_assert_str_eq(holder_of(ticket), last);
	ck_assert_str_eq(header_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "ETag"), "\"1.2\"");
}
END_TEST

/* The status of an order of the current protocol, and of protocol 1.0, whose order asks. */
static const char *const first_status[] = {"awaiting_payment", "created"};

START_TEST(a_waiting_order_has_its_turn)
{
	const char *status = first_status[_i];
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *first = new_id(), *second = new_id();

	send_order(first, ticket, 1, status);
	send_order(second, ticket, 1, status);
	wait_known(second, 1);
	ck_assert_str_eq(holder_of(ticket), first);
	/* the end of an order that does not hold the ticket releases nothing; the end of the holder passes
	 * the lock to the next */
	send_order(new_id(), ticket, 2, "cancelled");
	send_order(first, ticket, 2, "cancelled");
	wait_known(first, 2);
	ck_assert_str_eq(holder_of(ticket), second);
	send_order(first, ticket, 2, "cancelled");
	send_order(second, ticket, 3, "completed");
	wait_known(second, 3);
	wait_ticket(ticket, "sold", true, 5000);
	ck_assert_str_eq(holder_of(ticket), second);
}
END_TEST

START_TEST(an_edited_or_withdrawn_listing_is_not_locked)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *edited = listed(seller, offer), *withdrawn = listed(seller, offer), *one = new_id(),
		   *two = new_id();

	ck_status(api(seller, "PUT", api_ticket(edited), "%s", dearer), 200);
	ck_status(api(seller, "DELETE", api_ticket(withdrawn), "%s", ""), 204);
	send_order(one, edited, 1, "created");
	send_order(two, withdrawn, 1, "created");
	wait_known(two, 1);
	ck_assert_str_eq(holder_of(edited), "");
	ck_assert_str_eq(holder_of(withdrawn), "");
}
END_TEST

/* Orders has decided about an order of the current protocol: it may have accepted an offer that arrives here
 * later. */
START_TEST(an_order_of_another_revision_has_the_ticket)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *edited = listed(seller, offer), *withdrawn = listed(seller, offer), *one = new_id(),
		   *two = new_id();

	ck_status(api(seller, "PUT", api_ticket(edited), "%s", dearer), 200);
	ck_status(api(seller, "DELETE", api_ticket(withdrawn), "%s", ""), 204);
	send_order(one, edited, 1, "awaiting_payment");
	send_order(two, withdrawn, 1, "awaiting_payment");
	wait_known(two, 1);
	ck_assert_str_eq(holder_of(edited), one);
	ck_assert_str_eq(holder_of(withdrawn), "");
}
END_TEST

/* A sale that was undone keeps its ticket. */
START_TEST(a_returned_ticket_stays_sold)
{
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *sold = new_id(), *late = new_id();

	send_order(sold, ticket, 3, "completed");
	send_order(sold, ticket, 4, "returned");
	send_order(late, ticket, 1, "awaiting_payment");
	wait_known(late, 1);
	ck_assert_str_eq(text_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "status"), "sold");
	ck_assert_str_eq(holder_of(ticket), sold);
}
END_TEST

START_TEST(a_sale_is_kept_in_any_order_of_events)
{
	const char *ticket = listed(visitor_signed_up("Ioana"), offer), *sold = new_id(), *late = new_id();

	send_order(sold, ticket, 3, "completed");
	send_order(sold, ticket, 1, "created");
	send_order(late, ticket, 1, "created");
	send_order(late, ticket, 2, "cancelled");
	wait_known(late, 2);
	ck_assert_str_eq(text_of(api_get(visitor_new(), "/api/tickets/%s", ticket), "status"), "sold");
	ck_assert_str_eq(holder_of(ticket), sold);
}
END_TEST

Suite *locks_suite(void)
{
	Suite *s = suite_create("locks");
	TCase *t = tcase_create("locks");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, an_order_that_ended_first_never_locks);
	tcase_add_loop_test(t, a_waiting_order_has_its_turn, 0, sizeof first_status / sizeof *first_status);
	tcase_add_test(t, an_edited_or_withdrawn_listing_is_not_locked);
	tcase_add_test(t, an_order_of_another_revision_has_the_ticket);
	tcase_add_test(t, a_returned_ticket_stays_sold);
	tcase_add_test(t, a_sale_is_kept_in_any_order_of_events);
	suite_add_tcase(s, t);
	return s;
}
