#include "common/http/idempotency_store.h"

#define RECORD_LIST "common/http/records.def"
#include "common/schema/define_records.h"
#define QUERY_LIST "common/http/queries.def"
#define QUERY_SET  http
#include "common/db/define_queries.h"
