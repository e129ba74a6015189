/* a subscription's function takes its event's record */
#include "amqp/events.h"
static err on_ticket(struct db *db, const struct ticket_state *t)
{
	(void)db;
	(void)t;
	return OK;
}
#ifdef REFUSE
const struct subscription s = ON(order_created, on_ticket);
#else
const struct subscription s = ON(ticket_created, on_ticket);
#endif
