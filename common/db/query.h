#ifndef STAGEDOOR_DB_QUERY_H
#define STAGEDOOR_DB_QUERY_H

#include "common/db/db.h"

/*
 * Every SQL statement is a row of a list (apps/<app>/queries.def): named, typed in and out, prepared.
 *
 *   QUERY(ticket_by_id, ONE, ticket, "SELECT {columns} FROM ticket WHERE id = :id")
 *	IN(ticket_id, id)
 *   END
 *   QUERY_OF(terms_insert, EXEC, terms, nothing, "INSERT INTO ticket_terms ({names}) VALUES ({values})")
 *
 * The values of QUERY are its IN rows, which are the fields of struct NAME_in; those of QUERY_OF are the
 * fields of the record that stands third. A group of fields (amqp/groups.def) may stand among the IN rows.
 *
 * Values and columns are found by name, never by place:
 *
 *   :id         the value of the field `id`; every field must be used, once or several times
 *   {columns}   the fields of the record that comes out, "id, version, title"
 *   {names}     the fields that go in, "id, version, title"
 *   {values}    their values, in the same order
 *   {set}       both, "id = :id, version = :version"
 *   … but a b   each of the four can leave fields out: {set but id version}
 *
 * A column of the result goes to the field of its name, so that an expression needs an alias: COUNT(*) AS
 * count.
 *
 * declare_queries.h makes of a row
 *
 *   ONE      err NAME(struct db *, const struct NAME_in *, struct OUT *ret_row)
 *            ERR_NO_ROW when there is none
 *   MANY     err NAME(struct db *, const struct NAME_in *, struct OUT **ret_rows, size_t *ret_count)
 *            rows in the db's arena; at most 10,000
 *   CHANGE   err NAME(struct db *, const struct NAME_in *)
 *            exactly one row must be met, else ERR_STALE: the guard of a version
 *   EXEC     err NAME(struct db *, const struct NAME_in *, int64_t *ret_met)
 *            rows met (updates count rows found); ret_met may be NULL
 *
 * and record_NAME_in(), so that MOVE (common/schema/move.h) can fill NAME_in.
 *
 * A null field is NULL in SQL, both ways. Kinds in SQL: ids BINARY(16), integers BIGINT, times DATETIME(6) in
 * UTC, strings as text, switches BOOLEAN, choices as their word (VARCHAR).
 */
enum query_mode { QUERY_ONE, QUERY_MANY, QUERY_CHANGE, QUERY_EXEC };

struct query {
	const char *name;
	enum query_mode mode;
	const char *sql;
	const struct record *(*in)(void);
	const struct record *(*out)(void);
};

/* A list of queries: what the generic test prepares against the migrated schema. */
struct query_list {
	const char *name;
	const struct query *(*const *queries)(void);
	size_t count;
};

/*
 * What the typed functions call: each runs q on the connection of db. `in` is a record of q->in(), ret_row
 * one of q->out(), *ret_rows an array of *ret_count of them in the db's arena. Nothing is written unless OK
 * is returned. Errors: those of the mode, above, and those of every query (db.h); ERR_BUG also for a
 * statement whose columns are not the fields of q->out(), and for a value that does not fit its kind on
 * either way.
 */
err query_one(struct db *db, const struct query *q, const void *in, void *ret_row) NODISCARD;
err query_many(struct db *db, const struct query *q, const void *in, void **ret_rows,
	       size_t *ret_count) NODISCARD;
err query_change(struct db *db, const struct query *q, const void *in) NODISCARD;
err query_exec(struct db *db, const struct query *q, const void *in, int64_t *ret_met) NODISCARD;

/*
 * Prepares every query of the list and compares: the names in its text with its fields, each column's name
 * and type with its field, and that a column that may be NULL has an optional field. Problems are logged;
 * *ret_faults counts them.
 */
err query_check(struct db *db, const struct query_list *list, size_t *ret_faults) NODISCARD;

#endif
