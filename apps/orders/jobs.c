#include "apps/orders/jobs.h"
#include "apps/orders/budget.h"
#include "apps/orders/order.h"
#include "common/base/log.h"

enum { BATCH = 100 };

static err sweep_order(struct db *db, order_id id)
{
	struct order_row o;
	when now;
	err e;

	do {
		if ((e = db_begin(db)) == OK && (e = db_now(db, &now)) == OK)
			e = order_expire(db, id, now, &o);
		e = db_end(db, e);
	} while (e == ERR_RETRY);
	return e == ERR_NO_ROW ? OK : e;
}

/* A failure on one order does not stop the batch, unless the database is unavailable. */
static err sweep_batch(struct db *db, const struct order_key *keys, size_t count, size_t *ret_ended)
{
	err first = OK;
	size_t ended = 0;

	for (size_t i = 0; i < count; i++) {
		err e = sweep_order(db, keys[i].id);

		if (e == OK)
			ended++;
		else if (first == OK)
			first = e;
		if (e == ERR_UNAVAILABLE)
			break;
	}
	*ret_ended = ended;
	return first;
}

/* Ends every overdue order, one transaction for each. Hints of expiration only make that earlier. Returns the
 * first error, after it has tried the others. */
static err sweep_overdue_orders(struct db *db, void *app)
{
	struct orders_overdue_in in = {.limit = {BATCH}};
	struct order_key *keys;
	size_t count, ended;
	err e;

	(void)app;
	do {
		if ((e = db_now(db, &in.now)) != OK)
			return e;
		if ((e = orders_overdue(db, &in, &keys, &count)) != OK)
			return e;
		e = sweep_batch(db, keys, count, &ended);
		if (ended > 0)
			log_info("the sweep ended %zu orders", ended);
	} while (e == OK && count == BATCH);
	return e;
}

static err clean_budgets_batch(struct db *db, int64_t *ret_met)
{
	when now;
	err e;

	if ((e = db_now(db, &now)) != OK)
		return e;
	return budgets_clean(db, &(struct budgets_clean_in){.before = {now.v - BUDGET_MEMORY}}, ret_met);
}

/* Deletes the budgets whose last lapse is more than BUDGET_MEMORY ago. */
static err clean_budgets(struct db *db, void *app)
{
	(void)app;
	return app_clean(db, clean_budgets_batch);
}

const struct job orders_jobs[] = {
    {"sweep", 5000, sweep_overdue_orders},
    {"budgets", 60 * 1000, clean_budgets},
    {NULL, 0, NULL},
};
