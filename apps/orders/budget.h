#ifndef STAGEDOOR_ORDERS_BUDGET_H
#define STAGEDOOR_ORDERS_BUDGET_H

#include "apps/orders/orders.h"

/*
 * The hold budget of a buyer, against hoarding: so many live orders at a time (a slot each, place.c), and a
 * pause before the next order for who lets holds lapse. The first lapse costs nothing; from the second on the
 * pause is 1, 2, 4 … minutes from the deadline that passed, an hour at most. A purchase clears all; a day
 * without a lapse forgets them. What is held already stays.
 *
 * Locks are taken in one order everywhere: the ticket's row, rows of orders by id, then budgets. Only placing
 * an order needs the budgets of two: the buyer's, and that of whoever let the ticket's hold lapse. Two that
 * need the same two budgets never meet there: if both buyers are the same they take them in the same order,
 * and otherwise each one's lapsed order is in the other's way too, so they have met at the rows of the
 * orders.
 */

/* Counts the lapse of an order that has just been ended as expired. One that was never held is nobody's fault
 * and does not count. */
err budget_lapse(struct db *db, const struct order_row *o) NODISCARD;

/* The buyer has bought something. */
err budget_clear(struct db *db, user_id buyer) NODISCARD;

/* Locks what is known of the buyer. A buyer of whom nothing is known has no lapses. */
err budget_look(struct db *db, user_id buyer, struct hold_budget *ret_budget) NODISCARD;

/* How long a buyer pauses after so many lapses, in microseconds. */
int64_t budget_pause(int64_t lapses);

/* The job that deletes what is forgotten. */
err budget_clean(struct db *db, void *app) NODISCARD;

#endif
