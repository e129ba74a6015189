#ifndef STAGEDOOR_PAYMENTS_ORDER_H
#define STAGEDOOR_PAYMENTS_ORDER_H

#include "apps/payments/payments.h"

/* Rules on the replica of an order, by this program's clock. */

/* May it be paid now: is it awaiting payment, and before its deadline? */
bool order_is_payable(const struct order_state *o);

/* Has it ended without a sale? */
bool order_is_cancelled(const struct order_state *o);

/* Has it been cancelled, or is it so long past its deadline that its end must be on its way? */
bool order_is_over(const struct order_state *o);

#endif
