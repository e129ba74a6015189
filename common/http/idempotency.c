/*
 * Idempotency keys by one table whose primary key is (user, route, key).
 *
 * An AUTO route inserts the row first, in the transaction of the effect. A second request with the key waits
 * at that insert for the outcome of the first: after a commit it meets the row and gets the stored answer,
 * after a rollback it owns the key. A MANUAL route, which calls outside in between, commits a claim first
 * and completes or drops it later; a claim older than RUNS_SECONDS is taken over, since its owner must have
 * died.
 *
 * What must hold: the effect and the stored answer commit together or not at all; refusals are not
 * remembered; the same key with another request gets an error (by the hash); each attempt of a transaction
 * begins with an empty reply; a commit whose outcome is unknown is run again with the key, which finds out.
 */
#include "common/http/idempotency.h"
#include "common/base/clock.h"
#include "common/base/text.h"
#include "common/http/idempotency_store.h"
#include "common/http/internal.h"

enum { RUNS_SECONDS = 30, REPEATS = 3 };

/* A key belongs to a user: signed-out requests have none. */
static bool has_key(const struct web *w)
{
	return w->internal->key != NULL && w->signed_in;
}

static err claim_insert(struct web *w)
{
	int64_t met;

	w->internal->claimed_at = (when){clock_now()};
	return idempotency_claim(w->db,
				 &(struct idempotency_claim_in){.user_id = w->session.user,
								.route = {w->route->name},
								.idem_key = {w->internal->key},
								.body_hash = {w->internal->hash},
								.claimed_at = w->internal->claimed_at},
				 &met);
}

static err read_first(struct web *w, struct idempotency_answer *ret_first)
{
	err e = idempotency_read(w->db,
				 &(struct idempotency_read_in){.user = w->session.user,
							       .route = {w->route->name},
							       .key = {w->internal->key}},
				 ret_first);

	if (e == ERR_NO_ROW)
		return ERR_RETRY; /* it was rolled back between our insert and this: ours now */
	if (e == OK && !text_same(ret_first->body_hash.v, w->internal->hash))
		return ERR_KEY_REUSED;
	return e;
}

static void replay(struct web *w, const struct idempotency_answer *first)
{
	const char *body = first->body.v == NULL ? "" : first->body.v;

	reply_text(w, (int)first->status.v, arena_strdup(w->arena, first->content_type.v), body);
	if (first->location.v != NULL)
		reply_header(w, "Location", first->location.v);
	reply_header(w, "Idempotency-Replayed", "true");
}

static err store_answer(struct web *w)
{
	const struct buf *body = w->internal->page != NULL ? &w->internal->page->out : &w->reply.body;
	int64_t met;

	return idempotency_done(
	    w->db,
	    &(struct idempotency_done_in){.status = {w->reply.status},
					  .location = {reply_get(w, "Location")},
					  .content_type = {w->reply.content_type},
					  .body = {body->len == 0 ? NULL : buf_text(body)},
					  .user = w->session.user,
					  .route = {w->route->name},
					  .key = {w->internal->key},
					  .claimed_at = w->internal->claimed_at},
	    &met);
}

static void forget_attempt(struct web *w)
{
	reply_reset(w);
	w->problems = (struct problems){.arena = w->arena, .locale = w->locale};
	w->detail = NULL;
	w->problem_more = NULL;
}

/* The row comes first: it makes a second request with the key wait for the outcome of this one. */
err web_begin(struct web *w)
{
	struct idempotency_answer first;
	err e;

	forget_attempt(w);
	if ((e = db_begin(w->db)) != OK || !has_key(w))
		return e;
	if ((e = claim_insert(w)) != ERR_DUPLICATE)
		return e;
	if ((e = read_first(w, &first)) != OK)
		return e;
	if (first.status.v == 0)
		return ERR_CONFLICT;
	replay(w, &first);
	return ERR_REPLAYED;
}

/* A commit whose outcome is unknown: with a key the same again finds out, since it meets its own row or
 * none. */
err web_end(struct web *w, err e)
{
	const bool answered = e == OK;

	if (e == OK && has_key(w))
		e = w->reply.status == 0 ? ERR_BUG : store_answer(w);
	e = db_end(w->db, e);
	if (e == ERR_OUTCOME_UNKNOWN && has_key(w) && w->internal->repeats++ < REPEATS)
		return ERR_RETRY;
	if (e == ERR_RETRY)
		return e;
	w->internal->repeats = 0;
	if (e == ERR_REPLAYED)
		return OK;
	/* what the work answered was not stored */
	if (e != OK && answered)
		reply_reset(w);
	if (e == ERR_OUTCOME_UNKNOWN) {
		reply_reset(w);
		return web_fail(w, ERR_UNAVAILABLE, tr_http_maybe_done);
	}
	return e;
}

err write_run(struct web *w, const void *in)
{
	err e;

	do {
		if ((e = web_begin(w)) == OK)
			e = w->route->call(w, in);
		e = web_end(w, e);
	} while (e == ERR_RETRY);
	return e;
}

struct claim {
	struct web *w;
	bool taken_over;
};

static err claim_work(struct db *db, void *context)
{
	struct claim *claim = context;
	struct web *w = claim->w;
	struct idempotency_answer first;
	err e = claim_insert(w);

	(void)db;
	claim->taken_over = false;
	if (e != ERR_DUPLICATE)
		return e;
	if ((e = read_first(w, &first)) != OK)
		return e;
	if (first.status.v != 0) {
		replay(w, &first);
		return ERR_REPLAYED;
	}
	if (w->internal->claimed_at.v - first.claimed_at.v < RUNS_SECONDS * SECOND)
		return web_fail(w, ERR_CONFLICT, tr_http_still_running);
	claim->taken_over = true;
	e = idempotency_take_over(w->db, &(struct idempotency_take_over_in){.now = w->internal->claimed_at,
									    .user = w->session.user,
									    .route = {w->route->name},
									    .key = {w->internal->key},
									    .seen = first.claimed_at});
	return e == ERR_STALE ? ERR_RETRY : e;
}

err web_claim(struct web *w, bool *ret_taken_over)
{
	struct claim claim = {.w = w};
	err e = OK;

	if (has_key(w))
		e = db_transaction(w->db, claim_work, &claim);
	if (e == OK)
		*ret_taken_over = claim.taken_over;
	return e == ERR_OUTCOME_UNKNOWN ? ERR_UNAVAILABLE : e;
}

static err done_work(struct db *db, void *context)
{
	(void)db;
	return store_answer(context);
}

err web_claim_done(struct web *w)
{
	return has_key(w) ? db_transaction(w->db, done_work, w) : OK;
}

static err drop_work(struct db *db, void *context)
{
	struct web *w = context;
	int64_t met;

	return idempotency_drop(db,
				&(struct idempotency_drop_in){.user = w->session.user,
							      .route = {w->route->name},
							      .key = {w->internal->key},
							      .claimed_at = w->internal->claimed_at},
				&met);
}

err web_claim_drop(struct web *w)
{
	return has_key(w) ? db_transaction(w->db, drop_work, w) : OK;
}
