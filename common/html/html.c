#include "common/html/html.h"
#include "common/base/text.h"
#include "common/base/zone.h"
#include <string.h>

void html_put_markup(struct html *h, markup m)
{
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

void html_put_money(struct html *h, money m)
{
	if (m.v != 0)
		html_put_text(h, money_print(h->out.arena, m, h->currency));
}

/* RFC 3339 without the fraction: what <time datetime> needs */
static const char *whole_second(struct html *h, when w)
{
	return when_print(h->out.arena, (when){w.v - w.v % 1000000});
}

static const char *const days[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
				   "Thursday", "Friday", "Saturday"};
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
				     "July",    "August",   "September", "October", "November", "December"};

void html_put_when(struct html *h, when w)
{
	struct wall wall;

	if (w.v == 0 || (zone_wall(w.v, h->zone == NULL ? "UTC" : h->zone, &wall) != OK &&
			 zone_wall(w.v, "UTC", &wall) != OK))
		return;
	buf_printf(&h->out, "<time datetime=\"%s\">%s %d %s %d, %02d:%02d %s</time>", whole_second(h, w),
		   days[wall.weekday], wall.day, months[wall.month - 1], wall.year, wall.hour, wall.minute,
		   wall.zone);
}

void html_put_day(struct html *h, when w)
{
	struct wall wall;

	if (w.v == 0 || zone_wall(w.v, h->zone == NULL ? "UTC" : h->zone, &wall) != OK) {
		buf_puts(&h->out, "<span class=\"day\"><span>Date</span><b>?</b><span>open</span></span>");
		return;
	}
	buf_printf(
	    &h->out,
	    "<time class=\"day\" datetime=\"%s\"><span>%.3s</span><b>%d</b><span>%.3s %d</span></time>",
	    whole_second(h, w), days[wall.weekday], wall.day, months[wall.month - 1], wall.year);
}

void html_put_hour(struct html *h, when w)
{
	struct wall wall;

	if (w.v != 0 && zone_wall(w.v, h->zone == NULL ? "UTC" : h->zone, &wall) == OK)
		buf_printf(&h->out, "<time datetime=\"%s\">%02d:%02d:%02d %s</time>", whole_second(h, w),
			   wall.hour, wall.minute, wall.second, wall.zone);
}

void html_put_choice(struct html *h, const struct kind *k, int word)
{
	html_put_text(h, k->words[word]);
}

void html_in(struct html *h, currency_code code, time_zone zone)
{
	h->currency = code.v;
	h->zone = zone.v;
}
