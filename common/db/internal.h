#ifndef STAGEDOOR_DB_INTERNAL_H
#define STAGEDOOR_DB_INTERNAL_H

#include "common/db/query.h"
#include <mysql.h>
#include <stdbool.h>

/* What the files of common/db share; no other folder includes it. */

enum { CORRELATION_MAX = 64, STATEMENT_SLOTS = 64 };

/* A prepared statement of one connection and the buffers of its values. */
struct bind_value {
	union {
		int64_t number;
		signed char truth;
		MYSQL_TIME time;
		uint8_t id[16];
	};
	unsigned long length;
	my_bool null, wrong;
};

struct statement {
	struct statement *next;
	const struct query *query;
	MYSQL_STMT *stmt;
	const struct field **values;  /* of each question mark: the field that goes in */
	const struct field **columns; /* of each column: the field that it comes out as */
	size_t value_count, column_count;
	bool fits; /* is every column a field, and every field one column? */
	MYSQL_BIND *in, *out;
	struct bind_value *in_values, *out_values;
};

struct db {
	struct db_settings settings;
	struct arena *arena;
	MYSQL *connection;                             /* NULL: not connected */
	struct statement *statements[STATEMENT_SLOTS]; /* by the query's address */
	bool open;                                     /* in a transaction */
	unsigned attempts;                             /* at this transaction that failed so far */
	err must_rollback; /* why this transaction can only be rolled back; OK while it is sound */
	bool wake;
	int wake_fd;
	char correlation[CORRELATION_MAX + 1]; /* "": there is none */
};

/* A usable connection: opened when there is none or the server has hung up; in a transaction only the one
 * that it began on. */
err connection_ready(struct db *db) NODISCARD;
void connection_drop(struct db *db);

/* Has the server hung up? */
bool connection_is_dead(const struct db *db);

/* One statement of SQL text without values. A result is read and dropped. */
err connection_execute(struct db *db, const char *sql) NODISCARD;

/*
 * What an error of the client library means: logs it, drops a lost connection, marks the transaction
 * must_rollback. operation names the query (NULL: the caller reports it, so nothing is logged); valueless
 * says that the server's message cannot hold a value (nothing was bound yet).
 */
struct failure {
	const char *operation, *state, *message;
	unsigned code;
	bool valueless;
};
err connection_failed(struct db *db, const struct failure *f);

/* The statement of q on this connection, prepared when it is not yet. */
err statement_of(struct db *db, const struct query *q, struct statement **ret_s) NODISCARD;
void statements_drop(struct db *db);

#endif
