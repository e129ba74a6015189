#ifndef STAGEDOOR_ORDERS_JOBS_H
#define STAGEDOOR_ORDERS_JOBS_H

#include "common/app/app.h"

/* Timed work: ends overdue orders, and deletes budgets that no longer count. */
extern const struct job orders_jobs[];

#endif
