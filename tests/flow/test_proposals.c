/* A seller's change or withdrawal is proposed, and orders decides it. */
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char dearer[] = "{\"title\":\"Proposed\",\"price\":6}";

static struct answer *ticket_now(const char *ticket)
{
	return api_get(visitor_new(), "/api/tickets/%s", ticket);
}

static const char *edit_path(const char *ticket)
{
	return arena_printf(flow_arena, "/tickets/%s/edit", ticket);
}

/* As if the event of the order had not arrived at tickets yet. */
static void forget_holder(const char *ticket)
{
	sql_run("tickets", "UPDATE ticket SET order_id = NULL WHERE id = UNHEX(REPLACE('%s','-',''))",
		ticket);
}

static struct answer *ticket_page_of(struct visitor *seller, const char *ticket)
{
	return page(seller, arena_printf(flow_arena, "/tickets/%s", ticket));
}

START_TEST(a_change_is_saved_at_once)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Proposed", "5");
	struct answer *a = page_submit(seller, edit_path(ticket), "/edit", "price=6");

	ck_status(a, 303);
	a = page(seller, header_of(a, "Location"));
	(void)spot(a, "The listing is saved.");
	(void)spot(a, "$6.00");
	ck_lacks(ticket_page_of(seller, ticket), "The listing is saved.");
	a = ticket_now(ticket);
	ck_assert_int_eq((int)number_of(a, "revision", 0), 2);
	ck_assert_str_eq(text_of(a, "proposal"), "");
	/* the same again proposes nothing */
	a = api(seller, "PUT", api_ticket(ticket), "%s", dearer);
	ck_status(a, 200);
	ck_assert_int_eq((int)number_of(a, "version", 0), 3);
}
END_TEST

/* Orders knows of a buyer, and tickets not yet. */
START_TEST(a_refused_change_keeps_what_was_typed)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Proposed", "5"), *id = hold(buyer, ticket);
	const char *since = "The listing was not changed: somebody has been buying this ticket since ";
	struct answer *a;

	forget_holder(ticket);
	a = page_submit(seller, edit_path(ticket), "/edit", "title=Typed+by+its+seller&price=6");
	ck_status(a, 409);
	(void)spot(a, since);
	(void)spot(a, "value=\"Typed by its seller\"");
	(void)spot(ticket_page_of(seller, ticket), since);
	ck_lacks(ticket_page_of(buyer, ticket), since);
	a = page(seller, edit_path(ticket));
	(void)spot(a, since);
	(void)spot(a, "value=\"Typed by its seller\"");
	(void)spot(a, "value=\"6.00\"");
	a = api(seller, "PUT", api_ticket(ticket), "%s", dearer);
	ck_status(a, 409);
	(void)spot(a, since);
	ck_assert_int_eq((int)number_of(a, "current.price", 0), 5);
	a = api(seller, "DELETE", api_ticket(ticket), "%s", "");
	ck_status(a, 409);
	(void)spot(a, "The listing was not withdrawn: somebody has been buying this ticket since ");
	(void)spot(page(seller, arena_printf(flow_arena, "/tickets/%s/withdraw", ticket)),
		   "The listing was not withdrawn");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), NULL), 204);
	settle(10000);
	/* the buyer has gone */
	a = ticket_page_of(seller, ticket);
	(void)spot(a, "This listing was not withdrawn: a buyer was there first (");
	(void)spot(a, "You can send it again now.");
	(void)spot(page(seller, arena_printf(flow_arena, "/tickets/%s/withdraw", ticket)),
		   "This listing was not withdrawn: a buyer was there first (");
	/* numbers 2 to 4 were refused, and none is used twice */
	a = api(seller, "PUT", api_ticket(ticket), "%s", dearer);
	ck_status(a, 200);
	ck_assert_int_eq((int)number_of(a, "revision", 0), 5);
	ck_lacks(page(seller, edit_path(ticket)), "not changed");
	ck_lacks(ticket_page_of(seller, ticket), "a buyer was there first");
}
END_TEST

static bool is_withdrawn(void *ticket)
{
	return strcmp(text_of(ticket_now(ticket), "status"), "withdrawn") == 0;
}

/* Orders is away; the page that the seller was led to tells the outcome once it is known. */
START_TEST(the_outcome_is_told_later)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Proposed", "5"), *shown;
	struct answer *a;

	part_stop("orders-events");
	a = page_submit(seller, edit_path(ticket), "/edit", "price=6");
	ck_status(a, 303);
	shown = arena_strdup(flow_arena, header_of(a, "Location"));
	ck_assert_str_eq(shown, arena_printf(flow_arena, "/tickets/%s?proposal=2", ticket));
	(void)spot(page(seller, shown), "Your change is on its way.");
	part_start("orders-events");
	settle(10000);
	a = page(seller, shown);
	(void)spot(a, "The listing is saved.");
	(void)spot(a, "$6.00");
	ck_lacks(ticket_page_of(seller, ticket), "The listing is saved.");
	ck_lacks(page(visitor_new(), shown), "The listing is saved.");
	/* not of the next proposal */
	ck_status(api(seller, "PUT", api_ticket(ticket), "{\"title\":\"Proposed\",\"price\":7}"), 200);
	ck_lacks(page(seller, shown), "The listing is saved.");
}
END_TEST

static int64_t decided(const char *ticket)
{
	return sql_number(
	    "orders", "SELECT decided FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-',''))", ticket);
}

static bool is_decided(void *ticket)
{
	return decided(ticket) == 2;
}

static bool is_third_version(void *ticket)
{
	return sql_number("orders",
			  "SELECT version FROM ticket_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			  (const char *)ticket) == 3;
}

/* Tickets does not apply the decision yet, and makes a newer version of the listing for another reason. */
START_TEST(an_accepted_withdrawal_is_not_forgotten)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = sell(seller, "Proposed", "5");
	char *body;

	part_stop("tickets-events");
	ck_status(api(seller, "DELETE", api_ticket(ticket), NULL), 202);
	ck_assert(wait_until(10000, is_decided, (void *)(uintptr_t)ticket));
	ck_status(order(buyer, ticket), 409);
	body = arena_strdup(
	    flow_arena,
	    sql_text(
		"tickets",
		"SELECT REPLACE(body, '\"version\":2', '\"version\":3') FROM outbox WHERE subject = '%s' "
		"ORDER BY id DESC LIMIT 1",
		ticket));
	ck_assert_ptr_nonnull(strstr(body, "\"version\":3"));
	event_send("tickets", "ticket.updated", body);
	ck_assert(wait_until(10000, is_third_version, (void *)(uintptr_t)ticket));
	ck_status(order(buyer, ticket), 409);
	/* what was made up here is as if it had never been */
	sql_run("orders", "UPDATE ticket_replica SET version = 2 WHERE id = UNHEX(REPLACE('%s','-',''))",
		ticket);
	part_start("tickets-events");
	ck_assert(wait_until(10000, is_withdrawn, (void *)(uintptr_t)ticket));
	settle(10000);
}
END_TEST

enum { EDITORS = 4, EDITS = 12 };

/* 200, 202, or 409 because the change before is not decided yet: nobody is buying. */
static int edit_again_and_again(struct visitor *seller, const char *ticket, int editor)
{
	for (int i = 0; i < EDITS; i++) {
		struct answer *a = api(seller, "PUT", api_ticket(ticket),
				       "{\"title\":\"Proposed\",\"price\":%d}", 10 + editor * EDITS + i);

		if (a->status != 200 && a->status != 202 &&
		    (a->status != 409 || strstr(a->body, "still on its way") == NULL))
			return 1;
	}
	return 0;
}

START_TEST(several_programs_edit_at_once)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Proposed", "5");
	int status;

	for (int i = 0; i < EDITORS; i++)
		if (fork() == 0)
			_exit(edit_again_and_again(seller, ticket, i));
	for (int i = 0; i < EDITORS; i++) {
		ck_assert_int_gt(wait(&status), 0);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	}
	settle(10000);
	ck_assert_int_eq((int)number_of(ticket_now(ticket), "revision", 0), (int)decided(ticket));
}
END_TEST

/* Tickets alone is away: what orders has decided is applied when it is back. */
START_TEST(a_decision_waits_for_tickets)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Proposed", "5");

	part_stop("tickets-events");
	ck_status(api(seller, "PUT", api_ticket(ticket), "%s", dearer), 202);
	ck_assert(wait_until(10000, is_decided, (void *)(uintptr_t)ticket));
	ck_assert_int_eq((int)number_of(ticket_now(ticket), "price", 0), 5);
	part_start("tickets-events");
	settle(10000);
	ck_assert_int_eq((int)number_of(ticket_now(ticket), "price", 0), 6);
}
END_TEST

/* A decision that comes again, or late, changes nothing. */
START_TEST(decisions_come_in_any_order)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Proposed", "5");
	struct answer *a;

	for (int price = 6; price < 9; price++)
		ck_status(
		    api(seller, "PUT", api_ticket(ticket), "{\"title\":\"Proposed\",\"price\":%d}", price),
		    200);
	settle(10000);
	events_again("orders", ticket, EVENTS_REVERSED);
	events_again("tickets", ticket, EVENTS_SHUFFLED);
	settle(10000);
	a = ticket_now(ticket);
	ck_assert_int_eq((int)number_of(a, "price", 0), 8);
	ck_assert_int_eq((int)number_of(a, "revision", 0), 4);
	ck_assert_int_eq((int)number_of(a, "version", 0), 7);
}
END_TEST

/* Orders is away, so the proposal waits; the key gets the first answer again. */
START_TEST(an_undecided_proposal_is_answered_202)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = sell(seller, "Proposed", "5");
	struct answer *a;

	part_stop("orders-events");
	for (int again = 0; again < 2; again++) {
		a = api_with(seller, "DELETE", api_ticket(ticket), "Idempotency-Key: take-it-back", NULL);
		ck_status(a, 202);
		ck_assert_str_eq(text_of(a, "status"), "listed");
		ck_assert_int_eq((int)number_of(a, "proposal", 0), 2);
		ck_assert_str_eq(header_of(a, "Idempotency-Replayed"), again ? "true" : "");
	}
	ck_status(api(seller, "PUT", api_ticket(ticket), "%s", dearer), 409);
	(void)spot(page(seller, edit_path(ticket)), "Your change is on its way");
	part_start("orders-events");
	ck_assert(wait_until(10000, is_withdrawn, (void *)(uintptr_t)ticket));
	settle(10000);
}
END_TEST

Suite *proposals_suite(void)
{
	Suite *s = suite_create("proposals");
	TCase *t = tcase_create("proposals");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_change_is_saved_at_once);
	tcase_add_test(t, a_refused_change_keeps_what_was_typed);
	tcase_add_test(t, decisions_come_in_any_order);
	tcase_add_test(t, an_undecided_proposal_is_answered_202);
	tcase_add_test(t, the_outcome_is_told_later);
	tcase_add_test(t, an_accepted_withdrawal_is_not_forgotten);
	tcase_add_test(t, several_programs_edit_at_once);
	tcase_add_test(t, a_decision_waits_for_tickets);
	suite_add_tcase(s, t);
	return s;
}
