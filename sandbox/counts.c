#include "sandbox/counts.h"
#include <stdio.h>

static json_t *counts;

void counts_add(const char *method, const char *path)
{
	char route[100];

	snprintf(route, sizeof route, "%s %s", method, path);
	if (counts == NULL)
		counts = json_object();
	json_object_set_new(counts, route,
			    json_integer(json_integer_value(json_object_get(counts, route)) + 1));
}

json_t *counts_json(void)
{
	return counts != NULL ? json_deep_copy(counts) : json_object();
}
