#include "apps/auth/account.h"
#include "apps/auth/forms.h"
#include "apps/auth/pages.h"
#include "apps/auth/session.h"

err signup_show(struct web *w, const struct signup_show_in *in)
{
	const char *next = next_asked(w, in->form.next);
	struct page page;
	struct html *h;

	if (w->signed_in && w->form_status == 0) {
		reply_see_other(w, next);
		return OK;
	}
	h = reply_page(w, 200, web_tr(w, tr_signup_title), &page);
	page_signup(h, &page, next, with_next(w->arena, url_signin_show(w->arena), next));
	return OK;
}

err signup_send(struct web *w, const struct signup_send_in *in)
{
	const struct signup_request wish = {in->form.email, in->form.password, in->form.display_name};
	struct session session;
	err e;

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
