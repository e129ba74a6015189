/*
 * #define QUERY_LIST "apps/x/queries.def" and QUERY_SET x, then include this in one .c file: what
 * declare_queries.h declares.
 */
#include "common/db/query.h"

/*
 * a function a query, so that the type of its input is in reach of each IN; the first field keeps an empty
 * list legal C
 */
#define QUERY(name_, mode_, out_, sql_) \
	const struct record *record_##name_##_in(void) \
	{ \
		typedef struct name_##_in self; \
		static const char record_name[] = #name_; \
		static const struct field fields[] = {{"", "", NULL, offsetof(self, unused_), false},
#define IN(k, n, ...) {#n, "", &kind_##k, offsetof(self, n), true},
#define END \
		}; \
		static const struct record record = {record_name, "", fields + 1, \
						     sizeof fields / sizeof *fields - 1, sizeof(self)}; \
		return &record; \
	}
#define QUERY_OF(name_, mode_, in_, out_, sql_)
#include QUERY_LIST
#undef QUERY
#undef QUERY_OF
#undef IN
#undef END

#define DEFINE_QUERY(name_, mode_, in_, out_, sql_) \
	const struct query *query_##name_(void) \
	{ \
		static const struct query q = {#name_, QUERY_##mode_, sql_, record_##in_, record_##out_}; \
		return &q; \
	}
#define QUERY(name, mode, out, sql)        DEFINE_QUERY(name, mode, name##_in, out, sql)
#define QUERY_OF(name, mode, in, out, sql) DEFINE_QUERY(name, mode, in, out, sql)
#define IN(kind, name, ...)
#define END
#include QUERY_LIST
#undef QUERY
#undef QUERY_OF

#define DEFINE_QUERY_ONE(name, in, out) \
	err name(struct db *db, const struct in *in_, struct out *ret_row) \
	{ \
		return query_one(db, query_##name(), in_, ret_row); \
	}
#define DEFINE_QUERY_MANY(name, in, out) \
	err name(struct db *db, const struct in *in_, struct out **ret_rows, size_t *ret_count) \
	{ \
		void *rows; \
		err e = query_many(db, query_##name(), in_, &rows, ret_count); \
\
		if (e == OK) \
			*ret_rows = rows; \
		return e; \
	}
#define DEFINE_QUERY_CHANGE(name, in, out) \
	err name(struct db *db, const struct in *in_) \
	{ \
		return query_change(db, query_##name(), in_); \
	}
#define DEFINE_QUERY_EXEC(name, in, out) \
	err name(struct db *db, const struct in *in_, int64_t *ret_met) \
	{ \
		return query_exec(db, query_##name(), in_, ret_met); \
	}
#define QUERY(name, mode, out, sql)        DEFINE_QUERY_##mode(name, name##_in, out)
#define QUERY_OF(name, mode, in, out, sql) DEFINE_QUERY_##mode(name, in, out)
#include QUERY_LIST
#undef QUERY
#undef QUERY_OF

#define QUERY(name, mode, out, sql)        query_##name,
#define QUERY_OF(name, mode, in, out, sql) query_##name,
#define QUERY_SET_TEXT_(set)               #set
#define QUERY_SET_TEXT(set)                QUERY_SET_TEXT_(set)
#define QUERY_LIST_NAME_(set)              set##_queries
#define QUERY_LIST_NAME(set)               QUERY_LIST_NAME_(set)
static const struct query *(*const query_functions[])(void) = {
#include QUERY_LIST
};
const struct query_list QUERY_LIST_NAME(QUERY_SET) = {QUERY_SET_TEXT(QUERY_SET), query_functions,
						      sizeof query_functions / sizeof *query_functions};
#undef QUERY
#undef QUERY_OF
#undef IN
#undef END
#undef DEFINE_QUERY
#undef DEFINE_QUERY_ONE
#undef DEFINE_QUERY_MANY
#undef DEFINE_QUERY_CHANGE
#undef DEFINE_QUERY_EXEC
#undef QUERY_SET_TEXT_
#undef QUERY_SET_TEXT
#undef QUERY_LIST_NAME_
#undef QUERY_LIST_NAME
#undef QUERY_LIST
#undef QUERY_SET
