/*
 * The rows CONSUMER of events.def that name one service. Before including this, define
 *
 *   CONSUMERS_OF_<service>         as OWN_ROWS, for the service whose rows are needed
 *   CONSUMER_ROW(event, handler)   the expansion of such a row
 *
 * The preprocessor cannot compare the names of services, so a row is selected if the macro of its service is
 * defined: OWN_ROWS has a comma, which moves CONSUMER_ROW to the second place; without it, NO_ROW is there.
 * There is no include guard: include it once for each use.
 */
#define OWN_ROWS ~, CONSUMER_ROW
#define NO_ROW(event, handler)
#define PICK_(a, b, ...) b
#define PICK(...)        PICK_(__VA_ARGS__)
#define EVENT(name, type, publisher, audience, record, subject, doc)
#define CONSUMER(event, service, handler) PICK(CONSUMERS_OF_##service, NO_ROW, ~)(event, handler)
#include "amqp/events.def"
#undef EVENT
#undef CONSUMER
#undef OWN_ROWS
#undef NO_ROW
#undef PICK_
#undef PICK
#undef CONSUMER_ROW
