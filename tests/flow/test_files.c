/* Downloads: a calendar entry of a bought ticket, and the copy of a user's data. */
#include "common/base/text.h"
#include "tests/flow/buying.h"
#include "tests/flow/suites.h"
#include <string.h>

/* 120 characters that contain all that iCalendar escapes, and characters of two, three and four bytes, so
 * that folding by bytes would cut some. */
static const char long_title[] =
    "Händel; „Größe“, Öde & Ärger \\\\ "
    "🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻🎻äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü, Ende; Ausgang";

static const char *bought(struct visitor *buyer, const char *what, const char *more)
{
	struct visitor *seller = visitor_signed_up("Ioana");
	struct answer *a =
	    api(seller, "POST", "/api/tickets", "{\"title\":\"%s\",\"price\":\"38.00\"%s}", what, more);
	const char *id;

	ck_status(a, 201);
	settle(10000);
	id = hold(buyer, text_of(a, "id"));
	ck_status(pay(buyer, id, "tok_visa"), 201);
	wait_order(buyer, id, "completed", 10000);
	return id;
}

/* The lines of an iCalendar text before folding (RFC 5545, 3.1). */
static const char *unfolded(const char *text)
{
	struct buf b = BUF(flow_arena);

	for (const char *line = text; *line != '\0';) {
		size_t len = strcspn(line, "\r\n");

		ck_assert_msg(len <= 75, "a line of %zu octets: %.*s", len, (int)len, line);
		ck_assert_msg(text_is_utf8(line, len), "a character was cut: %.*s", (int)len, line);
		ck_assert_msg(strncmp(line + len, "\r\n", 2) == 0, "a line does not end in CRLF: %.*s",
			      (int)len, line);
		if (*line != ' ' && b.len > 0)
			buf_putc(&b, '\n');
		buf_add(&b, line + (*line == ' '), len - (*line == ' '));
		line += len + 2;
	}
	return buf_text(&b);
}

/* The value of a property, unescaped. */
static const char *property(const char *calendar, const char *name)
{
	const char *line = strstr(calendar, arena_printf(flow_arena, "\n%s:", name));
	struct buf b = BUF(flow_arena);

	ck_assert_msg(line != NULL, "no %s in %s", name, calendar);
	for (const char *c = line + strlen(name) + 2; *c != '\n' && *c != '\0'; c++) {
		if (*c == '\\')
			buf_putc(&b, *++c == 'n' ? '\n' : *c);
		else
			buf_putc(&b, *c);
	}
	return buf_text(&b);
}

static const char *calendar_path(const char *order_)
{
	return at("/orders/%s/calendar.ics", order_);
}

static const char *reference_of(const struct answer *calendar)
{
	return arena_memdup(flow_arena, strstr(header_of(calendar, "Content-Disposition"), "stagedoor-") + 10,
			    7);
}

/* At every position of the folds. */
START_TEST(a_bought_ticket_goes_into_a_calendar)
{
	struct visitor *buyer = visitor_signed_up("Tomasz");
	const char *id = bought(
	    buyer, arena_printf(flow_arena, "%.*s%.*s", _i, "xxx", (int)strlen(long_title) - _i, long_title),
	    ",\"venue\":\"Große Halle, Köln; Eingang B\",\"startsAt\":\"2027-12-03T19:30:00+01:00\","
	    "\"timeZone\":\"Europe/Berlin\",\"seat\":\"Parkett, Reihe 3\"");
	struct answer *a = page(buyer, calendar_path(id));
	const char *text, *url = arena_printf(flow_arena, "%s/orders/%s", flow_url(), id);

	ck_status(a, 200);
	ck_assert_str_eq(a->type, "text/calendar; charset=utf-8");
	ck_assert_str_eq(
	    header_of(a, "Content-Disposition"),
	    arena_printf(flow_arena, "attachment; filename=\"stagedoor-%s.ics\"", reference_of(a)));
	text = unfolded(a->body);
	ck_assert_ptr_eq(strstr(text, "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:"), text);
	ck_assert_int_eq((int)text_length(property(text, "SUMMARY")), 120);
	ck_assert_str_eq(property(text, "SUMMARY"),
			 text_of(api_get(buyer, "/api/orders/%s", id), "ticket.title"));
	ck_assert_ptr_nonnull(strstr(text, "Händel\\; „Größe“\\, Öde & Ärger \\\\ "));
	ck_assert_str_eq(property(text, "LOCATION"), "Große Halle, Köln; Eingang B");
	ck_assert_str_eq(property(text, "DTSTART"), "20271203T183000Z");
	ck_assert_str_eq(property(text, "UID"), arena_printf(flow_arena, "%s@127.0.0.1", id));
	ck_assert_str_eq(property(text, "URL"), url);
	ck_assert_str_eq(
	    property(text, "DESCRIPTION"),
	    arena_printf(flow_arena, "Seat: Parkett, Reihe 3\nOrder %s\n%s", reference_of(a), url));
	ck_assert_int_eq((int)strspn(property(text, "DTSTAMP"), "0123456789TZ"), 16);
	ck_assert_str_eq(page(buyer, calendar_path(id))->body, a->body);
	text = unfolded(page_in(buyer, "de", calendar_path(id))->body);
	ck_assert_ptr_nonnull(strstr(property(text, "DESCRIPTION"), "Platz: Parkett, Reihe 3\nBestellung "));
	ck_status(page(visitor_signed_up("Wen"), calendar_path(id)), 404);
}
END_TEST

START_TEST(only_bought_tickets_with_a_date_go_into_a_calendar)
{
	struct visitor *buyer = visitor_signed_up("Tomasz");
	const char *undated = bought(buyer, "Some day", ""),
		   *open = hold(buyer, sell_show(visitor_signed_up("Ioana")));
	struct answer *a = page(buyer, calendar_path(undated));

	ck_status(a, 404);
	ck_valid(a, "no calendar entry");
	SAYS(a, "There is nothing to put into a calendar");
	a = page_in(buyer, "de", calendar_path(open));
	ck_status(a, 404);
	SAYS(a, "Es gibt keinen Kalendereintrag");
}
END_TEST

START_TEST(all_own_orders_and_payments_can_be_downloaded)
{
	struct visitor *buyer = visitor_signed_up("Tomasz"), *other = visitor_signed_up("Wen");
	const char *first = bought(buyer, "Kept", ""), *second = hold(buyer, sell_show(other)),
		   *theirs = bought(other, "Not mine", "");
	struct answer *a;

	ck_status(pay(buyer, second, "tok_chargeDeclined"), 402);
	wait_order(buyer, second, "cancelled", 5000);
	a = page(buyer, "/orders/data.json");
	ck_status(a, 200);
	ck_assert_str_eq(a->type, "application/json; charset=utf-8");
	ck_assert_str_eq(header_of(a, "Content-Disposition"),
			 "attachment; filename=\"stagedoor-orders.json\"");
	ck_assert_str_eq(text_of(a, "orders.0.id"), second);
	ck_assert_str_eq(text_of(a, "orders.0.cancelReason"), "payment_failed");
	ck_assert_str_eq(text_of(a, "orders.0.ticket.venue"), "Town Hall, Leeds");
	ck_assert_str_eq(text_of(a, "orders.1.id"), first);
	ck_assert_str_eq(text_of(a, "orders.1.status"), "completed");
	ck_assert_int_eq((int)strlen(text_of(a, "orders.1.reference")), 7);
	ck_assert_str_ne(text_of(a, "orders.1.heldAt"), "");
	ck_assert_str_ne(text_of(a, "orders.1.endedAt"), "");
	ck_assert_str_eq(text_of(a, "orders.2.id"), "");
	a = page(buyer, "/payments/data.json");
	ck_status(a, 200);
	ck_assert_str_eq(header_of(a, "Content-Disposition"),
			 "attachment; filename=\"stagedoor-payments.json\"");
	ck_assert_str_eq(text_of(a, "payments.0.orderId"), second);
	ck_assert_str_eq(text_of(a, "payments.0.failureReason"), "The bank declined the card.");
	ck_assert_str_eq(text_of(a, "payments.1.orderId"), first);
	ck_assert_int_eq((int)number_of(a, "payments.1.amount", 0), 38);
	ck_assert_str_ne(text_of(a, "payments.1.settledAt"), "");
	ck_assert_str_eq(text_of(a, "payments.2.id"), "");
	ck_assert_ptr_null(strstr(a->body, theirs));
	ck_assert_ptr_null(strstr(a->body, "pi_"));
	ck_assert_ptr_null(strstr(a->body, "stripe"));
	ck_assert_str_eq(text_of(a, "next"), "");
	ck_status(page(visitor_new(), "/orders/data.json"), 303);
	ck_status(page(buyer, "/orders/data.json?cursor=nowhere"), 400);
	ck_status(page(buyer, "/payments/data.json?cursor=nowhere"), 400);
}
END_TEST

/* 0 to 9,999, as a table x with the column n. */
#define DIGITS                                                                                               \
	"(SELECT 0 AS n UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION "   \
	"SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9) "
#define NUMBERS                                                                                              \
	"(SELECT a.n + 10 * b.n + 100 * c.n + 1000 * d.n AS n FROM " DIGITS "a, " DIGITS "b, " DIGITS        \
	"c, " DIGITS "d) x"

/* An id older than all others, which belongs to the user and ends with n. */
#define OLD_ID "UNHEX(CONCAT('00', LEFT(REPLACE('%s','-',''), 22), LPAD(n, 8, '0')))"

/* The first file has the newest row and 9,999 of 10,000 more; the file that it links to has the last one. */
static void ck_two_files(struct visitor *v, const char *name, const char *newest)
{
	struct answer *a = page(v, arena_printf(flow_arena, "/%s/data.json", name));
	const char *next = text_of(a, "next");

	ck_status(a, 200);
	ck_assert_str_eq(text_of(a, arena_printf(flow_arena, "%s.0.id", name)), newest);
	ck_assert_ptr_nonnull(strstr(text_of(a, arena_printf(flow_arena, "%s.1.id", name)), "00009999"));
	ck_assert_ptr_nonnull(strstr(text_of(a, arena_printf(flow_arena, "%s.9999.id", name)), "00000001"));
	ck_assert_str_eq(text_of(a, arena_printf(flow_arena, "%s.10000.id", name)), "");
	ck_assert(strncmp(next, flow_url(), strlen(flow_url())) == 0);
	a = page(v, next + strlen(flow_url()));
	ck_status(a, 200);
	ck_assert_ptr_nonnull(strstr(text_of(a, arena_printf(flow_arena, "%s.0.id", name)), "00000000"));
	ck_assert_str_eq(text_of(a, arena_printf(flow_arena, "%s.1.id", name)), "");
	ck_assert_str_eq(text_of(a, "next"), "");
}

START_TEST(long_lists_come_in_files_of_ten_thousand)
{
	struct visitor *buyer = visitor_signed_up("Tomasz");
	const char
	    *id = bought(buyer, "One of many", ""),
	    *charge = sql_text(
		"payments",
		"SELECT LOWER(CONCAT_WS('-', LEFT(h, 8), MID(h, 9, 4), MID(h, 13, 4), MID(h, 17, 4), "
		"RIGHT(h, 12))) "
		"FROM (SELECT HEX(id) AS h FROM charge WHERE order_id = UNHEX(REPLACE('%s','-',''))) x",
		id);

	sql_run("orders",
		"INSERT INTO orders (id, version, user_id, ticket_id, ticket_revision, seller_id, title, "
		"category, price, "
		"currency, status, cancel_reason, expires_at, created_at, ended_at) SELECT " OLD_ID
		", 1, user_id, ticket_id, 1, seller_id, title, category, price, currency, 'cancelled', "
		"'buyer', expires_at, "
		"created_at, ended_at FROM orders, " NUMBERS " WHERE id = UNHEX(REPLACE('%s','-',''))",
		buyer->id, id);
	ck_two_files(buyer, "orders", id);
	sql_run("orders",
		"DELETE FROM orders WHERE user_id = UNHEX(REPLACE('%s','-','')) AND status = 'cancelled'",
		buyer->id);
	sql_run("payments",
		"INSERT INTO order_replica (id, version, status, user_id, ticket_id, ticket_revision, "
		"seller_id, title, category, "
		"price, currency, cancel_reason, expires_at) SELECT " OLD_ID
		", 1, 'cancelled', user_id, ticket_id, 1, seller_id, title, category, price, currency, "
		"'payment_failed', expires_at "
		"FROM order_replica, " NUMBERS " WHERE id = UNHEX(REPLACE('%s','-',''))",
		buyer->id, id);
	sql_run("payments",
		"INSERT INTO charge (id, version, order_id, user_id, amount, currency, status, "
		"failure_reason, stripe_intent_id, "
		"created_at, settled_at) SELECT " OLD_ID ", 1, " OLD_ID
		", user_id, amount, currency, 'failed', 'stopped', 'pi_none', created_at, settled_at "
		"FROM charge, " NUMBERS " WHERE order_id = UNHEX(REPLACE('%s','-',''))",
		buyer->id, buyer->id, id);
	ck_two_files(buyer, "payments", charge);
	sql_run("payments",
		"DELETE FROM charge WHERE user_id = UNHEX(REPLACE('%s','-','')) AND status = 'failed'",
		buyer->id);
	sql_run(
	    "payments",
	    "DELETE FROM order_replica WHERE user_id = UNHEX(REPLACE('%s','-','')) AND status = 'cancelled'",
	    buyer->id);
}
END_TEST

Suite *files_suite(void)
{
	Suite *s = suite_create("files");
	TCase *t = tcase_create("files");

	tcase_set_timeout(t, 90);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, a_bought_ticket_goes_into_a_calendar, 0, 4);
	tcase_add_test(t, only_bought_tickets_with_a_date_go_into_a_calendar);
	tcase_add_test(t, long_lists_come_in_files_of_ten_thousand);
	tcase_add_test(t, all_own_orders_and_payments_can_be_downloaded);
	suite_add_tcase(s, t);
	return s;
}
