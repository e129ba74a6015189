#ifndef STAGEDOOR_HTTP_IDEMPOTENCY_STORE_H
#define STAGEDOOR_HTTP_IDEMPOTENCY_STORE_H

#include "common/db/query.h"

/* The table idempotency; the list is http_queries, which `check` and the tests prepare in every service. */
#define RECORD_LIST "common/http/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "common/http/queries.def"
#define QUERY_SET  http
#include "common/db/declare_queries.h"

#endif
