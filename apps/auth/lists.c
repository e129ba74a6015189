#include "apps/auth/auth.h"

#define RECORD_LIST "apps/auth/records.def"
#include "common/schema/define_records.h"
#define QUERY_LIST "apps/auth/queries.def"
#define QUERY_SET  auth
#include "common/db/define_queries.h"
#define MOVE_LIST "apps/auth/moves.def"
#define MOVE_SET  auth
#include "common/schema/define_moves.h"
#define ROUTE_LIST "apps/auth/routes.def"
#define ROUTE_SET  auth
#include "amqp/define_consumers.h"
#include "common/http/define_routes.h"
