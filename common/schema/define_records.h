/*
 * #define RECORD_LIST "path/to/list.def", then include this in one .c file: what declare_records.h declares.
 */
#include "common/schema/record.h"

/* a function a record, so that the struct's type is in reach of each of its fields */
#define RECORD(name_, doc_) \
	const struct record *record_##name_(void) \
	{ \
		typedef struct name_ self; \
		static const char record_name[] = #name_, record_doc[] = doc_; \
		static const struct field fields[] = {
#define FIELD(k, n, d)    {#n, d, &kind_##k, offsetof(self, n), false},
#define OPTIONAL(k, n, d) {#n, d, &kind_##k, offsetof(self, n), true},
#define END \
		}; \
		static const struct record record = { \
		    record_name, record_doc, fields, sizeof fields / sizeof *fields, sizeof(self)}; \
		return &record; \
	}
#include RECORD_LIST
#undef RECORD
#undef FIELD
#undef OPTIONAL
#undef END
#undef RECORD_LIST
