#ifndef STAGEDOOR_APP_PATIENCE_H
#define STAGEDOOR_APP_PATIENCE_H

#include "common/schema/kind.h"

/*
 * How long messages that fail on their own may block the queue. They share one budget of time: retrying a
 * message spends it, and it refills a tenth as fast. So a single message is retried for the whole budget (its
 * cause may go away), but many failing messages block the queue for the budget once, and for a tenth of the
 * time after that.
 */
struct patience {
	int64_t budget, left; /* microseconds; what was spent beyond the budget is owed */
	int64_t at;           /* of the last failure, clock_steady() */
	event_id id;          /* of the message that is tried again; null: there is no such message */
	int64_t waited;       /* how long it has been tried */
};

/* The whole budget, in microseconds, nothing of it spent. */
struct patience patience_make(int64_t budget_us);

/* The message fails, at this moment (clock_steady()); is there time left to try it again? p->waited says how
 * long it has been tried. */
bool patience_lasts(struct patience *p, event_id id, int64_t now);

/* No message is tried again: the last one is done. */
void patience_rests(struct patience *p);

#endif
