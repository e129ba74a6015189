#ifndef STAGEDOOR_TICKETS_JOBS_H
#define STAGEDOOR_TICKETS_JOBS_H

#include "apps/tickets/tickets.h"

/*
 * A job: withdraws the listings of deleted users, each in a transaction of its own, as their sellers could
 * have: those that are free; a held one when its hold has ended without a sale and no other order waits. It
 * goes by the rows alone, so that it is right after any crash. A user of whom nothing is left on offer is
 * passed over from then on (see seller_check).
 */
err retire(struct db *db, void *app) NODISCARD;

#endif
