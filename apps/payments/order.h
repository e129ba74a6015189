#ifndef STAGEDOOR_PAYMENTS_ORDER_H
#define STAGEDOOR_PAYMENTS_ORDER_H

#include "apps/payments/payments.h"

/* Rules on the replica of an order, by this program's clock. */

/* May a payment of it begin: does it await one, and is it before its deadline? */
bool order_is_payable(const struct order_state *o);

/* Has orders decided that the buyer gets the ticket, so that the money may be taken? */
bool order_is_secured(const struct order_state *o);

/* Was it cancelled? */
bool order_is_cancelled(const struct order_state *o);

/* Has it ended without a sale, or was the sale undone? */
bool order_has_ended(const struct order_state *o);

/* Has it ended, or is it so long past its deadline that its end must be on its way? */
bool order_is_over(const struct order_state *o);

/* Is it a minute past its deadline and not secured? Then orders or the broker is down. */
bool order_is_undecided(const struct order_state *o);

#endif
