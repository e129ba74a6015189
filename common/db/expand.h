#ifndef STAGEDOOR_DB_EXPAND_H
#define STAGEDOOR_DB_EXPAND_H

#include "common/db/query.h"

enum { EXPAND_VALUES_MAX = 200 };

/* The text of a query as the server takes it: question mark i is bound to the field values[i] of q->in(). */
struct expanded {
	const char *sql;
	const struct field *values[EXPAND_VALUES_MAX];
	size_t count;
};

/*
 * Expands :name and {…} (query.h) of q->sql. Quoted text is copied. The text is in the arena; the fields are
 * those of the records, which live as long as the program. ERR_BUG, with the first fault in *ret_wrong (in
 * the arena), for a name that is no field, a field that is not used, braces or quotes that are not closed,
 * unknown words in braces, and a question mark. More than EXPAND_VALUES_MAX values are a bug.
 */
err expand(struct arena *a, const struct query *q, struct expanded *ret_expanded,
	   const char **ret_wrong) NODISCARD;

#endif
