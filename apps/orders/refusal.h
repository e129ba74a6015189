#ifndef STAGEDOOR_ORDERS_REFUSAL_H
#define STAGEDOOR_ORDERS_REFUSAL_H

#include "apps/orders/orders.h"
#include "common/base/messages.h"

/* Why an order was not placed, with its error and its sentences. */

enum refusal_reason {
	NOT_REFUSED,
	REFUSED_UNLISTED,        /* sold or withdrawn */
	REFUSED_OWN,             /* the buyer is the seller */
	REFUSED_CHANGED,         /* another revision than the buyer saw */
	REFUSED_HELD_BY_BUYER,   /* the buyer has a live order for it */
	REFUSED_BOUGHT_BY_BUYER, /* the buyer has bought it */
	REFUSED_HELD,            /* another buyer has a live order for it */
	REFUSED_BOUGHT,          /* another buyer has bought it */
	REFUSED_TOO_MANY,        /* the buyer has as many live orders as the budget allows */
	REFUSED_COOL_DOWN,       /* the buyer let holds lapse and must wait */
};

struct refusal {
	enum refusal_reason reason;
	int64_t slots;              /* live orders that a buyer may have */
	struct known_ticket offer;  /* the listing as it is now; not with NOT_REFUSED */
	struct order_holder holder; /* REFUSED_HELD_BY_BUYER to REFUSED_BOUGHT: whose it is */
	struct hold_budget budget;  /* REFUSED_COOL_DOWN: the lapses, and the end of the cool-down */
	when now;                   /* REFUSED_COOL_DOWN: time of the decision */
};

/* The error that the reason answers with: ERR_CONFLICT, ERR_FORBIDDEN or ERR_THROTTLED; OK for
 * NOT_REFUSED. */
err refusal_err(enum refusal_reason reason);

/* Heading and sentence in the language of l; not for NOT_REFUSED. Static, or in the arena. */
const char *refusal_title(struct arena *a, const struct locale *l, const struct refusal *r);
const char *refusal_sentence(struct arena *a, const struct locale *l, const struct refusal *r);

/* REFUSED_COOL_DOWN: seconds until the end of the cool-down, rounded up; otherwise 0. */
int refusal_retry_after(const struct refusal *r);

#endif
