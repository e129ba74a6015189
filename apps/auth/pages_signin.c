#include "apps/auth/forms.h"
#include "apps/auth/pages.h"
#include "apps/auth/session.h"
#include "common/http/flash.h"

err signin_show(struct web *w, const struct signin_show_in *in)
{
	return form_show(w, in->form.next, tr_signin_title, page_signin, url_signup_show(w->arena));
}

err signin_send(struct web *w, const struct signin_send_in *in)
{
	struct session session;
	err e;

	e = session_sign_in(w, in->form.email, in->form.password, &session);
	if (is_for_later(e)) {
		form_later(w, e);
		return signin_show(w, &(struct signin_show_in){.form = {in->form.next}});
	}
	if (e != OK)
		return e;
	if ((e = session_cookie(w, &session)) != OK)
		return e;
	reply_see_other(w, next_of(in->form.next));
	return OK;
}

err signout_show(struct web *w, const struct signout_show_in *in)
{
	struct page page;
	struct message heading = w->signed_in ? tr_signout_title : tr_signedout_title;
	struct html *h = reply_page(w, 200, web_tr(w, heading), &page);

	(void)in;
	page_signout(h, &page, w->signed_in, flash_take(w, "everywhere"));
	return OK;
}

err signout_send(struct web *w, const struct signout_send_in *in)
{
	err e = session_sign_out(w);

	(void)in;
	if (e == OK)
		reply_see_other(w, url_signout_show(w->arena));
	return e;
}
