#include "common/base/text.h"
#include "common/http/internal.h"
#include <string.h>

bool web_is_get(const struct web *w)
{
	return text_same(w->request.method, "GET");
}

const char *web_say(const struct web *w, struct words text)
{
	return words_in(w->locale, text);
}

err web_fail(struct web *w, err e, struct words sentence)
{
	return web_fail_text(w, e, web_say(w, sentence));
}

err web_fail_text(struct web *w, err e, const char *sentence)
{
	w->detail = sentence;
	return e;
}

err web_problem(struct web *w, const char *field, struct words message)
{
	return problems_add(&w->problems, field, web_say(w, message));
}

void web_problem_put(struct web *w, const char *key, struct json_t *value)
{
	if (w->problem_more == NULL)
		w->problem_more = json_object_new(w->arena);
	json_put(w->problem_more, key, value);
}

struct notation web_notation(const struct web *w)
{
	return (struct notation){
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
