#include "tests/flow/buying.h"
#include <string.h>

const char *at(const char *format, const char *id)
{
	char *hole = strstr(format, "%s");

	return arena_printf(flow_arena, "%.*s%s%s", (int)(hole - format), format, id, hole + 2);
}

/* The page has each of the sentences; "" ends the list. */
void says(const struct answer *a, const char *const *sentences)
{
	for (; **sentences != '\0'; sentences++)
		ck_assert_msg(strstr(a->body, *sentences) != NULL, "the page does not say \"%s\": %.3000s",
			      *sentences, strstr(a->body, "<main"));
}

void says_not(const struct answer *a, const char *words)
{
	ck_assert_msg(strstr(a->body, words) == NULL, "the page says \"%s\": %.3000s", words,
		      strstr(a->body, "<main"));
}

struct answer *page_in(struct visitor *v, const char *language, const char *path)
{
	return http(v, "GET", path, NULL, NULL,
		    (const char *const[]){"Accept: text/html",
					  arena_printf(flow_arena, "Accept-Language: %s", language), NULL});
}

/* The page in English and in German, both valid. */
struct answer *both(struct visitor *v, const char *path, struct answer **ret_german)
{
	struct answer *english = page(v, path), *german = page_in(v, "de", path);

	ck_valid(english, path);
	ck_valid(german, path);
	ck_assert_ptr_nonnull(strstr(german->body, "lang=\"de\""));
	if (ret_german != NULL)
		*ret_german = german;
	return english;
}

const char *sell_show(struct visitor *seller)
{
	struct answer *a =
	    api(seller, "POST", "/api/tickets",
		"{\"title\":\"Winter <Strings>\",\"price\":\"38.00\",\"venue\":\"Town Hall, Leeds\","
		"\"startsAt\":\"2027-12-03T19:30:00Z\",\"timeZone\":\"Europe/London\",\"seat\":"
		"\"Row F, 12\"}");
	char *id;

	ck_status(a, 201);
	id = arena_strdup(flow_arena, text_of(a, "id"));
	ck_assert(wait_until(10000, is_replicated, id));
	return id;
}

const char *path_of(const char *order_)
{
	return at("/orders/%s", order_);
}

struct sale held(void)
{
	struct sale s = {.seller = visitor_signed_up("Ioana"), .buyer = visitor_signed_up("Tomasz")};

	s.ticket = sell_show(s.seller);
	s.order = hold(s.buyer, s.ticket);
	return s;
}

void cancel(const struct sale *s)
{
	ck_status(api(s->buyer, "DELETE", at("/api/orders/%s", s->order), NULL), 204);
}

bool is_payable(void *context)
{
	const struct sale *s = context;

	return page(s->buyer, at("/payments/%s", s->order))->status == 200;
}

const char *begin_to_pay(struct sale *s)
{
	const char *path = at("/payments/%s", s->order);
	struct answer *a;

	ck_assert(wait_until(5000, is_payable, s));
	a = page_submit(s->buyer, path, path, "");
	ck_status(a, 303);
	return a->location;
}

void pay_at_bank(const char *bank)
{
	ck_status(http(visitor_new(), "POST", bank, "application/x-www-form-urlencoded", "card=works", NULL),
		  303);
}

struct awaited {
	struct visitor *v;
	const char *path, *words;
};

static bool is_said(void *context)
{
	const struct awaited *x = context;

	return strstr(page(x->v, x->path)->body, x->words) != NULL;
}

void wait_page(struct visitor *v, const char *path, const char *words, int ms)
{
	struct awaited x = {v, path, words};

	ck_assert_msg(wait_until(ms, is_said, &x), "%s does not say \"%s\": %.3000s", path, words,
		      strstr(page(v, path)->body, "<main"));
}

static bool payments_know(void *order_)
{
	return sql_number("payments",
			  "SELECT COUNT(*) FROM order_replica WHERE id = UNHEX(REPLACE('%s','-',''))",
			  (const char *)order_) == 1;
}

void wait_as_before(const char *order_)
{
	static const char update[] =
	    "UPDATE %s SET status = 'created' WHERE id = UNHEX(REPLACE('%s','-',''))";

	ck_assert(wait_until(5000, payments_know, (void *)(uintptr_t)order_));
	sql_run("orders",
		"UPDATE orders SET held_at = NULL, status = 'created' WHERE id = "
		"UNHEX(REPLACE('%s','-',''))",
		order_);
	sql_run("payments", update, "order_replica", order_);
}

void edit_as_before(const char *ticket)
{
	sql_run("tickets",
		"UPDATE ticket SET version = 2, revision = 2, title = 'Another', price = 900 WHERE id = "
		"UNHEX(REPLACE('%s','-',''))",
		ticket);
	sql_run(
	    "tickets",
	    "INSERT INTO outbox (event_id, type, subject, version, body) SELECT "
	    "UNHEX(REPLACE(UUID(), '-', '')), 'ticket.updated', subject, 2, REPLACE(REPLACE(JSON_SET(body, "
	    "'$.type', 'ticket.updated', '$.version', 2, '$.data.version', 2, '$.data.revision', 2, "
	    "'$.data.title', 'Another', '$.data.price', 900), '\": ', '\":'), ', \"', ',\"') FROM outbox "
	    "WHERE subject = '%s' AND version = 1",
	    ticket);
}
