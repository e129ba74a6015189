#include "common/html/html.h"

const char *form_value(const struct page *page, const char *name, const char *value)
{
	const char *typed = pairs_get(page->typed, name);

	if (typed != NULL)
		return typed;
	return value == NULL ? "" : value;
}
