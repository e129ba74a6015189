#include "apps/tickets/jobs.h"
#include "apps/tickets/ticket.h"
#include "common/app/app.h"
#include "common/base/log.h"

enum { BATCH = 100 };

/* It may have been ordered or withdrawn since it was found. */
static err withdraw(struct db *db, void *context)
{
	const struct ticket_key *key = context;
	struct ticket t;
	err e;

	if ((e = ticket_locked(db, &(struct ticket_locked_in){.id = key->id}, &t)) != OK)
		return e;
	return ticket_is_free(&t) ? ticket_end(db, &t) : OK;
}

/* One listing that cannot be withdrawn, for whatever reason, does not keep the others waiting. */
static err withdraw_all(struct db *db, struct ticket_key *keys, size_t count, size_t *ret_done)
{
	err first = OK;

	*ret_done = 0;
	for (size_t i = 0; i < count && !app_stopping(); i++) {
		err e = db_transaction(db, withdraw, &keys[i]);

		if (e == OK)
			(*ret_done)++;
		else if (first == OK)
			first = e;
		if (e == ERR_UNAVAILABLE)
			break;
	}
	return first;
}

static err forget_batch(struct db *db, int64_t *ret_met)
{
	return sellers_retire(db, &(struct sellers_retire_in){.rows = {BATCH}}, ret_met);
}

err retire(struct db *db, void *app)
{
	struct ticket_key *keys;
	size_t count, done;
	err e;

	(void)app;
	do {
		if ((e = offers_of_deleted(db, &(struct offers_of_deleted_in){.rows = {BATCH}}, &keys,
					   &count)) != OK)
			return e;
		e = withdraw_all(db, keys, count, &done);
		if (done > 0)
			log_info("withdrew %zu listings of deleted users", done);
	} while (e == OK && count == BATCH && !app_stopping());
	return e != OK ? e : app_clean(db, forget_batch);
}
