/* a service's table has only its own rows: the function of another service's row is not declared */
#define CONSUMERS_OF_payments OWN_ROWS
#include "amqp/declare_consumers.h"
err f(struct db *db, const struct order_state *order);
err f(struct db *db, const struct order_state *order)
{
#ifdef REFUSE
	return order_seen(db, order);
#else
	return on_order(db, order);
#endif
}
