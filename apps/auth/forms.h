#ifndef STAGEDOOR_AUTH_FORMS_H
#define STAGEDOOR_AUTH_FORMS_H

#include "apps/auth/auth.h"
#include "common/html/html.h"

/* What the forms of signing up and in share: where they lead, and showing one again that cannot be
 * accepted now. Results are in the request's arena, or constant. */

/* Where to go after a form: next, if it is a path of this site other than /signout, else "/". */
const char *next_of(web_url next);

/* The same for a form that is shown: what was sent with it before, else what its address says. */
const char *next_asked(const struct web *w, web_url next);

/* url with the parameter next; without it when next is "/", the default. */
const char *with_next(struct arena *a, const char *url, const char *next);

/* GET of either form: the page under that heading, with a link to the other form at other_url; a signed-in
 * user is sent on to `next` instead. */
typedef void form_template(struct html *h, const struct page *page, const char *next, const char *other_url);
err form_show(struct web *w, web_url next, struct message heading, form_template *template,
	      const char *other_url);

/* Is e a reason to try the same form again later: ERR_THROTTLED or ERR_UNAVAILABLE? */
bool is_for_later(err e);

/* Prepares w for showing the form again with what was typed: the status of e, and its sentence among the
 * problems of the page. The caller then shows the page. */
void form_later(struct web *w, err e);

#endif
