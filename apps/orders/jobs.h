#ifndef STAGEDOOR_ORDERS_JOBS_H
#define STAGEDOOR_ORDERS_JOBS_H

#include "common/db/db.h"

/* The timed work of orders (struct job). Each opens its own transactions; app is unused. Errors: those
 * of queries; the job runs again at its next time. */

/* Ends every overdue order, one transaction for each. Hints of expiration only make that earlier.
 * Returns the first error, after it has tried the others. */
err sweep_overdue_orders(struct db *db, void *app) NODISCARD;

/* Deletes the budgets whose last lapse is more than BUDGET_MEMORY ago. */
err clean_budgets(struct db *db, void *app) NODISCARD;

#endif
