#ifndef STAGEDOOR_COMMAND_PLAN_H
#define STAGEDOOR_COMMAND_PLAN_H

#include "common/base/config.h"
#include "common/db/db.h"

/* One file of sql/common or sql/<service>, in the order in which they are applied. */
struct migration {
	const char *name; /* "orders/0001_orders.sql" */
	const char *sql, *checksum;
	int64_t
	    breaks;   /* programs whose newest file of the folder has a lower number fail with it; 0: none */
	int64_t done; /* statements that have been executed, when it was begun and not finished */
	bool applied;
};

struct migration_plan {
	struct migration *list;
	size_t count, pending;
	size_t later; /* applied by a later version, which this one can work with */
};

/*
 * Compares the files with what schema_migrations says (nothing, when there is no such table). ERR_CONFLICT
 * with a sentence in *ret_problem when a file that was applied has changed or vanished, or a new one comes
 * before it; ERR_NOT_FOUND with one when files cannot be read; errors of the database as they are.
 */
err migration_plan(struct db *db, const struct config *config, const char *service,
		   struct migration_plan *ret_plan, const char **ret_problem) NODISCARD;

/*
 * The statements of a file: each ends with ";" at the end of a line; lines that begin with "--" are dropped.
 * ERR_MALFORMED when something is left after the last ";".
 */
err sql_split(struct arena *a, const char *sql, const char ***ret_statements, size_t *ret_count) NODISCARD;

#endif
