#include "common/base/text.h"
#include "common/http/internal.h"
#include <string.h>

bool web_is_get(const struct web *w)
{
	return text_same(w->request.method, "GET");
}

const char *web_tr(const struct web *w, struct message text)
{
	return message_in(w->locale, text);
}

err web_fail(struct web *w, err e, struct message sentence)
{
	return web_fail_text(w, e, web_tr(w, sentence));
}

err web_fail_text(struct web *w, err e, const char *sentence)
{
	w->detail = sentence;
	return e;
}

err web_problem(struct web *w, const char *field, struct message message)
{
	return problems_add(&w->problems, field, web_tr(w, message));
}

void web_problem_put(struct web *w, const char *key, struct json_t *value)
{
	if (w->problem_more == NULL)
		w->problem_more = json_object_new(w->arena);
	json_put(w->problem_more, key, value);
}

struct number_format web_number_format(const struct web *w)
{
	return (struct number_format){
	    .major = true,
	    .comma = !w->request.api && locale_has_comma(w->arena, w->locale),
	    .currency = w->config->currency,
	};
}

bool web_is_local(const char *url)
{
	if (url == NULL || url[0] != '/' || url[1] == '/' || strlen(url) > 500)
		return false;
	for (const char *c = url; *c != '\0'; c++)
		if (*c <= 0x20 || *c >= 0x7f || *c == '\\')
			return false;
	return true;
}
