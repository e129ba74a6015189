#ifndef STAGEDOOR_ORDERS_ORDERS_H
#define STAGEDOOR_ORDERS_ORDERS_H

#include "amqp/events.h"
#include "common/http/download.h"

/* The lists of this app: rows and forms, statements, moves, messages, addresses, consumers. */
#define RECORD_LIST "apps/orders/records.def"
#include "common/schema/declare_records.h"

#define QUERY_LIST "apps/orders/queries.def"
#define QUERY_SET  orders
#include "common/db/declare_queries.h"

#define MOVE_LIST "apps/orders/moves.def"
#define MOVE_SET  orders
#include "common/schema/declare_moves.h"

#define MESSAGE_LIST "apps/orders/messages.def"
#include "common/html/declare_messages.h"

#define ROUTE_LIST "apps/orders/routes.def"
#define ROUTE_SET  orders
#include "common/http/declare_routes.h"

#define CONSUMERS_OF_orders OWN_ROWS
#include "amqp/declare_consumers.h"

#endif
