/* an event can only be published with its own record */
#include "amqp/events.h"
err f(struct db *db, const struct ticket_state *t, const struct order_state *o);
err f(struct db *db, const struct ticket_state *t, const struct order_state *o)
{
#ifdef REFUSE
	(void)t;
	return publish_ticket_created(db, o);
#else
	(void)o;
	return publish_ticket_created(db, t);
#endif
}
