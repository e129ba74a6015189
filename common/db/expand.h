#ifndef STAGEDOOR_DB_EXPAND_H
#define STAGEDOOR_DB_EXPAND_H

#include "common/db/query.h"

enum { EXPAND_VALUES_MAX = 200 };

/* The text of a query as the server takes it: values[i] is the field of q->in that question mark i is bound to. */
struct expanded {
	const char *sql;
	const struct field *values[EXPAND_VALUES_MAX];
	size_t count;
};

/*
 * Expands :name and {…} (query.h) of q->sql. ERR_BUG, with *ret_wrong telling what and where, for a name that is
 * no field, a field that is not used, and braces that mean nothing.
 */
err expand(struct arena *a, const struct query *q, struct expanded *ret_expanded,
	   const char **ret_wrong) NODISCARD;

#endif
