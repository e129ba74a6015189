#include "apps/auth/auth.h"
#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/token/password.h"

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

struct hashing {
	password password;
	password_hash hash;
};

static err hash_now(struct web *w, void *context)
{
	struct hashing *h = context;

	return password_hash_of(w->arena, h->password, &h->hash);
}

struct sign_up {
	struct user user;
	struct session session;
};

static struct user_state state_of(const struct user *u)
{
	return (struct user_state){
	    .id = u->id, .version = u->version, .display_name = u->display_name, .status = u->status};
}

static err store(struct db *db, void *context)
{
	struct sign_up *s = context;
	struct user_state state = state_of(&s->user);
	err e;

	if ((e = user_insert(db, &s->user, NULL)) != OK)
		return e;
	if ((e = session_store(db, &s->session)) != OK)
		return e;
	return publish_user_created(db, &state);
}

/* An address is never a name, nor a part of one. */
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

/* The outcome of a commit whose answer was lost: was the row stored? */
static err settle(struct web *w, const struct sign_up *s, err e)
{
	struct user found;

	if (e != ERR_LOST || user_by_id(w->db, &(struct user_by_id_in){.id = s->user.id}, &found) != OK)
		return e;
	return OK;
}

err user_sign_up(struct web *w, const struct signup_request *wish, struct session *ret_session)
{
	struct hashing hashing = {.password = wish->password};
	struct sign_up s;
	err e;

	if (password_is_common(w->arena, wish->password, wish->email))
		return problems_add(&w->problems, "password",
				    "Choose another password: this one is among the first that are tried, "
				    "because many people use it.");
	if ((e = web_wait(w, hash_now, &hashing)) != OK)
		return e;
	s = sign_up_of(w, wish, hashing.hash);
	e = settle(w, &s, db_transaction(w->db, store, &s));
	if (e == ERR_DUPLICATE)
		return problems_add(&w->problems, "email",
				    "There is an account with this address already. Sign in instead, or give "
				    "another address.");
	if (e == OK)
		*ret_session = s.session;
	return e;
}

struct rename {
	user_id id;
	version seen;
	display_name name;
};

/* The same name again is done already, whatever the version: a second click. */
static err rename_user(struct db *db, void *context)
{
	const struct rename *r = context;
	const struct user_rename_in change = {.display_name = r->name, .id = r->id, .version = r->seen};
	struct user u;
	struct user_state state;
	err e;

	if ((e = user_by_id(db, &(struct user_by_id_in){.id = r->id}, &u)) != OK)
		return e;
	if (strcmp(u.display_name.v, r->name.v) == 0)
		return OK;
	if ((e = user_rename(db, &change)) != OK)
		return e;
	u.display_name = r->name;
	u.version = (version){r->seen.v + 1};
	state = state_of(&u);
	return publish_user_updated(db, &state);
}

err user_change_name(struct web *w, version seen, display_name name)
{
	struct rename r = {w->session.user, seen, name};
	err e = db_transaction(w->db, rename_user, &r);

	if (e == ERR_NO_ROW)
		return ERR_NOT_FOUND;
	if (e == ERR_STALE)
		return web_fail(w, ERR_CONFLICT,
				"The account was changed somewhere else in the meantime. Look at it, then "
				"change it again.");
	return e;
}
