#ifndef STAGEDOOR_HTML_HTML_H
#define STAGEDOOR_HTML_HTML_H

#include "common/base/buf.h"
#include "common/schema/pairs.h"

/*
 * What a template writes to. Templates are HTML files compiled to C functions (see compile.c and
 * docs/ARCHITECTURE.md):
 *
 *   {{! page_ticket_show(const struct page *page, const struct ticket *t) }}   the function's name and
 * parameters, first line
 *   {{ t->title }}                  the value, escaped as its type asks; a type without an HTML form does not
 * compile
 *   {{> form_field(page, "title", "What is it for?", …) }}   another template or any function whose first
 * parameter is struct html *
 *   {% if (x) { %} … {% } else { %} … {% } %}  {% for (…) { %} … {% } %}     C statements
 */
struct html {
	struct buf out;
	const char *currency; /* of amounts (kind money) written next; html_in sets it */
	const char *zone;     /* of times written next; NULL is UTC */
};

/* Markup made by ourselves, never from outside: the only thing that is not escaped. */
typedef struct {
	const char *v;
} markup;

/* Text, escaped for content and for quoted attributes: & < > " '. NULL writes nothing. */
void html_put_text(struct html *h, const char *s);
void html_put_markup(struct html *h, markup m);
void html_put_number(struct html *h, int64_t n);
void html_put_id(struct html *h, const uint8_t id[16]);
void html_put_money(struct html *h, money m); /* "$1,038.50" in h->currency */
void html_put_when(struct html *h,
		   when w); /* <time datetime="…Z">Thursday 3 December 2026, 19:30 GMT</time> in h->zone */
void html_put_day(struct html *h, when w);  /* the date as a block: weekday, day, month and year in h->zone */
void html_put_hour(struct html *h, when w); /* <time>19:30:05 GMT</time> in h->zone */
void html_put_choice(struct html *h, const struct kind *k,
		     int word); /* the word itself, for attributes: awaiting_payment */

/* From here on amounts are in this currency, times in this zone. Callable from a template: {{>
 * html_in(t->currency, t->time_zone) }} */
void html_in(struct html *h, currency_code code, time_zone zone);

/* html_put(h, value), the way by type to the page: see html_put.h. */
/* Included last, since it needs what stands above. */
#include "common/html/html_put.h"

/* What every page has: filled by web_page() of common/http. */
struct page {
	const char *title;     /* of the document; " – Stagedoor" is added */
	const char *signed_in; /* the user's display name, NULL when signed out */
	const char *path;      /* of this request, for aria-current and next= */
	const char *csrf;      /* value of the hidden field _csrf */
	const char *key; /* value of the hidden field _key: a new idempotency key, or the one that was sent */
	const char *notice; /* one sentence on top, NULL: none */
	const char *request_id;
	bool sandbox;                    /* payments go to the sandbox bank: say so */
	const struct problems *problems; /* never NULL */
	const struct pairs *typed;       /* what was sent and is shown again, never passwords; never NULL */
};

/* The layout: everything before and after the content of a page (templates in common/html/pages/layout.html).
 */
void layout_begin(struct html *h, const struct page *page);
void layout_end(struct html *h, const struct page *page);

/*
 * Parts of forms (common/html/pages/form.html). form_errors: the summary on top, linked to the fields.
 * form_tokens: hidden _csrf and _key. form_field: label, hint or NULL, the problem's sentence, an <input
 * id=name> of that type with autocomplete (NULL: none) and the value: what was typed, else `value`. Every
 * problem is tied by aria-describedby and aria-invalid.
 */
void form_errors(struct html *h, const struct page *page);
void form_tokens(struct html *h, const struct page *page);
void form_field(struct html *h, const struct page *page, const char *name, const char *label,
		const char *hint, const char *type, const char *autocomplete, const char *value);
void form_choice(struct html *h, const struct page *page, const char *name, const char *label,
		 const struct kind *k, int chosen);

/* What was typed into a field, else value ("" for NULL): for a template that writes its own control. */
const char *form_value(const struct page *page, const char *name, const char *value);

/* What is being bought, as a list of facts: common/html/pages/facts.html. */
void sale_facts(struct html *h, ticket_id ticket, title name, when starts, venue where, seat which,
		money cost);

/* The designed error page of any status. */
void page_error(struct html *h, const struct page *page, int status, const char *sentence);

#endif
