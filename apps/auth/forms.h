#ifndef STAGEDOOR_AUTH_FORMS_H
#define STAGEDOOR_AUTH_FORMS_H

#include "apps/auth/auth.h"

/* What the forms of signing up and in share: where they lead, and what becomes of them later. */

/* Where a form said to go: a path of this site other than that which would end the session again, else "/".
 */
const char *next_of(web_url next);

/* The same for a form that is shown: what was sent with it before, else what its address says. */
const char *next_asked(const struct web *w, web_url next);

/* url with next=…, when that is not "/" anyway. */
const char *with_next(struct arena *a, const char *url, const char *next);

/* A form that was right but cannot be taken now is shown again, with what was typed: status and sentence of e
 * for the page that follows. */
bool is_for_later(err e);
void form_later(struct web *w, err e);

#endif
