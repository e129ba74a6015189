#ifndef STAGEDOOR_ORDERS_ORDER_H
#define STAGEDOOR_ORDERS_ORDER_H

#include "apps/orders/orders.h"
#include "common/base/messages.h"

/*
 * The rules of an order: created → awaiting_payment → completed, or cancelled; both ends are final. Pages,
 * API, deliveries and the sweep all come here. Every function runs inside a transaction, locks the rows that
 * it decides on, changes an order by its version and publishes it in the same transaction. `now` is the
 * orders database's clock (db_now), the only one that counts.
 */

/* Why an order was not placed, with its error and its words. */
enum refusal {
	REFUSED_NOT,
	REFUSED_UNLISTED, /* sold or withdrawn */
	REFUSED_OWN,      /* the buyer is the seller */
	REFUSED_CHANGED,  /* another revision than the buyer saw */
	REFUSED_MINE,     /* the buyer holds it */
	REFUSED_YOURS,    /* the buyer bought it */
	REFUSED_HELD,     /* somebody else does */
	REFUSED_BOUGHT,   /* somebody else paid for it */
	REFUSED_TOO_MANY, /* as many live orders as the budget allows */
	REFUSED_PAUSED,   /* let holds lapse of late */
};

struct placement {
	user_id buyer;
	ticket_id ticket;
	revision seen; /* none: the replica's */
	int64_t hold_seconds;
	int64_t slots; /* live orders at a time, 1 to BUDGET_MAX */
	bool pauses;   /* after lapses (budget.h) */
	/* what came of it */
	enum refusal refusal;
	struct ticket_state offer;  /* the listing as it stands; of a refusal too */
	struct order_holder holder; /* REFUSED_MINE to _BOUGHT: who has it */
	struct hold_budget budget;  /* of the buyer; REFUSED_PAUSED: until when, and why */
	when now;
	struct order_row order; /* when OK */
};
enum { BUDGET_MAX = 100 };

/* The error of a refusal, its heading and its sentence in words. */
err refusal_err(enum refusal r);
const char *refusal_title(struct arena *a, const struct locale *l, const struct placement *p);
const char *refusal_sentence(struct arena *a, const struct locale *l, const struct placement *p);

/*
 * Places the order: ends what is overdue of this buyer and on this ticket, then compares and inserts;
 * publishes OrderCreated. ERR_NO_ROW: no such listing has been heard of. ERR_CONFLICT, ERR_FORBIDDEN,
 * ERR_THROTTLED: p->refusal says why; the transaction must then be rolled back.
 */
err order_place(struct db *db, struct placement *p) NODISCARD;

/* The terms that a listing offers; strings are shared. */
struct terms offer_terms(const struct ticket_state *t);

/* Ends a live order of that buyer: as expired when it is overdue, otherwise by the buyer's wish. A cancelled
 * order stays as it is. ERR_NOT_FOUND: unknown or somebody else's. ERR_CONFLICT: completed. *ret_order is the
 * row as it now is, also of a conflict. */
err order_give_up(struct db *db, user_id buyer, order_id id, struct order_row *ret_order) NODISCARD;

/* Ends the order when it is live and `now` has reached its deadline, and counts that in the buyer's budget;
 * otherwise nothing. *ret_order is the row as it now is. ERR_NO_ROW. */
err order_expire(struct db *db, order_id id, when now, struct order_row *ret_order) NODISCARD;

/* The same without the budget: the caller, who ends several, calls budget_lapse for those that lapsed once
 * all are locked (budget.h). */
err order_run_out(struct db *db, order_id id, when now, struct order_row *ret_order,
		  bool *ret_lapsed) NODISCARD;

/* What ticket and charge events do to an order that the caller has locked (order_lock); *o becomes the new
 * row. */
err order_hold(struct db *db, struct order_row *o) NODISCARD; /* created → awaiting_payment */
err order_end(struct db *db, struct order_row *o,
	      enum cancel_reason_word why) NODISCARD; /* live → cancelled */
err order_settle(struct db *db, struct order_row *o,
		 charge_status charge) NODISCARD; /* awaiting_payment → completed or cancelled */

/* Adds the event of the status that the row now has to the outbox. */
err order_publish(struct db *db, const struct order_row *o) NODISCARD;

/* Is it created or awaiting_payment? */
bool order_is_live(const struct order_row *o);

/* The order as it is to be shown at `now`: an overdue one has ended, though its row does not say so yet. */
void order_as_of(struct order_row *o, when now);

#endif
