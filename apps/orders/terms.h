#ifndef STAGEDOOR_ORDERS_TERMS_H
#define STAGEDOOR_ORDERS_TERMS_H

#include "apps/orders/orders.h"

/* The terms of a ticket: those of a listing, those of an order, and how two of them differ. */

/* The terms that a listing offers; strings are shared with it. */
struct terms offer_terms(const struct known_ticket *t);

/* The terms that an order was placed for; strings are shared with it. */
struct terms order_terms(const struct order_row *o);

/* Two offers of one ticket, and which parts differ. */
struct terms_view {
	const struct terms *seen, *now; /* as given to terms_compare */
	bool title, price, when, where, seat;
};

/* seen: NULL when it is not known, now: NULL when there is no offer; then no part differs. Both must
 * outlive the result. */
struct terms_view terms_compare(const struct terms *seen, const struct terms *now);

/* Does any part differ? */
bool terms_differ(const struct terms_view *v);

#endif
