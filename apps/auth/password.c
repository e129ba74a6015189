#include "apps/auth/password.h"
#include "apps/auth/device.h"
#include "apps/auth/session.h"
#include "apps/auth/throttle.h"
#include "apps/auth/user.h"
#include "common/base/text.h"
#include "common/token/password.h"

enum { TRIES = 3 }; /* how often others may change the account in between */

static const char *const common_passwords[] = {
#define PASSWORD(text) text,
#include "apps/auth/passwords.def"
#undef PASSWORD
};

bool password_is_common(struct arena *a, password p, email address)
{
	char *lower = arena_strdup(a, p.v);

	text_lower(lower);
	if (strcmp(lower, address.v) == 0)
		return true;
	for (size_t i = 0; i < sizeof common_passwords / sizeof *common_passwords; i++)
		if (strcmp(lower, common_passwords[i]) == 0)
			return true;
	return false;
}

err password_rules(struct web *w, const char *field, password p, email address)
{
	return password_is_common(w->arena, p, address) ? web_problem(w, field, say_password_common) : OK;
}

/* A password being checked or hashed, while a slot for it may have to be waited for. */
struct work {
	password password;
	password_hash hash;
	bool right;
};

static err hash_now(struct web *w, void *context)
{
	struct work *work = context;

	return password_hash_of(w->arena, work->password, &work->hash);
}

err password_hashed(struct web *w, password p, password_hash *ret_hash)
{
	struct work work = {.password = p};
	err e = web_wait(w, hash_now, &work);

	if (e == OK)
		*ret_hash = work.hash;
	return e;
}

static err check_now(struct web *w, void *context)
{
	struct work *work = context;

	(void)w;
	return password_check(work->password, work->hash, &work->right);
}

static err fits(struct web *w, const struct user *u, password p, bool *ret_right)
{
	struct work work = {.password = p, .hash = u->password_hash};
	err e = web_wait(w, check_now, &work);

	if (e == OK)
		*ret_right = work.right;
	return e;
}

err password_proves(struct web *w, const struct user *u, password p, bool *ret_right)
{
	err e, undone;

	if ((e = throttle_take(w, u)) != OK)
		return e;
	if ((e = fits(w, u, p, ret_right)) != OK) {
		undone = throttle_undo(w, u);
		return undone == OK ? e : undone;
	}
	return *ret_right ? throttle_right(w, u) : OK;
}

struct change {
	struct user user; /* whose old password was right */
	password_hash hash;
	struct session session; /* the one that goes on */
};

/* The new session comes after the end of the others: it is none that began before. */
static err change(struct db *db, void *context)
{
	struct change *c = context;
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

/* The outcome of a commit whose answer was lost: is the hash the new one? */
static err settle(struct web *w, const struct change *c, err e)
{
	struct user found;

	if (e != ERR_LOST || user_by_id(w->db, &(struct user_by_id_in){.id = c->user.id}, &found) != OK)
		return e;
	return strcmp(found.password_hash.v, c->hash.v) == 0 ? OK : e;
}

/*
 * The form sent twice: the first has ended this session and set the password, so what the second calls the
 * old one is no longer right, and yet what was wanted is done. A browser shows the answer to the second
 * alone; it must have a session too.
 */
static err sent_again(struct web *w, const struct user *u, password new, struct session *ret_session)
{
	struct session_row row;
	bool right = false;
	err e = session_by_id(
	    w->db, &(struct session_by_id_in){.id = w->session.sid, .user_id = w->session.user}, &row);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	if (e == OK && row.revoked_at.v != 0 && (e = fits(w, u, new, &right)) != OK)
		return e;
	if (!right)
		return web_problem(w, "password", say_password_not_yours);
	if ((e = throttle_right(w, u)) != OK)
		return e;
	if ((e = session_begin(w, u, ret_session)) == OK)
		device_keep(w, u);
	return e;
}

err user_change_password(struct web *w, password old, password new, struct session *ret_session)
{
	struct change c = {0};
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
		e = settle(w, &c, db_transaction(w->db, change, &c));
	}
	if (e != OK)
		return e;
	c.user.password_hash = c.hash;
	device_keep(w, &c.user);
	*ret_session = c.session;
	return OK;
}
