#include "apps/tickets/tickets.h"

#define RECORD_LIST "apps/tickets/records.def"
#include "common/schema/define_records.h"

#define QUERY_LIST "apps/tickets/queries.def"
#define QUERY_SET  tickets
#include "common/db/define_queries.h"

#define MOVE_LIST "apps/tickets/moves.def"
#define MOVE_SET  tickets
#include "common/schema/define_moves.h"

#define ROUTE_LIST "apps/tickets/routes.def"
#define ROUTE_SET  tickets
#include "common/http/define_routes.h"

#include "amqp/define_consumers.h"
