#include "common/html/html.h"
#include "common/base/text.h"
#include "common/html/pages.h"
#include <string.h>

void html_put_markup(struct html *h, markup m)
{
	if (m.v != NULL)
		buf_puts(&h->out, m.v);
}

void html_put_text(struct html *h, const char *s)
{
	for (; s != NULL && *s != '\0'; s++) {
		size_t plain = strcspn(s, "&<>\"'");

		buf_add(&h->out, s, plain);
		s += plain;
		switch (*s) {
		case '&':
			buf_puts(&h->out, "&amp;");
			break;
		case '<':
			buf_puts(&h->out, "&lt;");
			break;
		case '>':
			buf_puts(&h->out, "&gt;");
			break;
		case '"':
			buf_puts(&h->out, "&quot;");
			break;
		case '\'':
			buf_puts(&h->out, "&#39;");
			break;
		default:
			return;
		}
	}
}

void html_put_number(struct html *h, int64_t n)
{
	buf_printf(&h->out, "%lld", (long long)n);
}

void html_put_id(struct html *h, const uint8_t id[16])
{
	buf_puts(&h->out, id_print(h->out.arena, id));
}

const char *money_text(struct arena *a, const struct locale *l, money m, const char *code)
{
	return m.v == 0 ? NULL : locale_amount(a, l, money_decimal(a, m, code), code);
}

void html_put_money(struct html *h, money m)
{
	html_put_text(h, money_text(h->out.arena, h->locale, m, h->currency));
}

/* RFC 3339 without the fraction: what <time datetime> needs */
static const char *whole_second(struct html *h, when w)
{
	return when_print(h->out.arena, (when){w.v - w.v % 1000000});
}

static const char *time_text(struct html *h, when w, const char *zone, enum time_form form)
{
	return locale_time(h->out.arena, h->locale, w.v, zone, form);
}

static markup time_markup(struct html *h, when w, const char *text)
{
	struct html aside = html_aside(h);

	if (w.v == 0)
		return (markup){""};
	buf_printf(&aside.out, "<time datetime=\"%s\">", whole_second(h, w));
	html_put_text(&aside, text);
	buf_puts(&aside.out, "</time>");
	return (markup){buf_text(&aside.out)};
}

static const char *viewer_zone(const struct html *h)
{
	return h->viewer_zone != NULL ? h->viewer_zone : h->zone;
}

void html_put_when(struct html *h, when w)
{
	html_put_markup(h, time_markup(h, w, time_text(h, w, h->zone, TIME_FULL)));
}

markup html_hour(struct html *h, when w)
{
	return time_markup(h, w, time_text(h, w, viewer_zone(h), TIME_HOUR));
}

markup html_moment(struct html *h, when w)
{
	return time_markup(h, w, time_text(h, w, viewer_zone(h), TIME_MOMENT));
}

markup html_clock(struct html *h, when w)
{
	return time_markup(h, w, time_text(h, w, h->zone, TIME_CLOCK));
}

markup html_ago(struct html *h, when then, when now)
{
	return time_markup(h, then, locale_ago(h->out.arena, h->locale, then.v, now.v));
}

markup html_day(struct html *h, when w)
{
	struct html aside = html_aside(h);

	if (w.v == 0) {
		date_open(&aside);
		return (markup){buf_text(&aside.out)};
	}
	buf_printf(&aside.out, "<time class=\"day\" datetime=\"%s\"><span>", whole_second(h, w));
	html_put_text(&aside, time_text(h, w, h->zone, TIME_WEEKDAY));
	buf_puts(&aside.out, "</span><b>");
	html_put_text(&aside, time_text(h, w, h->zone, TIME_DAY));
	buf_puts(&aside.out, "</b><span>");
	html_put_text(&aside, time_text(h, w, h->zone, TIME_MONTH));
	buf_puts(&aside.out, "</span></time>");
	return (markup){buf_text(&aside.out)};
}

markup html_link(struct html *h, const char *url)
{
	struct html aside = html_aside(h);

	buf_puts(&aside.out, "<a href=\"");
	html_put_text(&aside, url);
	buf_puts(&aside.out, "\">");
	return (markup){buf_text(&aside.out)};
}

void html_put_message(struct html *h, struct message w)
{
	html_put_text(h, TR(h, w));
}

const char *html_lang(const struct html *h)
{
	return h->locale == NULL ? locale_for(NULL)->tag : h->locale->tag;
}

struct html html_aside(const struct html *h)
{
	struct html aside = *h;

	aside.out = BUF(h->out.arena);
	return aside;
}

static const char *escaped(struct html *h, struct message w)
{
	struct html aside = html_aside(h);

	html_put_message(&aside, w);
	return buf_text(&aside.out);
}

void html_tr(struct html *h, struct message w, const char *const *args, size_t count)
{
	buf_puts(&h->out, message_fill(h->out.arena, escaped(h, w), args, count));
}

void html_tr_plural(struct html *h, struct message w, int64_t n, const char *const *args, size_t count)
{
	buf_puts(&h->out, locale_message(h->out.arena, h->locale, escaped(h, w), n, args, count));
}

void html_put_choice(struct html *h, const struct kind *k, const void *value)
{
	html_put_text(h, kind_print(h->out.arena, k, NULL, value));
}

void html_in(struct html *h, currency_code code, time_zone zone)
{
	h->currency = code.v;
	h->zone = zone.v;
}
