#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <string.h>

START_TEST(a_sale_from_sign_up_to_sold)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Winter Strings", "\"38.00\"");
	struct answer *a = order(buyer, ticket);
	const char *id;

	ck_status(a, 201);
	id = text_of(a, "id");
	ck_assert_str_eq(text_of(a, "ticket.id"), ticket);
	ck_assert_str_eq(text_of(a, "userId"), buyer->id);
	wait_order(buyer, id, "awaiting_payment", 5000);
	wait_ticket(ticket, "listed", true, 5000);
	a = pay(buyer, id, "tok_visa");
	ck_status(a, 201);
	ck_assert_str_ne(text_of(a, "id"), "");
	wait_order(buyer, id, "completed", 5000);
	wait_ticket(ticket, "sold", true, 5000);
	settle(10000);
	ck_assert_int_eq(
	    sql_number("payments", "SELECT COUNT(*) FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))",
		       id),
	    1);
}
END_TEST

/* The parts of the API that clients of the well-known Node version rely on. */
START_TEST(the_answers_that_clients_know)
{
	struct visitor *v = visitor_new(), *other = visitor_signed_up("Wen");
	struct answer *a = api_get(v, "/api/users/currentuser");
	const char *ticket;

	ck_status(a, 200);
	ck_assert_str_eq(a->body, "{\"currentUser\":null}");
	a = api(v, "POST", "/api/users/signup",
		"{\"email\":\"plain.%d@example.com\",\"password\":\"correct horse\"}",
		(int)strlen(other->email) + rand());
	ck_status(a, 201);
	a = api_get(v, "/api/users/currentuser");
	ck_assert_str_ne(text_of(a, "currentUser.id"), "");
	a = api(v, "POST", "/api/tickets", "{\"title\":\"Concert\",\"price\":20}");
	ck_status(a, 201);
	ticket = text_of(a, "id");
	ck_assert_int_eq((int)number_of(a, "price", 0), 20);
	ck_assert_int_eq((int)number_of(a, "version", 0), 1);
	ck_status(api_get(other, "/api/tickets/%s", ticket), 200);
	a = api(v, "PUT", arena_printf(flow_arena, "/api/tickets/%s", ticket),
		"{\"title\":\"Concert\",\"price\":21.5}");
	ck_status(a, 200);
	ck_status(api(v, "POST", "/api/users/signout", "{}"), 200);
	ck_assert_str_eq(api_get(v, "/api/users/currentuser")->body, "{\"currentUser\":null}");
	ck_status(api(v, "POST", "/api/tickets", "{\"title\":\"Concert\",\"price\":20}"), 401);
}
END_TEST

START_TEST(a_hold_expires_and_the_ticket_is_free_again)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz"),
		       *next = visitor_signed_up("Wen");
	const char *ticket = sell(seller, "Short hold", "12.5"), *id = hold(buyer, ticket);
	struct answer *a;

	ck_status(order(next, ticket), 409);
	wait_order(buyer, id, "cancelled", (flow_hold_seconds() + 4) * 1000);
	a = api_get(buyer, "/api/orders/%s", id);
	ck_assert_str_eq(text_of(a, "cancelReason"), "expired");
	wait_ticket(ticket, "listed", false, 5000);
	hold(next, ticket);
}
END_TEST

START_TEST(a_cancelled_order_frees_the_ticket)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Changed my mind", "12.5"), *id = hold(buyer, ticket);
	const char *path = arena_printf(flow_arena, "/api/orders/%s", id);

	ck_status(api(buyer, "DELETE", path, NULL), 204);
	ck_status(api(buyer, "DELETE", path, NULL), 204);
	wait_ticket(ticket, "listed", false, 5000);
	ck_assert_str_eq(order_status_of(buyer, id), "cancelled");
}
END_TEST

/* A held ticket is not in the list; a sold one never returns to it. */
START_TEST(held_tickets_are_not_listed)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Not for two", "1"), *id;

	ck_assert_ptr_nonnull(strstr(api_get(buyer, "/api/tickets?sort=-createdAt&limit=100")->body, ticket));
	id = hold(buyer, ticket);
	ck_assert_ptr_null(strstr(api_get(buyer, "/api/tickets?sort=-createdAt&limit=100")->body, ticket));
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_ticket(ticket, "sold", true, 5000);
	ck_assert_ptr_null(strstr(api_get(buyer, "/api/tickets?sort=-createdAt&limit=100")->body, ticket));
	ck_status(order(visitor_signed_up("Wen"), ticket), 409);
}
END_TEST

START_TEST(lists_are_paged_by_cursor)
{
	struct visitor *seller = visitor_signed_up("Pager");
	const char *next = "/api/tickets?sort=-createdAt&limit=3", *seen = "";
	int total = 0;

	for (int i = 0; i < 8; i++)
		sell(seller, arena_printf(flow_arena, "Page me %d", i), "5");
	for (int round = 0; round < 3; round++) {
		struct answer *a = http(seller, "GET", next, NULL, NULL, NULL);
		const char *link = header_of(a, "Link");

		ck_status(a, 200);
		for (int i = 0; i < 3; i++) {
			const char *id = text_of(a, arena_printf(flow_arena, "%d.id", i));

			ck_assert_ptr_null(strstr(seen, id));
			seen = arena_printf(flow_arena, "%s %s", seen, id);
			total++;
		}
		ck_assert_ptr_nonnull(strstr(link, "rel=\"next\""));
		next = arena_memdup(flow_arena, strchr(link, '<') + 1, strcspn(strchr(link, '<') + 1, ">"));
	}
	ck_assert_int_eq(total, 9);
}
END_TEST

Suite *sale_suite(void)
{
	Suite *s = suite_create("sale");
	TCase *t = tcase_create("sale");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_sale_from_sign_up_to_sold);
	tcase_add_test(t, the_answers_that_clients_know);
	tcase_add_test(t, a_hold_expires_and_the_ticket_is_free_again);
	tcase_add_test(t, a_cancelled_order_frees_the_ticket);
	tcase_add_test(t, held_tickets_are_not_listed);
	tcase_add_test(t, lists_are_paged_by_cursor);
	suite_add_tcase(s, t);
	return s;
}
