#include "apps/auth/account.h"
#include "apps/auth/forms.h"
#include "apps/auth/pages.h"
#include "apps/auth/session.h"

err signup_show(struct web *w, const struct signup_show_in *in)
{
	return form_show(w, in->form.next, tr_signup_title, page_signup, url_signin_show(w->arena));
}

err signup_send(struct web *w, const struct signup_send_in *in)
{
	struct signup_request wish;
	struct session session;
	err e;

	signup_form_to_signup_request(&in->form, &wish);
	e = account_sign_up(w, &wish, &session);
	if (is_for_later(e)) {
		form_later(w, e);
		return signup_show(w, &(struct signup_show_in){.form = {in->form.next}});
	}
	if (e != OK)
		return e;
	if ((e = session_cookie(w, &session)) != OK)
		return e;
	reply_see_other(w, next_of(in->form.next));
	return OK;
}
