#include "apps/auth/pages_account.h"
#include "apps/auth/account.h"
#include "apps/auth/device.h"
#include "apps/auth/forms.h"
#include "apps/auth/pages.h"
#include "apps/auth/session.h"
#include "apps/auth/user.h"
#include "common/base/clock.h"
#include "common/http/flash.h"

/* The sentence for the flash message that another handler has left for this page; NULL: none. */
static const char *flash_message_of(struct web *w)
{
	static const struct flash_message messages[] = {
	    {"name", &tr_account_done_name},
	    {"preferences", &tr_account_done_preferences},
	    {"password", &tr_account_done_password},
	};

	return flash_take_one(w, messages, sizeof messages / sizeof *messages);
}

bool is_listed(const char *const *list, const char *s)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, s) == 0)
			return true;
	return false;
}

const char *zone_label(struct html *h, const char *zone)
{
	char *label = arena_strdup(h->out.arena, zone);

	for (char *c = strchr(label, '_'); c != NULL; c = strchr(c, '_'))
		*c = ' ';
	return label;
}

static err show_account(struct web *w, const char *message)
{
	struct account_view view = {.here = w->session.sid};
	struct sessions_live_in live = {.user_id = w->session.user, .now = {clock_now()}};
	struct page page;
	struct html *h;
	err e;

	if ((e = user_signed_in(w, &view.user)) != OK)
		return e;
	if ((e = sessions_live(w->db, &live, &view.sessions, &view.count)) != OK)
		return e;
	h = reply_page(w, 200, web_tr(w, tr_account_title), &page);
	if (message != NULL)
		page.message = message;
	page_account(h, &page, &view);
	return OK;
}

err account_show(struct web *w, const struct account_show_in *in)
{
	(void)in;
	return show_account(w, flash_message_of(w));
}

/* Each form of the page has its own address; its problems are shown on the page that has all forms. */
static err show_part(struct web *w, const char *part)
{
	/* a form that is shown again: with its problems, or as it was typed before signing in again */
	if (w->form_status != 0 || w->typed->count > 0)
		return show_account(w, NULL);
	reply_see_other(w, arena_printf(w->arena, "%s#%s", url_account_show(w->arena), part));
	return OK;
}

err preferences_show(struct web *w, const struct preferences_show_in *in)
{
	(void)in;
	return show_part(w, "preferences");
}

err password_show(struct web *w, const struct password_show_in *in)
{
	(void)in;
	return show_part(w, "change-password");
}

err devices_show(struct web *w, const struct devices_show_in *in)
{
	(void)in;
	return show_part(w, "devices");
}

/* The token holds name and preferences, so this device gets a new token for the same session. Other
 * devices show the old values until their session ends. */
static err renew_cookie(struct web *w, const struct session *session, const char *done)
{
	err e = session_cookie(w, session);

	if (e != OK)
		return e;
	flash_leave(w, done);
	reply_see_other(w, url_account_show(w->arena));
	return OK;
}

err account_rename(struct web *w, const struct account_rename_in *in)
{
	struct session session = w->session;
	err e;

	if ((e = account_change_name(w, in->form.version, in->form.display_name)) != OK)
		return e;
	session.name = in->form.display_name;
	return renew_cookie(w, &session, "name");
}

err preferences_send(struct web *w, const struct preferences_send_in *in)
{
	struct session session = w->session;
	err e;

	if ((e = account_change_preferences(w, in->form.time_zone, in->form.page_size)) != OK)
		return e;
	session.zone = in->form.time_zone;
	session.rows = in->form.page_size;
	return renew_cookie(w, &session, "preferences");
}

err password_send(struct web *w, const struct password_send_in *in)
{
	struct session session;
	err e = account_change_password(w, in->form.password, in->form.new_password, &session);

	if (is_for_later(e)) {
		form_later(w, e);
		return show_account(w, NULL);
	}
	return e == OK ? renew_cookie(w, &session, "password") : e;
}

err devices_send(struct web *w, const struct devices_send_in *in)
{
	err e = session_sign_out_everywhere(w);

	(void)in;
	if (e != OK)
		return e;
	flash_leave(w, "everywhere");
	reply_see_other(w, url_signout_show(w->arena));
	return OK;
}

err deletion_show(struct web *w, const struct deletion_show_in *in)
{
	struct user u;
	struct page page;
	struct html *h;
	err e;

	(void)in;
	if ((e = user_signed_in(w, &u)) != OK)
		return e;
	h = reply_page(w, 200, web_tr(w, tr_deletion_title), &page);
	page_deletion(h, &page, u.email);
	return OK;
}

err deletion_send(struct web *w, const struct deletion_send_in *in)
{
	err e = account_delete(w, in->form.password);

	if (is_for_later(e)) {
		form_later(w, e);
		return deletion_show(w, NULL);
	}
	if (e != OK)
		return e;
	session_forget(w);
	flash_leave(w, "deleted");
	device_forget(w);
	reply_see_other(w, url_deleted_show(w->arena));
	return OK;
}

/* Shown once, to the browser that has just deleted its account. */
err deleted_show(struct web *w, const struct deleted_show_in *in)
{
	struct page page;
	struct html *h;

	(void)in;
	if (!flash_take(w, "deleted")) {
		reply_see_other(w, w->signed_in ? url_account_show(w->arena) : "/");
		return OK;
	}
	h = reply_page(w, 200, web_tr(w, tr_deleted_title), &page);
	page_deleted(h, &page);
	return OK;
}
