/*
 * Include this in one .c file of a service, after its declare_consumers.h: it defines the table. A missing
 * function is a link error that names the row of events.def.
 */
#define CONSUMER_ROW(event, handler) \
	static err consume_##event(struct db *db, const void *state) \
	{ \
		return handler(db, state); \
	}
#include "amqp/own_consumers.h"

const struct subscription subscriptions[] = {
#define CONSUMER_ROW(event, handler) {&event_##event, consume_##event},
#include "amqp/own_consumers.h"
    {NULL, NULL}};
