#include "apps/orders/deliveries.h"
#include "apps/orders/order.h"
#include "common/app/app.h"
#include "common/base/clock.h"
#include "common/base/log.h"

enum { BATCH = 100 };

struct expiry {
	order_id id;
	struct order_row order;
	when now;
};

static err expire_now(struct db *db, void *context)
{
	struct expiry *x = context;
	err e;

	if ((e = db_now(db, &x->now)) != OK)
		return e;
	e = order_expire(db, x->id, x->now, &x->order);
	return e == ERR_NO_ROW ? OK : e;
}

static err expire_later(struct db *db, const void *key)
{
	struct expiry x;

	memcpy(x.id.b, key, sizeof x.id.b);
	return expire_now(db, &x);
}

err on_expired(struct db *db, const struct order_end *hint)
{
	struct expiry x = {.id = hint->order_id};
	err e;

	if ((e = expire_now(db, &x)) != OK)
		return e;
	/* the expiration service's clock may run a little ahead of this database's */
	if (order_is_live(&x.order) && x.order.expires_at.v - x.now.v < SECOND)
		app_at(x.order.expires_at, expire_later, x.id.b);
	return OK;
}

/* One order that cannot be ended, for whatever reason, does not keep the others waiting. */
static err end_batch(struct db *db, const struct order_key *keys, size_t count, size_t *ret_ended)
{
	err first = OK;
	size_t ended = 0;

	for (size_t i = 0; i < count; i++) {
		struct expiry x = {.id = keys[i].id};
		err e = db_transaction(db, expire_now, &x);

		if (e == OK)
			ended++;
		else if (first == OK)
			first = e;
		if (e == ERR_UNAVAILABLE)
			break;
	}
	*ret_ended = ended;
	return first;
}

err sweep(struct db *db, void *app)
{
	struct orders_overdue_in in = {.limit = {BATCH}};
	struct order_key *keys;
	size_t count, ended;
	err e;

	(void)app;
	do {
		if ((e = db_now(db, &in.now)) != OK)
			return e;
		if ((e = orders_overdue(db, &in, &keys, &count)) != OK)
			return e;
		e = end_batch(db, keys, count, &ended);
		if (ended > 0)
			log_info("the sweep ended %zu orders", ended);
	} while (e == OK && count == BATCH);
	return e;
}
