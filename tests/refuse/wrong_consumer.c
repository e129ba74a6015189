/* the function of a row CONSUMER takes the record of its event */
#define CONSUMERS_OF_payments OWN_ROWS
#include "amqp/declare_consumers.h"
#ifdef REFUSE
err on_order(struct db *db, const struct ticket_state *state)
#else
err on_order(struct db *db, const struct order_state *state)
#endif
{
	(void)db;
	(void)state;
	return OK;
}
