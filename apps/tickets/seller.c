#include "apps/tickets/seller.h"

err seller_seen(struct db *db, const struct user_state *user)
{
	const struct seller_renew_in in = {.version = user->version,
					   .display_name = user->display_name,
					   .status = user->status,
					   .id = user->id,
					   .below = user->version};
	const struct seller_replica row = {user->id, user->version, user->display_name, user->status};
	int64_t met;
	err e;

	if ((e = seller_renew(db, &in, &met)) != OK || met > 0)
		return e;
	e = seller_add(db, &row);
	return e == ERR_DUPLICATE ? OK : e;
}

err seller_name(struct db *db, user_id id, const char **ret_name)
{
	struct seller_replica seller;
	err e = seller_by_id(db, &(struct seller_by_id_in){.id = id}, &seller);

	if (e != OK && e != ERR_NO_ROW)
		return e;
	*ret_name = e == OK && seller.status.v != user_status_DELETED ? seller.display_name.v : NULL;
	return OK;
}
