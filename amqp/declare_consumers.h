/*
 * #define CONSUMERS_OF_<service> OWN_ROWS, then include this: the functions that the service's rows of
 * events.def name, and its table. A function of another type than its event's does not compile where both
 * declarations are seen.
 */
#include "amqp/events.h"

#define CONSUMER_ROW(event, handler) event##_handler handler NODISCARD;
#include "amqp/own_consumers.h"
extern const struct subscription subscriptions[];
