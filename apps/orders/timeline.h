#ifndef STAGEDOOR_ORDERS_TIMELINE_H
#define STAGEDOOR_ORDERS_TIMELINE_H

#include "apps/orders/orders.h"
#include "common/base/messages.h"

/* The timeline of an order: what happened, oldest first, and what comes next. */

struct timeline_line {
	const struct message *what, *why; /* static; why: NULL when `what` says it all */
	when at;                          /* null: not known */
	int64_t sort_key;                 /* the time, or the key of the line before when it is not known */
	bool is_next;                     /* it has not happened yet */
	bool is_show;                     /* `at` is shown in the venue's time zone, not the reader's */
};
enum { TIMELINE_MAX = 10 };

struct timeline {
	struct timeline_line lines[TIMELINE_MAX];
	size_t count;
};

/* The timeline of the order at `now`. charge: NULL when none is known. */
struct timeline timeline_of(const struct order_row *o, when now, const struct known_charge *charge);

#endif
