#ifndef STAGEDOOR_PAYMENTS_PAYMENTS_H
#define STAGEDOOR_PAYMENTS_PAYMENTS_H

#include "amqp/events.h"
#include "common/http/download.h"

/* The lists of this app: rows and forms, statements, moves, messages, addresses, consumers. */
#define RECORD_LIST "apps/payments/records.def"
#include "common/schema/declare_records.h"

#define QUERY_LIST "apps/payments/queries.def"
#define QUERY_SET  payments
#include "common/db/declare_queries.h"

#define MOVE_LIST "apps/payments/moves.def"
#define MOVE_SET  payments
#include "common/schema/declare_moves.h"

#define MESSAGE_LIST "apps/payments/messages.def"
#include "common/html/declare_messages.h"

#define ROUTE_LIST "apps/payments/routes.def"
#define ROUTE_SET  payments
#include "common/http/declare_routes.h"

#define CONSUMERS_OF_payments OWN_ROWS
#include "amqp/declare_consumers.h"

#endif
