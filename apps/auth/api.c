#include "apps/auth/account.h"
#include "apps/auth/session.h"

err api_signup(struct web *w, const struct api_signup_in *in)
{
	struct session session;
	err e;

	if ((e = account_sign_up(w, &in->form, &session)) != OK)
		return e;
	if ((e = session_cookie(w, &session)) != OK)
		return e;
	reply_record(w, 201, record_signed_up(), &(struct signed_up){session.user, session.email});
	return OK;
}

err api_signin(struct web *w, const struct api_signin_in *in)
{
	struct session session;
	err e;

	if ((e = session_sign_in(w, in->form.email, in->form.password, &session)) != OK)
		return e;
	if ((e = session_cookie(w, &session)) != OK)
		return e;
	reply_record(w, 200, record_signed_up(), &(struct signed_up){session.user, session.email});
	return OK;
}

err api_signout(struct web *w, const struct api_signout_in *in)
{
	err e = session_sign_out(w);

	(void)in;
	if (e == OK)
		reply_json(w, 200, json_object_new(w->arena));
	return e;
}

err api_current_user(struct web *w, const struct api_current_user_in *in)
{
	struct signed_up me = {w->session.user, w->session.email};
	struct json_t *answer = json_object_new(w->arena);
	const struct number_format n = web_number_format(w);

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
