#ifndef STAGEDOOR_ORDERS_EVENTS_H
#define STAGEDOOR_ORDERS_EVENTS_H

#include "apps/orders/orders.h"

/*
 * What orders does with the events of other services (CONSUMER rows of amqp/events.def). Each function runs
 * in the delivery's transaction. Events may come in any order and more than once: one that is not newer
 * than the replica changes nothing. Errors: those of queries; the delivery is then repeated.
 */

/* Stores the listing and decides the proposal that it carries: accepted while no order has the ticket,
 * otherwise refused (OfferDecided). Completes the steps of an order of protocol 1.0: locked for it →
 * awaiting_payment; changed by the seller since → cancelled. */
err on_ticket(struct db *db, const struct ticket_state *state) NODISCARD;

/* Stores the charge, then settles its order: secured, completed, returned, or cancelled when the payment
 * failed. */
err on_charge(struct db *db, const struct charge_state *state) NODISCARD;

/* A hint that a hold is over: ends the order if it is overdue by this database's clock. If the hint is
 * less than a second early, tries again at the deadline; earlier hints are left to the sweep. */
err on_expired(struct db *db, const struct order_end *hint) NODISCARD;

#endif
