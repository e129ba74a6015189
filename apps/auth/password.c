#include "apps/auth/password.h"
#include "apps/auth/throttle.h"
#include "common/base/text.h"
#include "common/token/password.h"

static const char *const common_passwords[] = {
#define PASSWORD(text) text,
#include "apps/auth/passwords.def"
#undef PASSWORD
};

static bool password_is_common(struct arena *a, password p, email address)
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
	return password_is_common(w->arena, p, address) ? web_problem(w, field, tr_password_common) : OK;
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

err password_fits(struct web *w, const struct user *u, password p, bool *ret_right)
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
	if ((e = password_fits(w, u, p, ret_right)) != OK) {
		undone = throttle_undo(w, u);
		return undone == OK ? e : undone;
	}
	return *ret_right ? throttle_right(w, u) : OK;
}
