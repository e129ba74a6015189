#include "apps/payments/task.h"
#include "common/base/clock.h"

struct next next_done(void)
{
	return (struct next){NEXT_NOTHING, 0};
}

struct next next_later(int64_t delay)
{
	return (struct next){NEXT_LATER, delay};
}

struct next next_after_failure(void)
{
	return (struct next){NEXT_AFTER_FAILURE, 0};
}

static when claim_of(const struct charge_task_row *t)
{
	return (when){t->now.v + CLAIM_TIME};
}

err task_claim(struct db *db, const struct charge_task_row *t, bool *ret_ours)
{
	const struct charge_task_move_in move = {
	    .next_try_at = claim_of(t), .tries = t->tries, .charge_id = t->charge_id, .seen = t->next_try_at};
	int64_t met;
	err e = charge_task_move(db, &move, &met);

	*ret_ours = e == OK && met != 0;
	return e;
}

/* A task that was made due meanwhile has another next_try_at, and keeps it. */
err task_put_back(struct db *db, const struct charge_task_row *t, struct next next)
{
	int64_t tries = next.kind == NEXT_AFTER_FAILURE ? t->tries.v + 1 : 0;
	int64_t delay = next.kind == NEXT_AFTER_FAILURE
			    ? (t->tries.v < TRIES_OF_A_MINUTE ? SECOND << t->tries.v : 60 * SECOND)
			    : next.delay;

	if (next.kind == NEXT_NOTHING)
		return charge_task_drop(
		    db, &(struct charge_task_drop_in){.charge_id = t->charge_id, .seen = claim_of(t)}, NULL);
	return charge_task_later(
	    db,
	    &(struct charge_task_later_in){
		.delay = {delay}, .tries = {tries}, .charge_id = t->charge_id, .seen = claim_of(t)},
	    NULL);
}
