#include "apps/auth/forms.h"

const char *next_of(web_url next)
{
	bool fits = next.v != NULL && web_is_local(next.v) && strcmp(next.v, "/signout") != 0;

	return fits ? next.v : "/";
}

const char *next_asked(const struct web *w, web_url next)
{
	const char *typed = form_params_get(w->typed, "next");

	return next_of(typed == NULL ? next : (web_url){typed});
}

const char *with_next(struct arena *a, const char *url, const char *next)
{
	return strcmp(next, "/") == 0 ? url
				      : arena_printf(a, "%s?next=%s", url, text_percent_encode(a, next));
}

err form_show(struct web *w, web_url next, struct message heading, form_template *template,
	      const char *other_url)
{
	const char *to = next_asked(w, next);
	struct page page;
	struct html *h;

	if (w->signed_in && w->form_status == 0) {
		reply_see_other(w, to);
		return OK;
	}
	h = reply_page(w, 200, web_tr(w, heading), &page);
	template(h, &page, to, with_next(w->arena, other_url, to));
	return OK;
}

bool is_for_later(err e)
{
	return e == ERR_THROTTLED || e == ERR_UNAVAILABLE;
}

void form_later(struct web *w, err e)
{
	problems_add(&w->problems, NULL, w->detail != NULL ? w->detail : web_tr(w, err_sentence(e)));
	w->form_status = err_status(e);
	if (e == ERR_UNAVAILABLE)
		reply_header(w, "Retry-After", "1");
}
