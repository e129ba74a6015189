/* an amount is neither a version nor a plain number */
#include "amqp/events.h"
void f(struct order_state *o);
void f(struct order_state *o)
{
#ifdef REFUSE
	o->version = o->price;
#else
	o->version.v = 1;
#endif
}
