#ifndef STAGEDOOR_AUTH_AUTH_H
#define STAGEDOOR_AUTH_AUTH_H

#include "amqp/events.h"

/* The lists of this app: rows and forms, statements, moves, messages, addresses, consumers. */
#define RECORD_LIST "apps/auth/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "apps/auth/queries.def"
#define QUERY_SET  auth
#include "common/db/declare_queries.h"
#define MOVE_LIST "apps/auth/moves.def"
#define MOVE_SET  auth
#include "common/schema/declare_moves.h"
#define MESSAGE_LIST "apps/auth/messages.def"
#include "common/html/declare_messages.h"
#define ROUTE_LIST "apps/auth/routes.def"
#define ROUTE_SET  auth
#include "common/http/declare_routes.h"
#define CONSUMERS_OF_auth OWN_ROWS
#include "amqp/declare_consumers.h"

/* What web->app points to, one for the process. */
struct auth {
	struct signer *signer; /* NULL in the role jobs */
};

#endif
