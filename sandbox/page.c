#include "sandbox/page.h"
#include "sandbox/fault.h"
#include "sandbox/form.h"
#include "sandbox/session.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char page_css[] = ":root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }\n"
			"body { max-width: 32rem; margin: 0 auto; padding: 1rem; }\n"
			".sandbox { border: 2px solid #b45309; padding: .5rem 1rem; }\n"
			".error { border: 2px solid #dc2626; padding: .5rem 1rem; }\n"
			".amount { font-size: 1.75rem; font-weight: 700; margin: 0; }\n"
			"fieldset { border: 1px solid #8888; padding: .5rem 1rem; margin: 1rem 0; }\n"
			"label { display: block; padding: .5rem 0; }\n"
			"button { font: inherit; padding: .75rem 1.5rem; }\n"
			"a:focus-visible, button:focus-visible, input:focus-visible { outline: 3px solid; "
			"outline-offset: 2px; }\n";

static const struct way {
	const char *value, *token, *label;
} ways[] = {
    {"works", "tok_visa", "Card that works"},
    {"declined", "tok_chargeDeclined", "Card that is declined"},
    {"slow", "tok_slow", "Slow bank (5 seconds)"},
    {"late", "tok_late", "Bank that answers after the deadline"},
};

static void put_text(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc(*text, out);
		}
	}
}

static void put_money(FILE *out, const json_t *session)
{
	json_int_t amount = json_integer_value(json_object_get(session, "amount_total"));

	for (const char *p = json_string_value(json_object_get(session, "currency")); *p != '\0'; p++)
		fputc(*p - 'a' + 'A', out);
	fprintf(out, " %lld.%02lld", amount / 100, amount % 100);
}

static void put_head(FILE *out, const char *title)
{
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s – bank "
		"sandbox</title>\n"
		"<link rel=\"stylesheet\" href=\"/pay.css\">\n</head>\n<body>\n<main>\n<h1>%s</h1>\n"
		"<p class=\"sandbox\"><strong>This is a sandbox.</strong> No money moves, and no card number "
		"is asked for.</p>\n",
		title, title);
}

static void put_link(FILE *out, const char *url, const char *label)
{
	fputs("<p><a href=\"", out);
	put_text(out, url);
	fprintf(out, "\">%s</a></p>\n", label);
}

static void put_items(FILE *out, const json_t *session)
{
	size_t i;
	json_t *item;

	fputs("<h2>What you pay for</h2>\n<ul>\n", out);
	json_array_foreach(json_object_get(session, "_items"), i, item)
	{
		json_int_t quantity = json_integer_value(json_object_get(item, "quantity"));

		fputs("<li>", out);
		put_text(out, json_string_value(json_object_get(item, "name")));
		if (quantity > 1)
			fprintf(out, " × %lld", quantity);
		fputs("</li>\n", out);
	}
	fputs("</ul>\n<p class=\"amount\">", out);
	put_money(out, session);
	fputs("</p>\n", out);
}

static void put_form(FILE *out, const json_t *session)
{
	fputs("<form method=\"post\" action=\"/pay/", out);
	put_text(out, json_string_value(json_object_get(session, "id")));
	fputs("\">\n<fieldset>\n<legend>Pay with</legend>\n", out);
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		fprintf(out,
			"<label><input type=\"radio\" name=\"card\" value=\"%s\"%s required> %s</label>\n",
			ways[i].value, i == 0 ? " checked" : "", ways[i].label);
	fputs("</fieldset>\n<button type=\"submit\">Pay ", out);
	put_money(out, session);
	fputs("</button>\n</form>\n", out);
}

static void put_session(FILE *out, const json_t *session, const char *error)
{
	static const char *const titles[] = {
	    [SESSION_OPEN] = "Pay",
	    [SESSION_DECIDING] = "Your bank is still deciding",
	    [SESSION_COMPLETE] = "This is paid",
	    [SESSION_EXPIRED] = "This payment has expired",
	};
	static const char *const sentences[] = {
	    [SESSION_OPEN] = NULL,
	    [SESSION_DECIDING] = "The payment is on its way. There is nothing left to do here; load the page "
				 "again to see how it ended.",
	    [SESSION_COMPLETE] = "The payment was made. It cannot be made twice.",
	    [SESSION_EXPIRED] = "The shop has ended this payment, or nobody paid in time. Nothing was taken.",
	};
	enum session_state state = session_state(session);
	const char *back;
	char *done;
	bool paid;

	put_head(out, titles[state]);
	if (error != NULL)
		fprintf(out, "<p class=\"error\" role=\"alert\">%s</p>\n", error);
	if (sentences[state] != NULL)
		fprintf(out, "<p>%s</p>\n", sentences[state]);
	put_items(out, session);
	if (state == SESSION_OPEN)
		put_form(out, session);
	back = json_string_value(json_object_get(session, "cancel_url"));
	done = session_success_url(session);
	paid = state == SESSION_COMPLETE || state == SESSION_DECIDING;
	if (paid || back != NULL)
		put_link(out, paid ? done : back, "Back to the shop");
	free(done);
	fputs("</main>\n</body>\n</html>\n", out);
}

static struct page render_session(unsigned status, const json_t *session, const char *error)
{
	struct page page = {.status = status};
	size_t size;
	FILE *out = open_memstream(&page.html, &size);

	if (out == NULL)
		abort();
	put_session(out, session, error);
	fclose(out);
	return page;
}

struct page page_message(unsigned status, const char *message)
{
	struct page page = {.status = status};
	size_t size;
	FILE *out = open_memstream(&page.html, &size);

	if (out == NULL)
		abort();
	put_head(out, message);
	fputs("</main>\n</body>\n</html>\n", out);
	fclose(out);
	return page;
}

struct page page_show(const char *session_id)
{
	const json_t *session;
	struct page page;

	book_lock();
	session = book_get("sessions", session_id);
	page = session != NULL ? render_session(200, session, NULL)
			       : page_message(404, "There is no such payment");
	book_unlock();
	book_keep();
	return page;
}

static const struct way *way_of(const char *body, size_t size)
{
	json_t *form = form_parse(body, size);
	const char *card = form_text(form, "card");
	const struct way *found = NULL;

	for (size_t i = 0; card != NULL && i < sizeof ways / sizeof *ways; i++) {
		if (strcmp(ways[i].value, card) == 0)
			found = &ways[i];
	}
	json_decref(form);
	return found;
}

/* Starts the payment and waits for a slow bank. False when the bank is stopping. */
static bool pay_and_wait(json_t *session, const struct way *way)
{
	bool slow = strcmp(way->value, "slow") == 0, late = strcmp(way->value, "late") == 0;

	session_pay(session, way->token, slow ? delay_ms("slow_ms") : late ? delay_ms("late_ms") : 0);
	book_commit();
	while (slow && session_state(session) == SESSION_DECIDING) {
		if (!book_wait(now_ms() + 1000))
			return false;
	}
	return true;
}

static struct page pay_and_show(json_t *session, const struct way *way)
{
	if (session_state(session) == SESSION_OPEN && !pay_and_wait(session, way))
		return (struct page){0};
	switch (session_state(session)) {
	case SESSION_OPEN:
		return render_session(402, session,
				      "Your card was declined. Nothing was taken; you can try another card.");
	case SESSION_EXPIRED:
		return render_session(410, session, NULL);
	default:
		return (struct page){.status = 303, .location = session_success_url(session)};
	}
}

struct page page_pay(const char *session_id, const char *body, size_t size)
{
	const struct way *way = way_of(body, size);
	struct page page;
	json_t *session;

	book_lock();
	session = json_incref(book_get("sessions", session_id));
	if (session == NULL)
		page = page_message(404, "There is no such payment");
	else if (way == NULL)
		page = render_session(400, session, "Choose one of the cards.");
	else
		page = pay_and_show(session, way);
	json_decref(session);
	book_unlock();
	book_keep();
	return page;
}
