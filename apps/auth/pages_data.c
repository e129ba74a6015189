#include "apps/auth/pages.h"
#include "apps/auth/user.h"

err data_show(struct web *w, const struct data_show_in *in)
{
	struct page page;
	struct html *h = reply_page(w, 200, web_tr(w, tr_data_title), &page);

	(void)in;
	page_data(h, &page);
	return OK;
}

static struct json_t *json_of_sessions(struct web *w, const struct session_data *rows, size_t count)
{
	struct json_t *list = json_array_new(w->arena);
	const struct number_format n = web_number_format(w);

	for (size_t i = 0; i < count; i++)
		json_append(list, json_of_record(w->arena, record_session_data(), &n, &rows[i]));
	return list;
}

static struct json_t *json_of_user(struct web *w, const struct user *u)
{
	const struct number_format n = web_number_format(w);
	struct json_t *all = json_object_new(w->arena);
	struct preferences_data preferences;
	struct account_data account;

	user_to_account_data(u, &account);
	user_to_preferences_data(u, &preferences);
	json_put(all, "account", json_of_record(w->arena, record_account_data(), &n, &account));
	json_put(all, "preferences", json_of_record(w->arena, record_preferences_data(), &n, &preferences));
	return all;
}

/* Never hashes: they are of no use to the user, and of some to who finds the file. */
err data_file(struct web *w, const struct data_file_in *in)
{
	struct session_data *sessions;
	struct json_t *all;
	struct user u;
	size_t count;
	err e;

	(void)in;
	if ((e = user_signed_in(w, &u)) != OK)
		return e;
	if ((e = sessions_of(w->db, &(struct sessions_of_in){.user_id = u.id}, &sessions, &count)) != OK)
		return e;
	all = json_of_user(w, &u);
	json_put(all, "sessions", json_of_sessions(w, sessions, count));
	reply_json(w, 200, all);
	reply_header(w, "Content-Disposition", "attachment; filename=\"stagedoor-account.json\"");
	return OK;
}
