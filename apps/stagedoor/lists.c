#include "apps/stagedoor/stagedoor.h"

#define RECORD_LIST "apps/stagedoor/records.def"
#include "common/schema/define_records.h"
#define QUERY_LIST "apps/stagedoor/queries.def"
#define QUERY_SET  stagedoor
#include "common/db/define_queries.h"
