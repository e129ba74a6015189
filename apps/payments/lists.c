#include "apps/payments/payments.h"

#define RECORD_LIST "apps/payments/records.def"
#include "common/schema/define_records.h"

#define QUERY_LIST "apps/payments/queries.def"
#define QUERY_SET  payments
#include "common/db/define_queries.h"

#define MOVE_LIST "apps/payments/moves.def"
#define MOVE_SET  payments
#include "common/schema/define_moves.h"

#define ROUTE_LIST "apps/payments/routes.def"
#define ROUTE_SET  payments
#include "common/http/define_routes.h"

#include "amqp/define_consumers.h"
