#ifndef STAGEDOOR_APPS_STAGEDOOR_H
#define STAGEDOOR_APPS_STAGEDOOR_H

#include "common/db/lists.h"

/* The lists of the operator's command: rows and statements. */
#define RECORD_LIST "apps/stagedoor/records.def"
#include "common/schema/declare_records.h"
#define QUERY_LIST "apps/stagedoor/queries.def"
#define QUERY_SET  stagedoor
#include "common/db/declare_queries.h"

#endif
