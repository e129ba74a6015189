#include "apps/orders/orders.h"

#define RECORD_LIST "apps/orders/records.def"
#include "common/schema/define_records.h"

#define QUERY_LIST "apps/orders/queries.def"
#define QUERY_SET  orders
#include "common/db/define_queries.h"

#define MOVE_LIST "apps/orders/moves.def"
#define MOVE_SET  orders
#include "common/schema/define_moves.h"

#define ROUTE_LIST "apps/orders/routes.def"
#define ROUTE_SET  orders
#include "common/http/define_routes.h"

#include "amqp/define_consumers.h"
