#include "sandbox/answer.h"
#include "sandbox/form.h"
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

json_t *public_view(const json_t *doc)
{
	json_t *view = json_object(), *value;
	const char *name;

	json_object_foreach((json_t *)doc, name, value)
	{
		if (name[0] != '_')
			json_object_set_new(view, name, json_deep_copy(value));
	}
	return view;
}

struct answer answer_object(const json_t *doc)
{
	return (struct answer){.status = 200, .body = public_view(doc), .lasting = true};
}

struct answer answer_error(unsigned status, const char *type, const char *code, const char *param,
			   const char *format, ...)
{
	va_list list;
	json_t *message;
	json_t *error;

	va_start(list, format);
	message = json_vsprintf(format, list);
	va_end(list);
	if (message == NULL)
		message = json_string("The request is not valid UTF-8.");
	error = json_pack("{s:o, s:s}", "message", message, "type", type);
	if (code != NULL)
		json_object_set_new(error, "code", json_string(code));
	if (param != NULL)
		json_object_set_new(error, "param", json_string(param));
	return (struct answer){.status = status, .body = json_pack("{s:o}", "error", error)};
}

struct answer answer_state(const char *code, const char *name, const json_t *doc, const char *message)
{
	struct answer a = answer_error(400, "invalid_request_error", code, NULL, "%s", message);

	if (doc != NULL)
		json_object_set_new(json_object_get(a.body, "error"), name, public_view(doc));
	a.lasting = true;
	return a;
}

struct answer answer_missing(const char *what, const char *param, const char *id)
{
	return answer_error(404, "invalid_request_error", "resource_missing", param, "No such %s: '%s'", what,
			    id);
}

static bool refuse_value(const char *name, const char *code, const char *message, struct answer *ret_no)
{
	*ret_no = answer_error(400, "invalid_request_error", code, name, "%s", message);
	return false;
}

static bool refuse_missing(const char *name, struct answer *ret_no)
{
	*ret_no = answer_error(400, "invalid_request_error", "parameter_missing", name,
			       "Missing required param: %s.", name);
	return false;
}

bool want_integer(const json_t *form, const char *name, long long min, long long max, long long *ret_value,
		  struct answer *ret_no)
{
	const char *value = form_text(form, name);
	char *end;
	long long n;

	if (value == NULL)
		return refuse_missing(name, ret_no);
	errno = 0;
	n = strtoll(value, &end, 10);
	if (strspn(value, "-0123456789") != strlen(value) || *end != '\0' || errno)
		return refuse_value(name, "parameter_invalid_integer", "Invalid integer.", ret_no);
	if (n < min)
		return refuse_value(name, "parameter_invalid_integer", "This value is too small.", ret_no);
	if (n > max)
		return refuse_value(name, "amount_too_large", "This value is too large.", ret_no);
	*ret_value = n;
	return true;
}

bool want_currency(const json_t *form, const char *name, const char **ret_value, struct answer *ret_no)
{
	const char *value = form_text(form, name);

	if (value == NULL)
		return refuse_missing(name, ret_no);
	if (strlen(value) != 3 || strspn(value, "abcdefghijklmnopqrstuvwxyz") != 3)
		return refuse_value(name, NULL, "Invalid currency: three lower-case letters are needed.",
				    ret_no);
	*ret_value = value;
	return true;
}

bool want_bool(const json_t *form, const char *name, bool *ret_value, struct answer *ret_no)
{
	const char *value = form_text(form, name);

	if (value != NULL && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return refuse_value(name, NULL, "Invalid boolean: it must be true or false.", ret_no);
	*ret_value = value != NULL && strcmp(value, "true") == 0;
	return true;
}

bool want_text(const json_t *form, const char *name, size_t max, const char **ret_value,
	       struct answer *ret_no)
{
	const char *value = form_text(form, name);

	if (value == NULL)
		return refuse_missing(name, ret_no);
	if (strlen(value) > max)
		return refuse_value(name, "parameter_invalid_string_length",
				    "Invalid string: it is too long.", ret_no);
	*ret_value = value;
	return true;
}

bool want_url(const json_t *form, const char *name, const char **ret_value, struct answer *ret_no)
{
	const char *value;
	bool good;

	if (!want_text(form, name, 2048, ret_value, ret_no))
		return false;
	value = *ret_value;
	good = strncmp(value, "http://", 7) == 0 || strncmp(value, "https://", 8) == 0;
	for (const char *p = value; good && *p != '\0'; p++)
		good = (unsigned char)*p > ' ' && *p != 127;
	return good || refuse_value(name, "url_invalid", "Not a valid URL", ret_no);
}

bool want_metadata(const json_t *form, const char *name, json_t **ret_map, struct answer *ret_no)
{
	json_t *map = form_map(form, name), *value;
	const char *key;
	bool good = json_object_size(map) <= 50;

	json_object_foreach(map, key, value)
	{
		good = good && *key != '\0' && strlen(key) <= 40 && json_string_length(value) <= 500;
	}
	if (good) {
		*ret_map = map;
		return true;
	}
	json_decref(map);
	return refuse_value(name, NULL,
			    "Metadata can have up to 50 keys of 40 characters with values of 500.", ret_no);
}

bool want_card_only(const json_t *form, struct answer *ret_no)
{
	json_t *types = form_map(form, "payment_method_types"), *type;
	const char *index;
	bool good = true;

	json_object_foreach(types, index, type)
	{
		good = good && strcmp(json_string_value(type), "card") == 0;
	}
	json_decref(types);
	return good || refuse_value("payment_method_types", NULL, "This account takes cards only.", ret_no);
}
