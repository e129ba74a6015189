/*
 * The hold budget limits hoarding: holds that a buyer lets expire keep tickets from other buyers.
 *
 * A buyer has a number of slots, one for each live order (place.c), and gets a cool-down before the next
 * order after holds that lapsed. The first lapse costs nothing, because it happens to anyone; from the
 * second on the cool-down is 1, 2, 4 … minutes after the deadline of the last lapse, an hour at most. A
 * purchase clears the budget, so does a day without a lapse. Orders that are live already stay.
 *
 * What must hold: locks are taken in one order everywhere: the ticket's row, rows of orders by id, then
 * budgets. Only placing an order needs the budgets of two buyers: that of the buyer, and that of whoever
 * let the hold on the ticket lapse. Two transactions that need the same two budgets cannot deadlock on
 * them: if both have the same buyer they take them in the same order; otherwise each must first lock the
 * lapsed order of the other's buyer, so one of them waits at the rows of the orders.
 */
#include "apps/orders/budget.h"

#define MINUTE (60 * SECOND)

enum { COOL_DOWN_MAX_MINUTES = 60, DOUBLINGS_MAX = 30 };

/* The cool-down after that many lapses, in microseconds. */
static int64_t budget_cool_down(int64_t lapses)
{
	int64_t doublings = lapses - 2, minutes;

	if (doublings < 0)
		return 0;
	minutes = INT64_C(1) << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX);
	return (minutes < COOL_DOWN_MAX_MINUTES ? minutes : COOL_DOWN_MAX_MINUTES) * MINUTE;
}

/* The cool-down begins at the deadline, not when the order was found overdue: a late sweep does not prolong
 * it. */
static struct hold_budget budget_after(const struct hold_budget *known, const struct order_row *o)
{
	struct hold_budget b = *known;
	int64_t cool_down;

	if (b.lapses.v == 0 || b.lapsed_at.v < o->expires_at.v - BUDGET_MEMORY)
		b.lapses.v = 0;
	b.lapses.v++;
	if (b.lapsed_at.v < o->expires_at.v)
		b.lapsed_at = o->expires_at;
	cool_down = budget_cool_down(b.lapses.v);
	b.allowed_at = (when){cool_down == 0 ? 0 : b.lapsed_at.v + cool_down};
	return b;
}

err budget_lock_row(struct db *db, user_id buyer, struct hold_budget *ret_budget)
{
	err e = budget_lock(db, &(struct budget_lock_in){.user_id = buyer}, ret_budget);

	if (e == ERR_NO_ROW) {
		*ret_budget = (struct hold_budget){.user_id = buyer};
		return OK;
	}
	return e;
}

static err budget_row_insert(struct db *db, struct hold_budget *b)
{
	err e;

	b->version.v = 1;
	e = budget_insert(db, b);
	return e == ERR_DUPLICATE ? ERR_RETRY : e;
}

static err budget_row_change(struct db *db, const struct hold_budget *b)
{
	err e = budget_change(db, &(struct budget_change_in){.lapses = b->lapses,
							     .lapsed_at = b->lapsed_at,
							     .allowed_at = b->allowed_at,
							     .user_id = b->user_id,
							     .version = b->version});

	return e == ERR_STALE ? ERR_RETRY : e;
}

err budget_lapse(struct db *db, const struct order_row *o)
{
	struct hold_budget known, next;
	err e;

	if (o->held_at.v == 0)
		return OK;
	if ((e = budget_lock_row(db, o->user_id, &known)) != OK)
		return e;
	next = budget_after(&known, o);
	return known.version.v == 0 ? budget_row_insert(db, &next) : budget_row_change(db, &next);
}

err budget_clear(struct db *db, user_id buyer)
{
	struct hold_budget known;
	err e = budget_lock_row(db, buyer, &known);

	if (e != OK || known.version.v == 0)
		return e;
	e = budget_drop(db, &(struct budget_drop_in){.user_id = buyer, .version = known.version});
	return e == ERR_STALE ? ERR_RETRY : e;
}
