#ifndef STAGEDOOR_APP_REVOKED_H
#define STAGEDOOR_APP_REVOKED_H

#include "common/db/query.h"

/* The table session_revoked; the list is app_queries, which `check` and the tests prepare in every service.
 */
#define RECORD_LIST "common/app/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "common/app/queries.def"
#define QUERY_SET  app
#include "common/db/declare_queries.h"

#endif
