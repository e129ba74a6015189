/*
 * Timed work: proposes the withdrawal of the listings of deleted users, each in its own transaction, as their
 * sellers would: for a free one at once, for a held one when its hold has ended without a sale and no other
 * order waits. Orders decides; after a refusal the job proposes it again.
 *
 * The job reads the rows alone and keeps no state, so a crash at any point loses nothing. A deleted user
 * without a listing that is still listed is marked as retired, and the next rounds skip that user. The
 * mark waits for a minute: a request that began before the deletion arrived here may list one more ticket,
 * and is committed by then (seller_check refuses later ones).
 */
#include "apps/tickets/jobs.h"
#include "apps/tickets/hold.h"
#include "apps/tickets/proposal.h"
#include "common/base/log.h"

enum { BATCH = 100 };

/* The ticket may have been ordered or withdrawn since the query found it. */
static err withdraw_orphan(struct db *db, void *context)
{
	const struct ticket_key *key = context;
	struct ticket t;
	err e;

	if ((e = ticket_locked(db, &(struct ticket_locked_in){.id = key->id}, &t)) != OK)
		return e;
	return ticket_is_free(&t) && t.proposal.v == 0 ? proposal_open(db, &t, NULL) : OK;
}

/* A failure on one listing does not stop the batch: the first error is returned after it. */
static err withdraw_batch(struct db *db, struct ticket_key *keys, size_t count, size_t *ret_done)
{
	err first = OK;

	*ret_done = 0;
	for (size_t i = 0; i < count && !app_stopping(); i++) {
		err e = db_transaction(db, withdraw_orphan, &keys[i]);

		if (e == OK)
			(*ret_done)++;
		else if (first == OK)
			first = e;
		if (e == ERR_UNAVAILABLE)
			break;
	}
	return first;
}

static err retire_batch(struct db *db, int64_t *ret_met)
{
	return sellers_retire(db, &(struct sellers_retire_in){.rows = {BATCH}}, ret_met);
}

static err withdraw_orphans(struct db *db, void *app)
{
	struct ticket_key *keys;
	size_t count, done;
	err e;

	(void)app;
	do {
		if ((e = offers_of_deleted(db, &(struct offers_of_deleted_in){.rows = {BATCH}}, &keys,
					   &count)) != OK)
			return e;
		e = withdraw_batch(db, keys, count, &done);
		if (done > 0)
			log_info("proposed to withdraw %zu listings of deleted users", done);
	} while (e == OK && count == BATCH && !app_stopping());
	return e != OK ? e : app_clean(db, retire_batch);
}

const struct job tickets_jobs[] = {
    {"withdraw orphans", 2000, withdraw_orphans},
    {NULL, 0, NULL},
};
