#ifndef STAGEDOOR_DB_LISTS_H
#define STAGEDOOR_DB_LISTS_H

#include "common/db/query.h"

/* Records and queries of the tables in sql/common: records.def and queries.def; the list is db_queries. */
#define RECORD_LIST "common/db/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "common/db/queries.def"
#define QUERY_SET  db
#include "common/db/declare_queries.h"

#endif
