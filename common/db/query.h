#ifndef STAGEDOOR_DB_QUERY_H
#define STAGEDOOR_DB_QUERY_H

#include "common/db/db.h"

/*
 * Every SQL statement is a row of a list (apps/<app>/queries.def): named, typed in and out, prepared.
 *
 *   QUERY(ticket_by_id, ONE, ticket, "SELECT id, version, … FROM ticket WHERE id = ?")   columns in the order
 *of struct ticket IN(ticket_id, id)                                                               one a
 *question mark, in order END QUERY_OF(ticket_insert, EXEC, ticket, nothing, "INSERT INTO ticket (id, version,
 *…) VALUES (?, ?, …)")   in: struct ticket
 *
 * declare_queries.h makes of them
 *   ONE     err ticket_by_id(struct db *, const struct ticket_by_id_in *, struct ticket *ret_row) ERR_NO_ROW
 *when there is none MANY    err NAME(struct db *, const struct NAME_in *, struct OUT **ret_rows, size_t
 **ret_count)     rows in the db's arena; at most 10,000 CHANGE  err NAME(struct db *, const struct NAME_in *)
 *exactly one row must be met, else ERR_STALE: the guard of a version EXEC    err NAME(struct db *, const
 *struct NAME_in *, int64_t *ret_met)   rows met (updates count rows found); ret_met may be NULL
 *
 * None is NULL both ways. Kinds in SQL: ids BINARY(16), integers BIGINT, times DATETIME(6) in UTC, strings as
 *text, switches BOOLEAN, choices as their word (VARCHAR).
 */
enum query_mode { QUERY_ONE, QUERY_MANY, QUERY_CHANGE, QUERY_EXEC };

struct query {
	const char *name;
	enum query_mode mode;
	const char *sql;
	const struct field *in; /* QUERY: in order of the question marks */
	size_t in_count;
	const struct record *(*in_record)(void); /* QUERY_OF: instead of in */
	const struct record *(*out)(void);
};

/* A list of queries: what the generic test prepares against the migrated schema. */
struct query_list {
	const char *name;
	const struct query *(*const *queries)(void);
	size_t count;
};

/* What the typed functions call. rows: NULL, a record of q->out (ONE), or NULL with ret_rows (MANY). */
err query_one(struct db *db, const struct query *q, const void *in, void *ret_row) MUST;
err query_many(struct db *db, const struct query *q, const void *in, void **ret_rows, size_t *ret_count) MUST;
err query_change(struct db *db, const struct query *q, const void *in) MUST;
err query_exec(struct db *db, const struct query *q, const void *in, int64_t *ret_met) MUST;

/*
 * Prepares every query of the list and compares: number of parameters and columns, each column's type with
 * its field's kind, and that a column that may be NULL has an optional field. Problems are logged;
 * *ret_faults counts them.
 */
err query_check(struct db *db, const struct query_list *list, size_t *ret_faults) MUST;

#endif
