/*
 * html_put(h, value): how a value of each type is written. The list is of what pages may show, on purpose not
 * of every kind: a password hash or a bank's token has no HTML form, so a template that names one does not
 * compile.
 */
/* Counts of a program, in digits. */
static inline void html_put_int(struct html *h, int n)
{
	html_put_number(h, n);
}
static inline void html_put_size(struct html *h, size_t n)
{
	html_put_number(h, (int64_t)n);
}

#define HTML_ID(k)     static inline void html_put_##k(struct html *h, k x) { html_put_id(h, x.b); }
#define HTML_TEXT(k)   static inline void html_put_##k(struct html *h, k x) { html_put_text(h, x.v); }
#define HTML_NUMBER(k) static inline void html_put_##k(struct html *h, k x) { html_put_number(h, x.v); }
#define HTML_CHOICE(k) \
	static inline void html_put_##k(struct html *h, k x) { html_put_choice(h, &kind_##k, &x); }
HTML_ID(user_id)
HTML_ID(ticket_id)
HTML_ID(order_id)
HTML_ID(charge_id)
HTML_NUMBER(version)
HTML_NUMBER(revision)
HTML_NUMBER(natural)
HTML_TEXT(title)
HTML_TEXT(venue)
HTML_TEXT(seat)
HTML_TEXT(display_name)
HTML_TEXT(email)
HTML_TEXT(time_zone)
HTML_TEXT(currency_code)
HTML_TEXT(search_words)
HTML_TEXT(local_path)
HTML_TEXT(cursor_text)
HTML_TEXT(web_url)
HTML_TEXT(reason_text)
HTML_CHOICE(category)
HTML_CHOICE(ticket_status)
HTML_CHOICE(order_status)
HTML_CHOICE(cancel_reason)
HTML_CHOICE(charge_status)
HTML_CHOICE(ticket_sort)
#undef HTML_ID
#undef HTML_TEXT
#undef HTML_NUMBER
#undef HTML_CHOICE

#define HTML_FORM(k) k : html_put_##k
#define html_put(h, x) \
	_Generic((x), \
		 char *: html_put_text, \
		 const char *: html_put_text, \
		 int: html_put_int, \
		 size_t: html_put_size, \
		 int64_t: html_put_number, \
		 markup: html_put_markup, \
		 struct message: html_put_message, \
		 money: html_put_money, \
		 when: html_put_when, \
		 HTML_FORM(user_id), \
		 HTML_FORM(ticket_id), \
		 HTML_FORM(order_id), \
		 HTML_FORM(charge_id), \
		 HTML_FORM(version), \
		 HTML_FORM(revision), \
		 HTML_FORM(natural), \
		 HTML_FORM(title), \
		 HTML_FORM(venue), \
		 HTML_FORM(seat), \
		 HTML_FORM(display_name), \
		 HTML_FORM(email), \
		 HTML_FORM(time_zone), \
		 HTML_FORM(currency_code), \
		 HTML_FORM(search_words), \
		 HTML_FORM(local_path), \
		 HTML_FORM(cursor_text), \
		 HTML_FORM(web_url), \
		 HTML_FORM(reason_text), \
		 HTML_FORM(category), \
		 HTML_FORM(ticket_status), \
		 HTML_FORM(order_status), \
		 HTML_FORM(cancel_reason), \
		 HTML_FORM(charge_status), \
		 HTML_FORM(ticket_sort))(h, x)
