/* an order's id is not a ticket's */
#include "amqp/events.h"
void f(struct order_state *o);
void f(struct order_state *o)
{
#ifdef REFUSE
	o->ticket_id = o->id;
#else
	o->ticket_id = o->ticket_id;
#endif
}
