#include "apps/orders/order.h"
#include "apps/orders/words.h"
#include "common/base/clock.h"

static const struct {
	err error;
	const struct words *title, *sentence;
} refusals[] = {
    [REFUSED_NOT] = {OK, NULL, NULL},
    [REFUSED_UNLISTED] = {ERR_CONFLICT, &say_refused_unlisted, &say_refused_unlisted_why},
    [REFUSED_OWN] = {ERR_FORBIDDEN, &say_refused_own, &say_refused_own_why},
    [REFUSED_CHANGED] = {ERR_CONFLICT, &say_refused_changed, &say_refused_changed_why},
    [REFUSED_MINE] = {ERR_CONFLICT, &say_refused_mine, &say_refused_mine_why},
    [REFUSED_HELD] = {ERR_CONFLICT, &say_refused_held, &say_refused_held_why},
    [REFUSED_BOUGHT] = {ERR_CONFLICT, &say_refused_bought, &say_refused_bought_why},
    [REFUSED_TOO_MANY] = {ERR_CONFLICT, &say_refused_too_many, &say_refused_too_many_why},
};

err refusal_err(enum refusal r)
{
	return refusals[r].error;
}

const struct words *refusal_title(enum refusal r)
{
	return refusals[r].title;
}

const struct words *refusal_sentence(enum refusal r)
{
	return refusals[r].sentence;
}

struct terms offer_terms(const struct ticket_state *t)
{
	return (struct terms){
	    .ticket_id = t->id,
	    .revision = t->revision,
	    .title = t->title,
	    .category = t->category,
	    .venue = t->venue,
	    .starts_at = t->starts_at,
	    .time_zone = t->time_zone,
	    .seat = t->seat,
	    .price = t->price,
	    .currency = t->currency,
	};
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

/* The sweep comes every few seconds; neither the ticket nor the buyer's slots shall wait for it. */
static err end_overdue(struct db *db, const struct placement *p, when now)
{
	const struct orders_in_the_way_in in = {
	    .user_id = p->buyer, .now = now, .ticket_id = p->ticket, .now_again = now};
	struct order_key *keys;
	size_t count;
	err e;

	if ((e = orders_in_the_way(db, &in, &keys, &count)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		if ((e = order_expire(db, keys[i].id, now, NULL)) != OK)
			return e;
	return OK;
}

static enum refusal why_held(const struct placement *p)
{
	if (id_same(p->holder.user_id, p->buyer))
		return REFUSED_MINE;
	return p->holder.status.v == order_status_COMPLETED ? REFUSED_BOUGHT : REFUSED_HELD;
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

static struct order_row as_ordered(const struct placement *p, when now)
{
	const struct ticket_state *t = &p->offer;
	struct order_row o = {
	    .version = {1},
	    .user_id = p->buyer,
	    .ticket_id = t->id,
	    .ticket_revision = t->revision,
	    .seller_id = t->user_id,
	    .title = t->title,
	    .category = t->category,
	    .venue = t->venue,
	    .starts_at = t->starts_at,
	    .time_zone = t->time_zone,
	    .seat = t->seat,
	    .price = t->price,
	    .currency = t->currency,
	    .status = {order_status_CREATED},
	    .expires_at = {now.v + p->hold_seconds * SECOND},
	    .created_at = now,
	};

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
	bool taken[6] = {false};
	struct taken_slot *slots;
	size_t count;
	err e;

	if ((e = slots_of_user(db, &in, &slots, &count)) != OK)
		return e;
	for (size_t i = 0; i < count; i++)
		taken[slots[i].slot.v] = true;
	for (int slot = 1; slot <= 5; slot++)
		if (!taken[slot] && (e = insert_in_slot(db, p, slot)) != ERR_DUPLICATE)
			return e;
	return refuse(p, REFUSED_TOO_MANY);
}

err order_place(struct db *db, struct placement *p)
{
	const struct ticket_lock_in in = {.id = p->ticket};
	when now;
	err e;

	p->refusal = REFUSED_NOT;
	if ((e = ticket_lock(db, &in, &p->offer)) != OK)
		return e;
	if ((e = compare(p)) != OK)
		return e;
	if ((e = db_now(db, &now)) != OK)
		return e;
	if ((e = end_overdue(db, p, now)) != OK)
		return e;
	if ((e = is_free(db, p)) != OK)
		return e;
	p->order = as_ordered(p, now);
	if ((e = insert_in_free_slot(db, p)) != OK)
		return e;
	return order_publish(db, &p->order);
}
