#ifndef STAGEDOOR_PAYMENTS_VIEW_H
#define STAGEDOOR_PAYMENTS_VIEW_H

#include "apps/payments/payments.h"

/* Where the payment of an order stands, as its page tells it. */
enum payment_stage {
	STAGE_CHECK,    /* nothing was begun: look, then pay */
	STAGE_CONTINUE, /* the bank's page is open */
	STAGE_DECIDING, /* the bank has not said */
	STAGE_PAID,
	STAGE_FAILED,
	STAGE_ENDED,     /* the order ended before anything was paid */
	STAGE_RETURNING, /* paid, but the order had ended */
	STAGE_RETURNED,
};

struct payment_view {
	const struct order_state *order;
	enum payment_stage stage;
	const char *title;
	const char *reason; /* STAGE_FAILED: why, for people */
	const char *left;   /* of the time to pay: "12 minutes left" */
	when now;
	bool back; /* from the bank's page */
	bool sandbox;
};

/* charge: NULL when there is none. */
struct payment_view payment_view_of(struct arena *a, const struct order_state *o,
				    const struct charge_row *charge);

#endif
