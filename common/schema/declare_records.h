/*
 * #define RECORD_LIST "path/to/list.def", then include this: structs and descriptions of each RECORD. No
 * guard: once a list.
 */
#include "common/schema/record.h"

#define RECORD(name, doc)         struct name {
#define FIELD(kind, name, doc)    kind name;
#define OPTIONAL(kind, name, doc) kind name;
#define END                       };
#include RECORD_LIST
#undef RECORD
#undef FIELD
#undef OPTIONAL
#undef END

#define RECORD(name, doc) const struct record *record_##name(void);
#define FIELD(kind, name, doc)
#define OPTIONAL(kind, name, doc)
#define END
#include RECORD_LIST
#undef RECORD
#undef FIELD
#undef OPTIONAL
#undef END
#undef RECORD_LIST
