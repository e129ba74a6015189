#ifndef STAGEDOOR_PAYMENTS_VIEW_H
#define STAGEDOOR_PAYMENTS_VIEW_H

#include "apps/payments/payments.h"
#include "common/html/html.h"
#include "common/http/web.h"

/* The state of the payment of an order, as its page shows it. */
enum payment_stage {
	STAGE_CHECK,      /* there is no charge yet */
	STAGE_CONTINUE,   /* the provider's page is open */
	STAGE_DECIDING,   /* the provider has not answered yet */
	STAGE_CONFIRMING, /* the provider holds the amount, and orders decides */
	STAGE_PAID,
	STAGE_FAILED,
	STAGE_ENDED,     /* the order ended before anything was taken */
	STAGE_RETURNING, /* paid, but the order had ended */
	STAGE_RETURNED,
};

struct payment_view {
	const struct order_state *order;
	const struct charge_row *charge; /* NULL in STAGE_CHECK, and may be in STAGE_ENDED */
	enum payment_stage stage;
	const struct message *title;
	const char *reason;          /* STAGE_FAILED: why, for people */
	const struct message *ended; /* STAGE_ENDED: why */
	display_name name;           /* who pays */
	email email;
	const char *url, *order_url;
	when now;
	bool back; /* the reader came from the provider's page */
	bool sandbox;
};

/* charge: NULL when there is none. */
struct payment_view payment_view_of(const struct web *w, const struct order_state *o,
				    const struct charge_row *charge);

#endif
