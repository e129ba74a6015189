#include "common/html/html.h"
#include <string.h>

const char *form_value(const struct page *page, const char *name, const char *value)
{
	const char *typed = form_params_get(page->typed, name);

	if (typed != NULL)
		return typed;
	return value == NULL ? "" : value;
}

const char *form_money(struct html *h, money m, currency_code code)
{
	char *text, *point;

	if (m.v == 0)
		return NULL;
	text = arena_strdup(h->out.arena, money_decimal(h->out.arena, m, code.v));
	if (locale_has_comma(h->out.arena, h->locale) && (point = strchr(text, '.')) != NULL)
		*point = ',';
	return text;
}
