#include "apps/auth/auth.h"
#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/token/password.h"

const char *next_of(web_url next)
{
	bool fits = next.v != NULL && web_is_local(next.v) && strcmp(next.v, "/signout") != 0;

	return fits ? next.v : "/";
}

const char *next_asked(const struct web *w, web_url next)
{
	const char *typed = pairs_get(w->typed, "next");

	return next_of(typed == NULL ? next : (web_url){typed});
}

const char *with_next(struct arena *a, const char *url, const char *next)
{
	return strcmp(next, "/") == 0 ? url
				      : arena_printf(a, "%s?next=%s", url, text_percent_encode(a, next));
}

bool is_for_later(err e)
{
	return e == ERR_THROTTLED || e == ERR_AWAY;
}

void form_later(struct web *w, err e)
{
	problems_add(&w->problems, NULL, w->detail != NULL ? w->detail : web_say(w, err_sentence(e)));
	w->form_status = err_status(e);
	if (e == ERR_AWAY)
		reply_header(w, "Retry-After", "1");
}

struct session session_new(const struct user *u)
{
	int64_t now = clock_now() / SECOND * SECOND;
	struct session s = {.user = u->id,
			    .email = u->email,
			    .name = u->display_name,
			    .issued = {now},
			    .expires = {now + SESSION_SECONDS * SECOND}};

	uuid_new(s.sid.b);
	return s;
}

err session_store(struct db *db, const struct session *s)
{
	struct session_row row = {.id = s->sid,
				  .version = {1},
				  .user_id = s->user,
				  .created_at = s->issued,
				  .expires_at = s->expires};

	return session_insert(db, &row, NULL);
}

err session_cookie(struct web *w, const struct session *s)
{
	const struct auth *auth = w->app;
	const char *token;
	err e;

	if ((e = signer_sign(auth->signer, w->arena, s, &token)) != OK)
		return e;
	reply_cookie(w, "session", token, (int)((s->expires.v - clock_now()) / SECOND));
	return OK;
}

/* A password being checked or hashed, while a slot for it may have to be waited for. */
struct check {
	password password;
	password_hash hash;
	bool right;
};

static err check_now(struct web *w, void *context)
{
	struct check *c = context;

	(void)w;
	return password_check(c->password, c->hash, &c->right);
}

static err find_user(struct web *w, email address, struct user *ret_user)
{
	err e = user_by_email(w->db, &(struct user_by_email_in){.email = address}, ret_user);

	if (e == ERR_NO_ROW) {
		*ret_user = (struct user){.email = address};
		return OK;
	}
	if (e == OK && ret_user->status.v != user_status_ACTIVE)
		ret_user->password_hash = (password_hash){NULL};
	return e;
}

/* Nothing waits for it and nothing fails by it: next time is as good. */
static void renew_hash(struct web *w, const struct user *u, password p)
{
	struct user_rehash_in in = {.id = u->id, .version = u->version};

	if (!password_is_dated(u->password_hash) || password_hash_of(w->arena, p, &in.password_hash) != OK)
		return;
	if (user_rehash(w->db, &in, NULL) != OK)
		log_warn("a password's hash could not be renewed");
}

static err store(struct db *db, void *context)
{
	return session_store(db, context);
}

err session_sign_in(struct web *w, email address, password p, struct session *ret_session)
{
	struct check check = {.password = p};
	struct user u;
	err e;

	if ((e = throttle_take(w, address)) != OK)
		return e;
	if ((e = find_user(w, address, &u)) != OK)
		return e;
	check.hash = u.password_hash;
	if ((e = web_wait(w, check_now, &check)) != OK) {
		err undone = throttle_undo(w, address);

		return undone == OK ? e : undone;
	}
	if (!check.right)
		return web_fail(
		    w, ERR_INVALID,
		    "That address and password do not belong together. Check both and try again.");
	if ((e = throttle_right(w, address)) != OK)
		return e;
	renew_hash(w, &u, p);
	*ret_session = session_new(&u);
	return db_transaction(w->db, store, ret_session);
}

/* One transaction: the row, what our own web processes refuse by, and the event for the others. */
static err end_session(struct db *db, void *context)
{
	const struct session *s = context;
	struct session_row row;
	struct session_revoke_in revoke;
	struct session_end end = {.sid = s->sid, .user_id = s->user, .until = s->expires};
	err e;

	if ((e = session_by_id(db, &(struct session_by_id_in){.id = s->sid, .user_id = s->user}, &row)) != OK)
		return e;
	if (row.revoked_at.v != 0)
		return OK;
	if ((e = db_now(db, &end.issued_before)) != OK)
		return e;
	revoke = (struct session_revoke_in){.now = end.issued_before, .id = row.id, .version = row.version};
	if ((e = session_revoke(db, &revoke)) != OK)
		return e;
	if ((e = revoked_store(db, &end)) != OK)
		return e;
	return publish_session_revoked(db, &end);
}

err session_sign_out(struct web *w)
{
	err e = w->signed_in ? db_transaction(w->db, end_session, &w->session) : OK;

	/* cleaned up or ended by another request: there is nothing left to end */
	if (e != OK && e != ERR_NO_ROW && e != ERR_STALE)
		return e;
	reply_cookie(w, "session", "", 0);
	reply_header(w, "Clear-Site-Data", "\"cache\"");
	return OK;
}
