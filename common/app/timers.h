#ifndef STAGEDOOR_APP_TIMERS_H
#define STAGEDOOR_APP_TIMERS_H

#include "common/db/db.h"

/*
 * Runs the due functions of app_at, each in a separate transaction. Returns ms until the next, at most 1000.
 */
int timers_run(struct db *db);

#endif
