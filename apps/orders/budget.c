#include "apps/orders/budget.h"
#include "common/app/app.h"
#include "common/base/clock.h"

#define MINUTE (60 * SECOND)
#define MEMORY (24 * 60 * MINUTE)

enum { PAUSE_MAX_MINUTES = 60 };

int64_t budget_pause(int64_t lapses)
{
	if (lapses < 2)
		return 0;
	return lapses >= 8 ? PAUSE_MAX_MINUTES * MINUTE : MINUTE << (lapses - 2);
}

/* The deadline counts, not when the order was found overdue: who waits for the sweep waits no longer. */
static struct hold_budget after(const struct hold_budget *known, const struct order_row *o)
{
	struct hold_budget b = *known;
	int64_t pause;

	if (b.lapses.v == 0 || b.lapsed_at.v < o->expires_at.v - MEMORY)
		b.lapses.v = 0;
	b.lapses.v++;
	if (b.lapsed_at.v < o->expires_at.v)
		b.lapsed_at = o->expires_at;
	pause = budget_pause(b.lapses.v);
	b.allowed_at = (when){pause == 0 ? 0 : b.lapsed_at.v + pause};
	return b;
}

err budget_look(struct db *db, user_id buyer, struct hold_budget *ret_budget)
{
	err e = budget_lock(db, &(struct budget_lock_in){.user_id = buyer}, ret_budget);

	if (e == ERR_NO_ROW) {
		*ret_budget = (struct hold_budget){.user_id = buyer};
		return OK;
	}
	return e;
}

static err insert(struct db *db, struct hold_budget *b)
{
	err e;

	b->version.v = 1;
	e = budget_insert(db, b);
	return e == ERR_DUPLICATE ? ERR_RETRY : e;
}

static err change(struct db *db, const struct hold_budget *b)
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
	if ((e = budget_look(db, o->user_id, &known)) != OK)
		return e;
	next = after(&known, o);
	return known.version.v == 0 ? insert(db, &next) : change(db, &next);
}

err budget_clear(struct db *db, user_id buyer)
{
	struct hold_budget known;
	err e = budget_look(db, buyer, &known);

	if (e != OK || known.version.v == 0)
		return e;
	e = budget_drop(db, &(struct budget_drop_in){.user_id = buyer, .version = known.version});
	return e == ERR_STALE ? ERR_RETRY : e;
}

static err clean_batch(struct db *db, int64_t *ret_met)
{
	when now;
	err e;

	if ((e = db_now(db, &now)) != OK)
		return e;
	return budgets_clean(db, &(struct budgets_clean_in){.before = {now.v - MEMORY}}, ret_met);
}

err budget_clean(struct db *db, void *app)
{
	(void)app;
	return app_clean(db, clean_batch);
}
