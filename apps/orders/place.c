#include "apps/orders/budget.h"
#include "apps/orders/messages.h"
#include "apps/orders/order.h"
#include "common/base/clock.h"

static const struct {
	err error;
	const struct message *title, *sentence;
} refusals[] = {
    [REFUSED_NOT] = {OK, NULL, NULL},
    [REFUSED_UNLISTED] = {ERR_CONFLICT, &tr_refused_unlisted, &tr_refused_unlisted_why},
    [REFUSED_OWN] = {ERR_FORBIDDEN, &tr_refused_own, &tr_refused_own_why},
    [REFUSED_CHANGED] = {ERR_CONFLICT, &tr_refused_changed, &tr_refused_changed_why},
    [REFUSED_MINE] = {ERR_CONFLICT, &tr_refused_mine, &tr_refused_mine_why},
    [REFUSED_YOURS] = {ERR_CONFLICT, &tr_refused_yours, &tr_refused_mine_why},
    [REFUSED_HELD] = {ERR_CONFLICT, &tr_refused_faster, &tr_refused_held_why},
    [REFUSED_BOUGHT] = {ERR_CONFLICT, &tr_refused_faster, &tr_refused_bought_why},
    [REFUSED_TOO_MANY] = {ERR_CONFLICT, NULL, NULL}, /* these two say how many */
    [REFUSED_PAUSED] = {ERR_THROTTLED, &tr_refused_paused, NULL},
};

err refusal_err(enum refusal r)
{
	return refusals[r].error;
}

const char *refusal_title(struct arena *a, const struct locale *l, const struct placement *p)
{
	if (p->refusal == REFUSED_TOO_MANY)
		return tr_text_refused_too_many(a, l, p->slots);
	return message_in(l, *refusals[p->refusal].title);
}

const char *refusal_sentence(struct arena *a, const struct locale *l, const struct placement *p)
{
	if (p->refusal == REFUSED_TOO_MANY)
		return tr_text_refused_too_many_why(a, l, p->slots);
	if (p->refusal == REFUSED_PAUSED)
		return tr_text_refused_paused_why(a, l, p->budget.lapses.v);
	return message_in(l, *refusals[p->refusal].sentence);
}

struct terms offer_terms(const struct ticket_state *t)
{
	struct terms terms = {.ticket_id = t->id};

	ticket_state_to_terms(t, &terms);
	return terms;
}

static err refuse(struct placement *p, enum refusal why)
{
	p->refusal = why;
	return refusal_err(why);
}

static err compare(struct placement *p)
{
	if (p->offer.status.v != ticket_status_LISTED)
		return refuse(p, REFUSED_UNLISTED);
	if (id_same(p->offer.user_id, p->buyer))
		return refuse(p, REFUSED_OWN);
	if (p->seen.v != 0 && p->seen.v != p->offer.revision.v)
		return refuse(p, REFUSED_CHANGED);
	return OK;
}

/*
 * The sweep comes every few seconds; neither the ticket nor the buyer's slots shall wait for it. What
 * somebody else is ending at this moment is waited for, so the budget knows of every lapse up to now.
 */
static err end_overdue(struct db *db, struct placement *p)
{
	const struct orders_in_the_way_in in = {.user_id = p->buyer, .now = p->now, .ticket_id = p->ticket};
	struct order_key *keys;
	struct order_row *lapsed;
	size_t count, lapses = 0;
	bool is_lapse;
	err e;

	if ((e = orders_in_the_way(db, &in, &keys, &count)) != OK)
		return e;
	lapsed = arena_array(db_arena(db), count + 1, sizeof *lapsed);
	for (size_t i = 0; i < count; i++, lapses += is_lapse)
		if ((e = order_run_out(db, keys[i].id, p->now, &lapsed[lapses], &is_lapse)) != OK)
			return e;
	for (size_t i = 0; i < lapses; i++)
		if ((e = budget_lapse(db, &lapsed[i])) != OK)
			return e;
	return budget_look(db, p->buyer, &p->budget);
}

static err is_paused(struct placement *p)
{
	return p->pauses && p->budget.allowed_at.v > p->now.v ? refuse(p, REFUSED_PAUSED) : OK;
}

static enum refusal why_held(const struct placement *p)
{
	const bool bought = p->holder.status.v == order_status_COMPLETED;

	if (id_same(p->holder.user_id, p->buyer))
		return bought ? REFUSED_YOURS : REFUSED_MINE;
	return bought ? REFUSED_BOUGHT : REFUSED_HELD;
}

/* OK when nobody has it. */
static err is_free(struct db *db, struct placement *p)
{
	const struct order_holding_in in = {.ticket_id = p->ticket};
	err e = order_holding(db, &in, &p->holder);

	if (e == ERR_NO_ROW)
		return OK;
	return e != OK ? e : refuse(p, why_held(p));
}

static struct order_row as_ordered(const struct placement *p)
{
	const struct ticket_state *t = &p->offer;
	struct order_row o = {
	    .version = {1},
	    .user_id = p->buyer,
	    .ticket_id = t->id,
	    .ticket_revision = t->revision,
	    .seller_id = t->user_id,
	    .status = {order_status_CREATED},
	    .expires_at = {p->now.v + p->hold_seconds * SECOND},
	    .created_at = p->now,
	};

	ticket_state_to_order_row(t, &o);
	uuid_new(o.id.b);
	return o;
}

/* The unique indexes decide. A duplicate is the ticket, which is then held, or the slot, which another order
 * of the buyer took meanwhile. */
static err insert_in_slot(struct db *db, struct placement *p, int64_t slot)
{
	err e;

	p->order.slot.v = slot;
	if ((e = order_insert(db, &p->order)) != ERR_DUPLICATE)
		return e;
	if ((e = is_free(db, p)) != OK)
		return e;
	return ERR_DUPLICATE;
}

static err insert_in_free_slot(struct db *db, struct placement *p)
{
	const struct slots_of_user_in in = {.user_id = p->buyer};
	bool taken[BUDGET_MAX + 1] = {false};
	struct taken_slot *slots;
	size_t count;
	err e;

	if ((e = slots_of_user(db, &in, &slots, &count)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		taken[slots[i].slot.v] = true;
	for (int slot = 1; slot <= p->slots; slot++)
		if (!taken[slot] && (e = insert_in_slot(db, p, slot)) != ERR_DUPLICATE)
			return e;
	return refuse(p, REFUSED_TOO_MANY);
}

err order_place(struct db *db, struct placement *p)
{
	const struct ticket_lock_in in = {.id = p->ticket};
	err e;

	p->refusal = REFUSED_NOT;
	if ((e = ticket_lock(db, &in, &p->offer)) != OK)
		return e;
	if ((e = compare(p)) != OK)
		return e;
	if ((e = db_now(db, &p->now)) != OK)
		return e;
	if ((e = end_overdue(db, p)) != OK)
		return e;
	if ((e = is_free(db, p)) != OK)
		return e;
	if ((e = is_paused(p)) != OK)
		return e;
	p->order = as_ordered(p);
	if ((e = insert_in_free_slot(db, p)) != OK)
		return e;
	return order_publish(db, &p->order);
}
