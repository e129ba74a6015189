/* Editing a listing: no change by another window is overwritten unseen, and unchanged fields stay. */
#include "common/base/text.h"
#include "tests/flow/lists.h"
#include "tests/flow/suites.h"
#include <string.h>

static const char show[] = "{\"title\":\"%s\",\"price\":40,\"venue\":\"Hall\"}",
		  form[] =
		      "title=Mine&price=%s&category=other&venue=Hall&startsAt=&timeZone=&seat=&faceValue=&"
		      "currency=USD";

static const char *typed(const char *price)
{
	return arena_printf(flow_arena, form, price);
}

static const char *edit_page(const char *ticket)
{
	return arena_printf(flow_arena, "/tickets/%s/edit", ticket);
}

static void change(struct visitor *seller, const char *ticket, const char *name)
{
	ck_status(api(seller, "PUT", api_ticket(ticket), show, name), 200);
}

static const char *title_of(struct visitor *v, const char *ticket)
{
	return text_of(api_get(v, "/api/tickets/%s", ticket), "title");
}

/* Submits the form of a received page with other fields and the revision that the page has. */
static struct answer *send_again(struct visitor *v, const struct answer *a, const char *target,
				 const char *fields)
{
	return page_send(
	    v, target,
	    arena_printf(flow_arena, "%s&revision=%s&_csrf=%s&_key=%s", fields,
			 between(a, "name=\"revision\" value=\"", "\""),
			 between(a, "name=\"_csrf\" value=\"", "\""),
			 text_percent_encode(flow_arena, between(a, "name=\"_key\" value=\"", "\""))));
}

START_TEST(a_conflict_shows_what_differs)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket =
	    listed(seller, "{\"title\":\"First\",\"price\":40,\"venue\":\"Hall\",\"category\":"
			   "\"theatre\",\"startsAt\":\"2031-05-04T19:30:00Z\",\"timeZone\":"
			   "\"Europe/London\"}");
	const char *edit = arena_printf(flow_arena, "/tickets/%s/edit", ticket), *target, *body;
	struct answer *a;

	/* the form is open; then the listing is changed elsewhere */
	body =
	    page_fill(seller, edit, "/edit",
		      "title=Mine&price=40&category=theatre&venue=Hall&startsAt=2031-05-04T20%3A30&timeZone="
		      "Europe%2FLondon&seat=Row+G&faceValue=&currency=USD",
		      &target);
	ck_status(
	    api(seller, "PUT", api_ticket(ticket),
		"{\"title\":\"Theirs\",\"price\":40,\"venue\":\"Hall\",\"category\":\"theatre\",\"startsAt\":"
		"\"2031-05-04T19:30:00Z\",\"timeZone\":\"Europe/London\"}"),
	    200);
	a = page_send(seller, target, body);
	ck_status(a, 409);
	ck_valid(a, "a conflict");
	spot(a, "changed since you opened it");
	spot(a,
	     "<tr class=\"differs\"><th scope=\"row\">Title</th><td>Theirs</td><td>Mine <strong>(differs)");
	spot(a, "<tr class=\"differs\"><th scope=\"row\">Seat</th><td><span "
		"class=\"hint\">none</span></td><td>Row "
		"G <strong>(differs)");
	/* equal values are not marked, even if they are written differently */
	spot(a, "<tr><th scope=\"row\">Price</th><td>$40.00</td><td>$40.00</td></tr>");
	spot(a, "<tr><th scope=\"row\">Category</th><td>Theatre</td><td>Theatre</td></tr>");
	spot(a, "<tr><th scope=\"row\">Venue</th><td>Hall</td><td>Hall</td></tr>");
	ck_assert_ptr_null(strstr(a->body, "<tr class=\"differs\"><th scope=\"row\">Start"));
	/* the form below has the input and the current revision: submitting it again saves it */
	spot(a, "name=\"revision\" value=\"2\"");
	spot(a, "value=\"Mine\"");
	ck_assert_str_eq(link_of(a, ">Keep what stands now"), edit);
	body = arena_printf(
	    flow_arena, "%s&_csrf=%s&_key=%s",
	    "title=Mine&price=40&category=theatre&venue=Hall&startsAt=&timeZone=&seat=&faceValue="
	    "&currency=USD&revision=2",
	    between(a, "name=\"_csrf\" value=\"", "\""), "again-1");
	ck_status(page_send(seller, target, body), 303);
	ck_assert_str_eq(text_of(api_get(seller, "/api/tickets/%s", ticket), "title"), "Mine");
}
END_TEST

/* A form with errors is still compared with the revision that it was filled in from: the page shows the
 * conflict and the errors. */
START_TEST(a_fault_hides_no_conflict)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *ticket = listed(seller, arena_printf(flow_arena, show, "First")), *target, *body;
	struct answer *a;

	body = page_fill(seller, edit_page(ticket), "/edit", typed("abc"), &target);
	/* without another change there is nothing to compare */
	a = page_send(seller, target, body);
	ck_status(a, 400);
	ck_lacks(a, "class=\"differs\"");
	spot(a, "name=\"revision\" value=\"1\"");
	change(seller, ticket, "Theirs");
	a = page_send(seller, target, body);
	ck_status(a, 400);
	ck_valid(a, "a fault and a conflict");
	spot(a, "id=\"price-wrong\"");
	spot(a, "The listing was changed since you opened it");
	spot(a,
	     "<tr class=\"differs\"><th scope=\"row\">Title</th><td>Theirs</td><td>Mine <strong>(differs)");
	/* input that cannot be parsed is shown as typed */
	spot(a, "<tr class=\"differs\"><th scope=\"row\">Price</th><td>$40.00</td><td>abc <strong>(differs)");
	spot(a, "<tr><th scope=\"row\">Venue</th><td>Hall</td><td>Hall</td></tr>");
	/* the seller has seen the comparison */
	spot(a, "name=\"revision\" value=\"2\"");
	ck_status(send_again(seller, a, target, typed("41")), 303);
	ck_assert_str_eq(title_of(seller, ticket), "Mine");
}
END_TEST

/* "Try again" of a form that was not compared because the ticket was held. */
START_TEST(a_hold_hides_no_conflict)
{
	struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
	const char *ticket = listed(seller, arena_printf(flow_arena, show, "First")), *target, *body, *id;
	struct answer *a;

	body = page_fill(seller, edit_page(ticket), "/edit", typed("41"), &target);
	change(seller, ticket, "Theirs");
	settle(10000);
	id = hold(buyer, ticket);
	a = page_send(seller, target, body);
	ck_status(a, 409);
	spot(a, "A buyer is holding this ticket");
	spot(a, "name=\"revision\" value=\"1\"");
	ck_status(api(buyer, "DELETE", arena_printf(flow_arena, "/api/orders/%s", id), "%s", ""), 204);
	wait_ticket(ticket, "listed", false, 5000);
	a = send_again(seller, a, target, typed("41"));
	ck_status(a, 409);
	spot(a, "<td>Theirs</td><td>Mine <strong>(differs)");
	ck_assert_str_eq(title_of(seller, ticket), "Theirs");
	ck_status(send_again(seller, a, target, typed("41")), 303);
	ck_assert_str_eq(title_of(seller, ticket), "Mine");
}
END_TEST

START_TEST(a_form_kept_over_a_sign_in_hides_no_conflict)
{
	struct visitor *seller = visitor_signed_up("Ioana"),
		       *elsewhere = arena_alloc(flow_arena, sizeof *elsewhere);
	const char *ticket = listed(seller, arena_printf(flow_arena, show, "First")), *target, *body;
	struct answer *a;

	*elsewhere = (struct visitor){seller->email, seller->password, seller->id, ""};
	ck_status(api(elsewhere, "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"}",
		      seller->email, seller->password),
		  200);
	body = page_fill(seller, edit_page(ticket), "/edit", typed("41"), &target);
	ck_status(api(seller, "POST", "/api/users/signout", "{}"), 200);
	change(elsewhere, ticket, "Theirs");
	a = page_send(seller, target, body);
	ck_status(a, 303);
	a = page_submit(seller, a->location, "/signin",
			arena_printf(flow_arena, "email=%s&password=%s",
				     text_percent_encode(flow_arena, seller->email),
				     text_percent_encode(flow_arena, seller->password)));
	ck_status(a, 303);
	a = page(seller, a->location);
	ck_status(a, 200);
	spot(a, "The listing was changed since you opened it");
	spot(a, "<td>Theirs</td><td>Mine <strong>(differs)");
	spot(a, "name=\"revision\" value=\"2\"");
	/* a new form has nothing to compare */
	ck_status(send_again(seller, a, target, typed("41")), 303);
	ck_lacks(page(seller, edit_page(ticket)), "changed since you opened it");
}
END_TEST

/* A form field has neither an offset nor fractions of a second: the start that it shows counts as unchanged,
 * even in the hour that occurs twice in autumn. */
START_TEST(an_unchanged_start_stays)
{
	static const char fields[] =
	    "title=%s&price=41&category=other&venue=&startsAt=2031-10-26T0%s%%3A30&timeZone="
	    "Europe%%2FBerlin&seat=&faceValue=&currency=USD";
	struct visitor *seller = visitor_signed_up("Ioana");
	const char *twice = "2031-10-26T01:30:00.250000Z",
		   *ticket =
		       listed(seller, arena_printf(flow_arena,
						   "{\"title\":\"Night\",\"price\":40,\"startsAt\":\"%s\","
						   "\"timeZone\":\"Europe/Berlin\"}",
						   twice)),
		   *target, *body;
	struct answer *a = page(seller, edit_page(ticket));

	spot(a, "value=\"2031-10-26T02:30\"");
	ck_status(
	    page_submit(seller, edit_page(ticket), "/edit", arena_printf(flow_arena, fields, "Later", "2")),
	    303);
	a = api_get(seller, "/api/tickets/%s", ticket);
	ck_assert_str_eq(text_of(a, "title"), "Later");
	ck_assert_str_eq(text_of(a, "startsAt"), twice);
	/* it is not shown as a difference either */
	body = page_fill(seller, edit_page(ticket), "/edit", arena_printf(flow_arena, fields, "Mine", "2"),
			 &target);
	ck_status(
	    api(seller, "PUT", api_ticket(ticket),
		"{\"title\":\"Theirs\",\"price\":40,\"startsAt\":\"%s\",\"timeZone\":\"Europe/Berlin\"}",
		twice),
	    200);
	a = page_send(seller, target, body);
	ck_status(a, 409);
	spot(a, "<tr><th scope=\"row\">Start</th>");
	/* another start is a change */
	ck_status(
	    page_submit(seller, edit_page(ticket), "/edit", arena_printf(flow_arena, fields, "Later", "3")),
	    303);
	ck_assert_str_eq(text_of(api_get(seller, "/api/tickets/%s", ticket), "startsAt"),
			 "2031-10-26T02:30:00Z");
}
END_TEST

Suite *edits_suite(void)
{
	Suite *s = suite_create("edits");
	TCase *t = tcase_create("edits");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, a_conflict_shows_what_differs);
	tcase_add_test(t, a_fault_hides_no_conflict);
	tcase_add_test(t, a_hold_hides_no_conflict);
	tcase_add_test(t, a_form_kept_over_a_sign_in_hides_no_conflict);
	tcase_add_test(t, an_unchanged_start_stays);
	suite_add_tcase(s, t);
	return s;
}
