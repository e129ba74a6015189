#include "apps/auth/user.h"

err user_publish(struct db *db, const struct user *u)
{
	struct user_state state;

	user_to_user_state(u, &state);
	return u->version.v == 1 ? publish_user_created(db, &state) : publish_user_updated(db, &state);
}

err user_lock(struct db *db, const struct user *proven, struct user *ret_user)
{
	struct user u;
	err e = user_locked(db, &(struct user_locked_in){.id = proven->id}, &u);

	if (e != OK)
		return e;
	if (u.status.v != user_status_ACTIVE || strcmp(u.password_hash.v, proven->password_hash.v) != 0)
		return ERR_STALE;
	*ret_user = u;
	return OK;
}

err user_signed_in(struct web *w, struct user *ret_user)
{
	struct user u;
	err e = user_by_id(w->db, &(struct user_by_id_in){.id = w->session.user}, &u);

	if (e == ERR_NO_ROW || (e == OK && u.status.v != user_status_ACTIVE))
		return ERR_NOT_FOUND;
	if (e == OK)
		*ret_user = u;
	return e;
}
