#ifndef STAGEDOOR_TICKETS_TICKETS_H
#define STAGEDOOR_TICKETS_TICKETS_H

#include "amqp/events.h"
#include "common/http/download.h"

/* The lists of this app: rows and forms, statements, moves, messages, addresses, consumers. */
#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/declare_records.h"

#define QUERY_LIST "apps/tickets/queries.def"
#define QUERY_SET  tickets
#include "common/db/declare_queries.h"

#define MOVE_LIST "apps/tickets/moves.def"
#define MOVE_SET  tickets
#include "common/schema/declare_moves.h"

#define MESSAGE_LIST "apps/tickets/messages.def"
#include "common/html/declare_messages.h"

#define ROUTE_LIST "apps/tickets/routes.def"
#define ROUTE_SET  tickets
#include "common/http/declare_routes.h"

#define CONSUMERS_OF_tickets OWN_ROWS
#include "amqp/declare_consumers.h"

#endif
