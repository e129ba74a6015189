#include "apps/auth/auth.h"
#include "apps/auth/pages.h"

err account_show(struct web *w, const struct account_show_in *in)
{
	struct page page;
	struct user u;
	struct html *h;
	err e;

	(void)in;
	if ((e = user_by_id(w->db, &(struct user_by_id_in){.id = w->session.user}, &u)) != OK)
		return e == ERR_NO_ROW ? ERR_NOT_FOUND : e;
	h = reply_page(w, 200, "Your account", &page);
	page_account(h, &page, &u);
	return OK;
}

/* The token holds the name, so this device gets a new one for the same session; others show the old name
 * until theirs ends. */
err account_rename(struct web *w, const struct account_rename_in *in)
{
	struct session session = w->session;
	err e;

	if ((e = user_change_name(w, in->form.version, in->form.display_name)) != OK)
		return e;
	session.name = in->form.display_name;
	if ((e = session_cookie(w, &session)) != OK)
		return e;
	reply_see_other(w, url_account_show(w->arena));
	return OK;
}

err api_current_user(struct web *w, const struct api_current_user_in *in)
{
	struct signed_up me = {w->session.user, w->session.email};
	struct json_t *answer = json_object_new(w->arena);
	const struct notation n = web_notation(w);

	(void)in;
	if (w->signed_in)
		json_put(answer, "currentUser", json_of_record(w->arena, record_signed_up(), &n, &me));
	else
		json_put_text(answer, "currentUser", NULL);
	reply_json(w, 200, answer);
	return OK;
}

err api_keys(struct web *w, const struct api_keys_in *in)
{
	(void)in;
	reply_text(w, 200, "application/jwk-set+json", keyring_jwks(w->keyring, w->arena));
	return OK;
}
