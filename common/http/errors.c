#include "common/base/log.h"
#include "common/base/text.h"
#include "common/http/internal.h"

err error_public(err e)
{
	static const err public[ERR__MAX] = {
	    [ERR_NO_ROW] = ERR_NOT_FOUND,
	    [ERR_STALE] = ERR_CONFLICT,
	    [ERR_DUPLICATE] = ERR_CONFLICT,
	    [ERR_RETRY] = ERR_UNAVAILABLE,
	    [ERR_OUTCOME_UNKNOWN] = ERR_UNAVAILABLE,
	    [ERR_TIMED_OUT] = ERR_UNAVAILABLE,
	    [ERR_STOPPED] = ERR_UNAVAILABLE,
	    [ERR_REPLAYED] = ERR_BUG,
	};

	return public[e] != OK ? public[e] : e;
}

static struct json_t *json_of_problems(struct arena *a, const struct problems *problems, const char *sentence)
{
	struct json_t *list = json_array_new(a);

	for (const struct problem *p = problems->first; p != NULL; p = p->next) {
		struct json_t *one = json_object_new(a);

		json_put_text(one, "message", p->message);
		if (p->field != NULL)
			json_put_text(one, "field", p->field);
		json_append(list, one);
	}
	if (problems->first == NULL) {
		struct json_t *one = json_object_new(a);

		json_put_text(one, "message", sentence);
		json_append(list, one);
	}
	return list;
}

/* RFC 9457 */
static void answer_problem(struct web *w, err e, const char *sentence)
{
	struct json_t *body = w->problem_more != NULL ? w->problem_more : json_object_new(w->arena);

	json_put_text(body, "type", "about:blank");
	json_put_text(body, "title", web_tr(w, err_title(e)));
	json_put_number(body, "status", err_status(e));
	json_put_text(body, "detail", sentence);
	json_put_text(body, "instance", w->request.path);
	json_put_text(body, "requestId", w->request.id);
	json_put(body, "errors", json_of_problems(w->arena, &w->problems, sentence));
	reply_json(w, err_status(e), body);
	w->reply.content_type = "application/problem+json";
	if (e == ERR_SIGNED_OUT)
		reply_header(w, "WWW-Authenticate", "Bearer");
}

static void answer_page(struct web *w, err e, const char *sentence)
{
	struct page page;
	struct html *h;

	w->form_status = 0;
	h = reply_page(w, err_status(e), web_tr(w, err_title(e)), &page);
	page_error(h, &page, err_status(e), sentence);
}

/* The line for the operator; the client gets no internals. */
static void log_failure(const struct web *w, err inner, err e)
{
	const char *route = w->route == NULL ? "(no route)" : w->route->name;

	if (e == ERR_BUG)
		log_error("%s failed: %s", route, err_name(inner));
	else if (err_status(e) >= 500 && e != ERR_BUSY) /* shed.c logs these together */
		log_warn("%s: %s", route, err_name(inner));
}

void error_answer(struct web *w, err inner)
{
	err e = error_public(inner);
	const char *sentence = w->detail != NULL && e != ERR_BUG ? w->detail : web_tr(w, err_sentence(e));
	bool signs_in = w->route != NULL && w->route->access == SIGNED_OUT;

	log_failure(w, inner, e);
	w->reply.public = false;
	if (e == ERR_SIGNED_OUT && !w->request.api && !signs_in)
		reply_see_other(w, signin_url(w));
	else if (w->request.api)
		answer_problem(w, e, sentence);
	else
		answer_page(w, e, sentence);
	if ((e == ERR_UNAVAILABLE || e == ERR_THROTTLED) && reply_get(w, "Retry-After") == NULL)
		reply_header(w, "Retry-After", "1");
}

void reply_error(struct web *w, err e)
{
	error_answer(w, e);
}
