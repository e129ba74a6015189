#include "apps/auth/account.h"
#include "apps/auth/device.h"
#include "apps/auth/password.h"
#include "apps/auth/session.h"
#include "apps/auth/throttle.h"
#include "apps/auth/user.h"
#include "common/base/clock.h"
#include "common/base/random.h"

/* RFC 2606: no mail reaches it. Nobody can sign up with it either, or they could keep others from deleting
 * their account. */
#define DELETED_HOST "@deleted.invalid"
#define DELETED_HASH "deleted" /* no password has it */
#define DELETED_NAME "Member"

enum { TRIES = 3 }; /* ERR_STALE: the account was changed in between */

struct sign_up {
	struct user user;
	struct session session;
};

static err store_sign_up(struct db *db, void *context)
{
	struct sign_up *s = context;
	err e;

	if ((e = user_insert(db, &s->user, NULL)) != OK)
		return e;
	if ((e = session_store(db, &s->session)) != OK)
		return e;
	return user_publish(db, &s->user);
}

/* The default name is never made from the address: that would publish part of it. */
static display_name name_or_member(struct arena *a, display_name name)
{
	if (name.v != NULL)
		return name;
	return (display_name){arena_printf(a, "Member%04u", random_below(10000))};
}

static struct sign_up sign_up_of(struct web *w, const struct signup_request *wish, password_hash hash)
{
	struct sign_up s = {.user = {.version = {1},
				     .email = wish->email,
				     .password_hash = hash,
				     .display_name = name_or_member(w->arena, wish->display_name),
				     .status = {user_status_ACTIVE},
				     .created_at = {clock_now()}}};

	uuid_new(s.user.id.b);
	s.session = session_new(&s.user);
	return s;
}

/* Settles a commit whose outcome is unknown: was the row stored? */
static err settle_sign_up(struct web *w, const struct sign_up *s, err e)
{
	struct user found;

	if (e != ERR_OUTCOME_UNKNOWN ||
	    user_by_id(w->db, &(struct user_by_id_in){.id = s->user.id}, &found) != OK)
		return e;
	return OK;
}

static err address_rules(struct web *w, email address)
{
	const char *host = strchr(address.v, '@');

	return host != NULL && strcmp(host, DELETED_HOST) == 0
		   ? web_problem(w, "email", tr_signup_address_of_nobody)
		   : OK;
}

err account_sign_up(struct web *w, const struct signup_request *wish, struct session *ret_session)
{
	password_hash hash;
	struct sign_up s;
	err e;

	if ((e = address_rules(w, wish->email)) != OK)
		return e;
	if ((e = password_rules(w, "password", wish->password, wish->email)) != OK)
		return e;
	if ((e = password_hashed(w, wish->password, &hash)) != OK)
		return e;
	s = sign_up_of(w, wish, hash);
	e = settle_sign_up(w, &s, db_transaction(w->db, store_sign_up, &s));
	if (e == ERR_DUPLICATE)
		return web_problem(w, "email", tr_signup_address_taken);
	if (e != OK)
		return e;
	device_keep(w, &s.user);
	*ret_session = s.session;
	return OK;
}

struct name_change {
	user_id id;
	version seen;
	display_name name;
};

/* The same name is set already, whatever the version: a second click. */
static err rename_user(struct db *db, void *context)
{
	const struct name_change *r = context;
	const struct user_rename_in change = {.display_name = r->name, .id = r->id, .version = r->seen};
	struct user u;
	err e;

	if ((e = user_by_id(db, &(struct user_by_id_in){.id = r->id}, &u)) != OK)
		return e;
	if (u.status.v != user_status_ACTIVE)
		return ERR_NOT_FOUND;
	if (strcmp(u.display_name.v, r->name.v) == 0)
		return OK;
	if ((e = user_rename(db, &change)) != OK)
		return e;
	u.display_name = r->name;
	u.version.v = r->seen.v + 1;
	return user_publish(db, &u);
}

err account_change_name(struct web *w, version seen, display_name name)
{
	struct name_change r = {w->session.user, seen, name};
	err e = db_transaction(w->db, rename_user, &r);

	if (e == ERR_NO_ROW)
		return ERR_NOT_FOUND;
	return e == ERR_STALE ? web_fail(w, ERR_CONFLICT, tr_account_changed_elsewhere) : e;
}

struct preference {
	user_id id;
	struct preferences_data wish;
};

static bool is_preferred(const struct user *u, const struct preferences_data *wish)
{
	const struct preferences_data now = {u->time_zone, u->page_size};

	return record_same(record_preferences_data(), &now, wish);
}

/* The last change wins: only the user changes preferences, so a form is never too old. */
static err set_preferences(struct db *db, void *context)
{
	const struct preference *p = context;
	struct user_prefer_in change = {
	    .time_zone = p->wish.time_zone, .page_size = p->wish.page_size, .id = p->id};
	struct user u;
	err e;

	if ((e = user_locked(db, &(struct user_locked_in){.id = p->id}, &u)) != OK)
		return e;
	if (u.status.v != user_status_ACTIVE)
		return ERR_NOT_FOUND;
	if (is_preferred(&u, &p->wish))
		return OK;
	change.version = u.version;
	if ((e = user_prefer(db, &change)) != OK)
		return e;
	u.version.v++;
	return user_publish(db, &u);
}

err account_change_preferences(struct web *w, time_zone zone, page_size rows)
{
	struct preference p = {w->session.user, {zone, rows}};
	err e = db_transaction(w->db, set_preferences, &p);

	return e == ERR_NO_ROW ? ERR_NOT_FOUND : e;
}

struct password_change {
	struct user user; /* whose old password was right */
	password_hash hash;
	struct session session; /* the new one, of this device */
};

/* The new session begins after the end of all others, so that it is not ended with them. */
static err change_password(struct db *db, void *context)
{
	struct password_change *c = context;
	struct user_set_password_in set = {.password_hash = c->hash, .id = c->user.id};
	struct user u;
	err e;

	if ((e = user_lock(db, &c->user, &u)) != OK)
		return e;
	set.version = u.version;
	if ((e = user_set_password(db, &set)) != OK)
		return e;
	u.version.v++;
	if ((e = user_publish(db, &u)) != OK)
		return e;
	if ((e = sessions_end(db, u.id)) != OK)
		return e;
	c->session = session_new(&u);
	return session_store(db, &c->session);
}

/* Settles a commit whose outcome is unknown: is the hash the new one? */
static err settle_change(struct web *w, const struct password_change *c, err e)
{
	struct user found;

	if (e != ERR_OUTCOME_UNKNOWN ||
	    user_by_id(w->db, &(struct user_by_id_in){.id = c->user.id}, &found) != OK)
		return e;
	return strcmp(found.password_hash.v, c->hash.v) == 0 ? OK : e;
}

/*
 * The form may have been sent twice: the first request has ended this session and set the password, so the
 * old password of the second is no longer right, although the change is done. The browser shows only the
 * answer to the second request, so that answer must carry a session too.
 */
static err sent_again(struct web *w, const struct user *u, password new, struct session *ret_session)
{
	struct session_row row;
	bool right = false;
	err e = session_by_id(
	    w->db, &(struct session_by_id_in){.id = w->session.sid, .user_id = w->session.user}, &row);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	if (e == OK && row.revoked_at.v != 0 && (e = password_fits(w, u, new, &right)) != OK)
		return e;
	if (!right)
		return web_problem(w, "password", tr_password_not_yours);
	if ((e = throttle_right(w, u)) != OK)
		return e;
	if ((e = session_begin(w, u, ret_session)) == OK)
		device_keep(w, u);
	return e;
}

err account_change_password(struct web *w, password old, password new, struct session *ret_session)
{
	struct password_change c = {0};
	bool right = false;
	err e = ERR_STALE;

	for (int i = 0; e == ERR_STALE && i < TRIES; i++) {
		if ((e = user_signed_in(w, &c.user)) != OK)
			return e;
		if ((e = password_rules(w, "newPassword", new, c.user.email)) != OK)
			return e;
		if ((e = password_proves(w, &c.user, old, &right)) != OK)
			return e;
		if (!right)
			return sent_again(w, &c.user, new, ret_session);
		if ((e = password_hashed(w, new, &c.hash)) != OK)
			return e;
		e = settle_change(w, &c, db_transaction(w->db, change_password, &c));
	}
	if (e != OK)
		return e;
	c.user.password_hash = c.hash;
	device_keep(w, &c.user);
	*ret_session = c.session;
	return OK;
}

/* Erases all personal data, and the counts of wrong passwords, whose key is made from the address. */
static err erase_user(struct db *db, void *context)
{
	const struct user *proven = context;
	struct user_erase_in in = {
	    .password_hash = {DELETED_HASH}, .display_name = {DELETED_NAME}, .id = proven->id};
	struct user u;
	err e;

	if ((e = user_lock(db, proven, &u)) != OK)
		return e;
	in.email.v = arena_printf(db_arena(db), "deleted.%s" DELETED_HOST, id_text(db_arena(db), u.id));
	in.version = u.version;
	if ((e = user_erase(db, &in)) != OK)
		return e;
	if ((e = throttle_forget(db, u.email)) != OK)
		return e;
	if ((e = sessions_end(db, u.id)) != OK)
		return e;
	u.display_name = in.display_name;
	u.status.v = user_status_DELETED;
	u.version.v++;
	return user_publish(db, &u);
}

/* A second click finds the account deleted: its session has ended, but not every process knows that yet. */
static err delete_once(struct web *w, password p)
{
	struct user u;
	bool right = false;
	err e;

	if ((e = user_by_id(w->db, &(struct user_by_id_in){.id = w->session.user}, &u)) != OK)
		return e == ERR_NO_ROW ? ERR_NOT_FOUND : e;
	if (u.status.v == user_status_DELETED)
		return OK;
	if (u.status.v != user_status_ACTIVE)
		return ERR_NOT_FOUND;
	if ((e = password_proves(w, &u, p, &right)) != OK)
		return e;
	return right ? db_transaction(w->db, erase_user, &u)
		     : web_problem(w, "password", tr_password_not_yours);
}

err account_delete(struct web *w, password p)
{
	err e = ERR_STALE;

	for (int i = 0; (e == ERR_STALE || e == ERR_OUTCOME_UNKNOWN) && i < TRIES; i++)
		e = delete_once(w, p);
	return e;
}
