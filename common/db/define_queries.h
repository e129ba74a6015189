/* #define QUERY_LIST "apps/x/queries.def" and QUERY_SET x, then include this in one .c file: what declare_queries.h declares. */
#include "common/db/query.h"

/* a function a query, so that the type of its input is in reach of each IN; the first field keeps an empty list legal C */
#define QUERY(name_, mode_, out_, sql_) \
	const struct query *query_##name_(void) \
	{ \
		typedef struct name_##_in self; \
		static const struct record *(*const out)(void) = record_##out_; \
		static const char name[] = #name_, sql[] = sql_; \
		enum { MODE = QUERY_##mode_ }; \
		static const struct field in[] = {{"", "", NULL, offsetof(self, none_), false},
#define IN(k, n) {#n, "", &kind_##k, offsetof(self, n), true},
#define END \
		}; \
		static const struct query q = {name, (enum query_mode)MODE, sql, in + 1, sizeof in / sizeof *in - 1, NULL, out}; \
		return &q; \
	}
#define QUERY_OF(name_, mode_, in_, out_, sql_) \
	const struct query *query_##name_(void) \
	{ \
		static const struct query q = {#name_, QUERY_##mode_, sql_, NULL, 0, record_##in_, record_##out_}; \
		return &q; \
	}
#include QUERY_LIST
#undef QUERY
#undef QUERY_OF
#undef IN
#undef END

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
#define IN(kind, name)
#define END
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
