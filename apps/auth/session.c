#include "apps/auth/session.h"
#include "apps/auth/device.h"
#include "apps/auth/password.h"
#include "apps/auth/user.h"
#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/token/password.h"
#include <unistd.h>

enum { TRIES = 3, MILLISECOND = 1000 };

/* The clock is read once, for the id: `issued` is the second that the id was made in. */
struct session session_new(const struct user *u)
{
	struct session s = {.user = u->id,
			    .email = u->email,
			    .name = u->display_name,
			    .zone = u->time_zone,
			    .rows = u->page_size};

	uuid_new(s.sid.b);
	s.issued.v = uuid_time(s.sid.b) / SECOND * SECOND;
	s.expires.v = s.issued.v + SESSION_SECONDS * SECOND;
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

void session_forget(struct web *w)
{
	reply_cookie(w, "session", "", 0);
	reply_header(w, "Clear-Site-Data", "\"cache\"");
}

struct beginning {
	const struct user *user; /* whose password was right */
	struct session session;
};

/* The account is locked while its session begins, so that one begun with a password that is being changed
 * never outlives it. */
static err store_beginning(struct db *db, void *context)
{
	struct beginning *b = context;
	struct user u;
	err e;

	if ((e = user_lock(db, b->user, &u)) != OK)
		return e;
	b->session = session_new(&u);
	return session_store(db, &b->session);
}

err session_begin(struct web *w, const struct user *u, struct session *ret_session)
{
	struct beginning b = {.user = u};
	err e = db_transaction(w->db, store_beginning, &b);

	if (e == OK)
		*ret_session = b.session;
	return e;
}

/* Best effort: the next sign-in tries again. */
static void renew_hash(struct web *w, struct user *u, password p)
{
	struct user_rehash_in in = {.id = u->id, .version = u->version};

	if (!password_is_dated(u->password_hash) || password_hash_of(w->arena, p, &in.password_hash) != OK)
		return;
	if (user_rehash(w->db, &in, NULL) == OK)
		u->password_hash = in.password_hash;
	else
		log_warn("a password's hash could not be renewed");
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

err session_sign_in(struct web *w, email address, password p, struct session *ret_session)
{
	bool right = false;
	struct user u;
	err e = ERR_STALE;

	for (int i = 0; e == ERR_STALE && i < TRIES; i++) {
		if ((e = find_user(w, address, &u)) != OK)
			return e;
		if ((e = password_proves(w, &u, p, &right)) != OK)
			return e;
		if (!right)
			return web_fail(w, ERR_INVALID, tr_signin_wrong);
		FAILPOINT(password_proved);
		e = session_begin(w, &u, ret_session);
	}
	if (e != OK)
		return e;
	renew_hash(w, &u, p);
	device_keep(w, &u);
	return OK;
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
	FAILPOINT(session_ended);
	return publish_session_revoked(db, &end);
}

err session_sign_out(struct web *w)
{
	err e = w->signed_in ? db_transaction(w->db, end_session, &w->session) : OK;

	/* cleaned up, or ended by another request: nothing is left to end */
	if (e != OK && e != ERR_NO_ROW && e != ERR_STALE)
		return e;
	session_forget(w);
	return OK;
}

/*
 * A millisecond in which no session has begun yet, and before which none will begin after the return: session
 * ids hold their time in milliseconds, and the caller's lock on the user's row keeps sessions from beginning.
 */
static when next_millisecond(void)
{
	const when next = {(clock_now() / MILLISECOND + 1) * MILLISECOND};

	/* bounded: the clock may be set back */
	for (int i = 0; i < 5 && clock_now() < next.v; i++)
		usleep((useconds_t)MILLISECOND);
	return next;
}

err sessions_end(struct db *db, user_id user)
{
	const when now = next_millisecond();
	const struct sessions_revoke_in revoke = {.now = now, .user_id = user, .alive_at = now};
	const struct session_end end = {
	    .user_id = user, .issued_before = now, .until = {now.v + SESSION_SECONDS * SECOND}};
	err e;

	if ((e = sessions_revoke(db, &revoke, NULL)) != OK)
		return e;
	if ((e = revoked_store(db, &end)) != OK)
		return e;
	return publish_session_revoked(db, &end);
}

static err end_all(struct db *db, void *context)
{
	const struct user *u = context;
	struct user locked;
	err e = user_locked(db, &(struct user_locked_in){.id = u->id}, &locked);

	return e == OK ? sessions_end(db, u->id) : e;
}

err session_sign_out_everywhere(struct web *w)
{
	struct user u;
	err e;

	if ((e = user_signed_in(w, &u)) != OK)
		return e;
	if ((e = db_transaction(w->db, end_all, &u)) != OK)
		return e;
	session_forget(w);
	return OK;
}
