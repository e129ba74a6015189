/* Values on pages: with any value the page has the same tags and attributes as with a harmless one. */
#include "common/html/html.h"
#include "common/base/buf.h"
#include "tests/fuzz/fuzz.h"

void fuzz_begin(void)
{
}

/* Unescaping gives the value again. */
static void put_text(struct arena *a, const char *value)
{
	struct html h = {.out = BUF(a)};
	struct buf back = BUF(a);
	static const struct {
		const char *entity;
		char c;
	} entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}};

	html_put_text(&h, value);
	HOLDS(strpbrk(buf_text(&h.out), "<>\"'") == NULL);
	for (const char *c = buf_text(&h.out); *c != '\0';) {
		size_t i = 0;

		while (i < 5 && strncmp(c, entities[i].entity, strlen(entities[i].entity)) != 0)
			i++;
		HOLDS(i < 5 || *c != '&');
		buf_putc(&back, i < 5 ? entities[i].c : *c);
		c += i < 5 ? strlen(entities[i].entity) : 1;
	}
	HOLDS(strcmp(buf_text(&back), value) == 0);
}

/* Tags and the names of attributes, without text and values. */
static const char *skeleton(struct arena *a, const char *page)
{
	struct buf b = BUF(a);
	bool tag = false, quoted = false;

	for (; *page != '\0'; page++) {
		if (!tag && *page == '<')
			tag = true;
		else if (tag && *page == '"')
			quoted = !quoted;
		if (tag && !quoted)
			buf_putc(&b, *page);
		if (tag && !quoted && *page == '>')
			tag = false;
	}
	HOLDS(!tag && !quoted);
	return buf_text(&b);
}

static const char *page_of(struct arena *a, const char *value)
{
	struct html h = {.out = BUF(a), .currency = "USD", .zone = "UTC"};
	struct problems problems = {.arena = a};
	struct form_params typed = {1, {{"title", value}}};
	struct page page = {.title = value,
			    .signed_in = value,
			    .path = "/x", /* decides which link is the current one */
			    .csrf = value,
			    .key = value,
			    .owner = value,
			    .message = value,
			    .request_id = value,
			    .problems = &problems,
			    .typed = &typed};

	HOLDS(problems_add(&problems, "title", value) == ERR_INVALID);
	HOLDS(problems_add(&problems, NULL, value) == ERR_INVALID);
	layout_begin(&h, &page);
	form_errors(&h, &page);
	form_tokens(&h, &page);
	form_field(&h, &page, "title", value, value, "text", value, value);
	sale_facts(&h, (ticket_id){{1}}, (title){value}, (when){1000000}, (venue){value}, (seat){value},
		   (money){3850});
	hold_clock(&h, (when){2000000}, (when){1000000}, value);
	html_put(&h, html_link(&h, value));
	page_error(&h, &page, 404, value);
	return buf_text(&h.out);
}

bool fuzz_one(struct arena *a, const char *bytes, size_t len)
{
	/* the element of an absent value may be left out */
	const char *value = len == 0 ? "x" : arena_memdup(a, bytes, len);

	value = *value == '\0' ? "x" : value;
	put_text(a, value);
	HOLDS(strcmp(skeleton(a, page_of(a, value)), skeleton(a, page_of(a, "harmless"))) == 0);
	return true;
}
