/*
 * #define QUERY_LIST "apps/x/queries.def" and QUERY_SET x, then include this: the typed functions of each
 * query, and the list x_queries. The records of the list must be declared before. No guard: once a list.
 */
#include "common/db/query.h"

#define QUERY(name, mode, out, sql) struct name##_in { char unused_;
#define IN(kind, name, ...)         kind name;
#define END                         };
#define QUERY_OF(name, mode, in, out, sql)
#include QUERY_LIST
#undef QUERY
#undef IN
#undef END
#undef QUERY_OF

#define DECLARE_QUERY_ONE(name, in, out) \
	err name(struct db *db, const struct in *in_, struct out *ret_row) NODISCARD;
#define DECLARE_QUERY_MANY(name, in, out) \
	err name(struct db *db, const struct in *in_, struct out **ret_rows, size_t *ret_count) NODISCARD;
#define DECLARE_QUERY_CHANGE(name, in, out) \
	err name(struct db *db, const struct in *in_) NODISCARD;
#define DECLARE_QUERY_EXEC(name, in, out) \
	err name(struct db *db, const struct in *in_, int64_t *ret_met) NODISCARD;
#define QUERY(name, mode, out, sql) \
	DECLARE_QUERY_##mode(name, name##_in, out) \
	const struct query *query_##name(void); \
	const struct record *record_##name##_in(void);
#define QUERY_OF(name, mode, in, out, sql) \
	DECLARE_QUERY_##mode(name, in, out) \
	const struct query *query_##name(void);
#define IN(kind, name, ...)
#define END
#include QUERY_LIST
#undef QUERY
#undef QUERY_OF
#undef IN
#undef END
#undef DECLARE_QUERY_ONE
#undef DECLARE_QUERY_MANY
#undef DECLARE_QUERY_CHANGE
#undef DECLARE_QUERY_EXEC

#define QUERY_LIST_NAME_(set) set##_queries
#define QUERY_LIST_NAME(set)  QUERY_LIST_NAME_(set)
extern const struct query_list QUERY_LIST_NAME(QUERY_SET);
#undef QUERY_LIST_NAME_
#undef QUERY_LIST_NAME
#undef QUERY_LIST
#undef QUERY_SET
