#ifndef STAGEDOOR_HTML_HTML_H
#define STAGEDOOR_HTML_HTML_H

#include "common/base/buf.h"
#include "common/base/locale.h"
#include "common/schema/form_params.h"

/*
 * What a template writes to. Templates are HTML files compiled to C functions (common/html/compile.c):
 *
 *   {{! page_x(const struct page *page, const struct x *x) }}
 *                              the function's name and parameters: the first line
 *   {{# #include "…" }}        a line of C before the function: what the parameters need
 *   {{ x->title }}             the value, escaped by its type; a type without an HTML form does not compile
 *   {{> form_field(page, …) }} another template, or any function whose first parameter is struct html *
 *   {% if (x) { %} … {% } %}   C statements
 */
struct html {
	struct buf out;
	const struct locale *locale; /* of the reader; NULL is the first of locales.def */
	const char *currency;        /* of amounts (kind money) written next; html_in sets it */
	const char *zone;            /* of times written next, the venue's; NULL is UTC */
	const char *viewer_zone;     /* of moments that concern the reader; NULL: the same as zone */
};

/* Markup made by ourselves, never from outside: the only thing that is not escaped. */
typedef struct {
	const char *v;
} markup;

/* Each writes a value of one type; html_put.h chooses by the type. Text is escaped for content and for quoted
 * attributes (& < > " '). NULL, and a time or an amount that is null, write nothing. */
void html_put_text(struct html *h, const char *s);
void html_put_markup(struct html *h, markup m);
void html_put_number(struct html *h, int64_t n); /* as programs write it: 12345 */
void html_put_id(struct html *h, const uint8_t id[16]);
void html_put_money(struct html *h, money m); /* "$1,038.50" in h->currency */
/* <time datetime="…Z">Thursday, December 3, 2026 at 7:30 PM GMT</time> in h->zone */
void html_put_when(struct html *h, when w);
/* the word itself, for attributes: awaiting_payment */
void html_put_choice(struct html *h, const struct kind *k, const void *value);
void html_put_message(struct html *h, struct message w); /* in the reader's language */

/*
 * Times in other forms, each a <time> in h's arena, for use as values and in sentences; "" for a null time:
 *
 *   html_hour      7:30:05 PM GMT                      the viewer's zone
 *   html_moment    Dec 3, 2026, 7:30:05 PM GMT         the viewer's zone
 *   html_clock     7:30 PM                             h->zone
 *   html_day       the date block of a stub            h->zone
 *   html_ago       2 hours ago                         then, as seen at now
 */
markup html_hour(struct html *h, when w);
markup html_moment(struct html *h, when w);
markup html_clock(struct html *h, when w);
markup html_day(struct html *h, when w);
markup html_ago(struct html *h, when then, when now);

/* Part of a sentence as a link: tr_x(h, html_link(h, "/"), LINK_END) for "… {0}show all{1}". */
markup html_link(struct html *h, const char *url);
#define LINK_END ((markup){"</a>"})

/* The text of a list of messages (declare_messages.h) in the reader's language, as a string. */
#define TR(h, text) message_in((h)->locale, text)

/* BCP 47 tag of the reader's locale, for <html lang>. */
const char *html_lang(const struct html *h);

/* What declare_messages.h makes of its rows: args are markup. html_aside: a writer of its own for a value. */
struct html html_aside(const struct html *h);
void html_tr(struct html *h, struct message w, const char *const *args, size_t count);
void html_tr_plural(struct html *h, struct message w, int64_t n, const char *const *args, size_t count);

/* From here on amounts are in this currency, times in this zone. Callable from a template: {{>
 * html_in(t->currency, t->time_zone) }} */
void html_in(struct html *h, currency_code code, time_zone zone);

/* html_put(h, value), the way by type to the page: see html_put.h. */
/* Included last, since it needs what stands above. */
#include "common/html/html_put.h"

/* What every page has: filled by web_page() of common/http. */
struct page {
	const char *title;     /* of the document; " – Stagedoor" is added */
	markup head;           /* what else stands in <head>; NULL: nothing */
	const char *signed_in; /* the user's display name, NULL when signed out */
	const char *path;      /* of this request, for aria-current and next= */
	const char *csrf;      /* value of the hidden field _csrf */
	const char *owner;     /* value of the hidden field _owner: whose form this is; "" when signed out */
	const char *key;       /* value of the hidden field _key: a new idempotency key, or the one sent */
	const char *message;   /* one sentence on top; NULL: no sentence */
	const char *request_id;
	bool sandbox;                    /* payments go to the sandbox bank: say so */
	const struct problems *problems; /* never NULL */
	const struct form_params *typed; /* what was sent and is shown again, never passwords; never NULL */
};

/* The layout: everything before and after the content of a page (templates in common/html/pages/layout.html).
 */
void layout_begin(struct html *h, const struct page *page);
void layout_end(struct html *h, const struct page *page);

/*
 * Parts of forms (common/html/pages/form.html). form_errors: the summary on top, linked to the fields.
 * form_tokens: hidden _csrf and _key. form_input: label, hint or NULL, the problem's sentence, an <input
 * id=name> of that type ("decimal": a text for which a phone shows digits) with autocomplete (NULL: none) and
 * the value: what was typed, else `value`; form_field: the same as a paragraph. form_choice: a <select>
 * likewise, with what was typed or else `chosen` selected. Every problem is tied by aria-describedby and
 * aria-invalid.
 */
void form_errors(struct html *h, const struct page *page);
void form_tokens(struct html *h, const struct page *page);
void form_input(struct html *h, const struct page *page, const char *name, const char *label,
		const char *hint, const char *type, const char *autocomplete, const char *value);
void form_field(struct html *h, const struct page *page, const char *name, const char *label,
		const char *hint, const char *type, const char *autocomplete, const char *value);

/* What a field's value can be, and the words for it; a value of NULL ends a list. */
struct choice {
	const char *value, *label;
};
void form_choice(struct html *h, const struct page *page, const char *name, const char *label,
		 const struct choice *choices, const char *chosen);

/* What was typed into a field, else value ("" for NULL): for a template that writes its own control. */
const char *form_value(const struct page *page, const char *name, const char *value);

/*
 * The hold of an order: until when, how much time is left, by whose clock, and a link to look again (url).
 * static/site.js counts down by it and speaks at 5, 2 and 1 minutes; without it the text is complete.
 * common/html/pages/hold.html.
 */
void hold_clock(struct html *h, when until, when now, const char *url);

/* "12 minutes left", "less than a minute left": plain text. */
const char *hold_left(struct arena *a, const struct locale *l, when until, when now);

/* "$1,038.50", in the reader's way: plain text; NULL for a null amount. */
const char *money_text(struct arena *a, const struct locale *l, money m, const char *code);

/* An amount as the value of a form's field: "38.50", "38,50" where the reader writes it so; NULL for a null
 * amount. */
const char *form_money(struct html *h, money m, currency_code code);

/* The facts of a sale (common/html/pages/facts.html): sale_facts writes the list, sale_rows its rows without
 * the price, for a longer list, and sale_place "Town Hall, Leeds · Row F, 12", or nothing without venue and
 * seat. */
void sale_rows(struct html *h, ticket_id ticket, title name, when starts, venue where, seat which);
void sale_place(struct html *h, venue where, seat which);
void sale_facts(struct html *h, ticket_id ticket, title name, when starts, venue where, seat which,
		money cost);

/* The designed error page of any status. */
void page_error(struct html *h, const struct page *page, int status, const char *sentence);

#endif
