#include "sandbox/document.h"

const char *text_of(const json_t *doc, const char *name)
{
	return json_string_value(json_object_get(doc, name));
}

long long int_of(const json_t *doc, const char *name)
{
	return json_integer_value(json_object_get(doc, name));
}

void set_text(json_t *doc, const char *name, const char *value)
{
	json_object_set_new(doc, name, value != NULL ? json_string(value) : json_null());
}

void set_int(json_t *doc, const char *name, long long value)
{
	json_object_set_new(doc, name, json_integer(value));
}
