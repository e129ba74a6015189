#include "common/db/lists.h"

#define RECORD_LIST "common/db/records.def"
#include "common/schema/define_records.h"
#define QUERY_LIST "common/db/queries.def"
#define QUERY_SET  db
#include "common/db/define_queries.h"
