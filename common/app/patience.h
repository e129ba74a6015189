#ifndef STAGEDOOR_APP_PATIENCE_H
#define STAGEDOOR_APP_PATIENCE_H

#include "common/schema/kind.h"

/*
 * How long messages that fail for their own reasons may hold up what is behind them. They share one budget:
 * the time that one waits is spent, and comes back a tenth as fast. So one message is tried again for as long
 * as the whole budget (the reason may go away), but however many fail, in a row or between others, they hold
 * up the queue for the budget once, and for a tenth of the time after that.
 */
struct patience {
	int64_t budget, left; /* microseconds; what was spent beyond the budget is owed */
	int64_t at;           /* of the last failure, clock_steady() */
	event_id id;          /* of the message that is tried again; none: none is */
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
