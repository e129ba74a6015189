/*
 * Statements prepared on one connection, found again by the address of their query.
 *
 * A query is prepared when it is first used, and stays prepared until the connection is lost: preparing costs
 * a round trip, and the server keeps the plan. The table has STATEMENT_SLOTS chains, one table for each db,
 * so no lock is needed: a db belongs to one thread.
 *
 * What must hold:
 * - Question marks and fields are matched here once, by name (bind_values, bind_columns); afterwards both
 *   sides go by index. A statement whose columns are not exactly the fields of its record is kept but never
 *   run (`fits`).
 * - Buffers live as long as the statement, since the client library holds pointers to them.
 * - statements_drop() frees all of them when the connection is dropped, never before it is closed.
 */
#include "common/base/log.h"
#include "common/db/expand.h"
#include "common/db/internal.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The field of r that a column of a result belongs to, by its name; NULL: none. */
static const struct field *column_field(const struct record *r, const char *column)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcasecmp(r->fields[i].name, column) == 0)
			return &r->fields[i];
	return NULL;
}

static void *alloc_zeroed(size_t count, size_t size)
{
	void *p = calloc(count + 1, size);

	BUG_IF(p == NULL);
	return p;
}

static void bind_in(MYSQL_BIND *b, struct bind_value *c, const struct kind *k)
{
	static const enum enum_field_types types[] = {
	    [KIND_ID] = MYSQL_TYPE_BLOB,       [KIND_INTEGER] = MYSQL_TYPE_LONGLONG,
	    [KIND_TIME] = MYSQL_TYPE_DATETIME, [KIND_STRING] = MYSQL_TYPE_STRING,
	    [KIND_BOOLEAN] = MYSQL_TYPE_TINY,  [KIND_CHOICE] = MYSQL_TYPE_STRING,
	};

	*b = (MYSQL_BIND){
	    .buffer_type = types[k->class], .buffer = c->id, .length = &c->length, .is_null = &c->null};
}

/* Text gets no room: its length is not known before the row, so that it is fetched by itself. */
static void bind_out(MYSQL_BIND *b, struct bind_value *c, const struct kind *k)
{
	bind_in(b, c, k);
	b->error = &c->wrong;
	b->buffer_length = b->buffer_type == MYSQL_TYPE_STRING ? 0 : sizeof c->id;
}

static void bind_values(struct statement *s, const struct expanded *expanded)
{
	size_t count = expanded->count;

	s->value_count = count;
	s->values = alloc_zeroed(count, sizeof(const struct field *));
	s->in = alloc_zeroed(count, sizeof *s->in);
	s->in_values = alloc_zeroed(count, sizeof *s->in_values);
	for (size_t i = 0; i < count; i++) {
		s->values[i] = expanded->values[i];
		bind_in(&s->in[i], &s->in_values[i], s->values[i]->kind);
	}
}

/* Is every column a field, and every field one column? */
static bool bind_columns(struct statement *s)
{
	const struct record *out = s->query->out();
	MYSQL_RES *result = mysql_stmt_result_metadata(s->stmt);
	size_t count = mysql_stmt_field_count(s->stmt), met = 0;

	s->column_count = count;
	s->columns = alloc_zeroed(count, sizeof(const struct field *));
	s->out = alloc_zeroed(count, sizeof *s->out);
	s->out_values = alloc_zeroed(count, sizeof *s->out_values);
	for (unsigned i = 0; result != NULL && i < count; i++) {
		const struct field *f = column_field(out, mysql_fetch_field_direct(result, i)->name);
		bool again = false;

		for (unsigned k = 0; k < i; k++)
			again = again || s->columns[k] == f;
		if (f == NULL || again)
			continue;
		s->columns[i] = f;
		bind_out(&s->out[i], &s->out_values[i], f->kind);
		met++;
	}
	mysql_free_result(result);
	return met == count && met == out->count;
}

static void statement_free(struct statement *s)
{
	mysql_stmt_close(s->stmt);
	free(s->values);
	free(s->columns);
	free(s->in);
	free(s->out);
	free(s->in_values);
	free(s->out_values);
	free(s);
}

void statements_drop(struct db *db)
{
	for (size_t i = 0; i < STATEMENT_SLOTS; i++)
		while (db->statements[i] != NULL) {
			struct statement *s = db->statements[i];

			db->statements[i] = s->next;
			statement_free(s);
		}
}

static err statement_prepare(struct db *db, const struct query *q, const char *sql, MYSQL_STMT **ret_stmt)
{
	MYSQL_STMT *stmt = mysql_stmt_init(db->connection);
	struct failure f;

	BUG_IF(stmt == NULL);
	if (mysql_stmt_prepare(stmt, sql, (unsigned long)strlen(sql)) == 0) {
		*ret_stmt = stmt;
		return OK;
	}
	f = (struct failure){.operation = q->name,
			     .state = mysql_stmt_sqlstate(stmt),
			     .message = arena_strdup(db->arena, mysql_stmt_error(stmt)),
			     .code = mysql_stmt_errno(stmt),
			     .valueless = true};
	mysql_stmt_close(stmt);
	return connection_failed(db, &f);
}

static err statement_new(struct db *db, const struct query *q, struct statement **ret_s)
{
	struct expanded expanded;
	struct statement *s;
	MYSQL_STMT *stmt = NULL;
	const char *wrong;
	err e;

	if ((e = expand(db->arena, q, &expanded, &wrong)) != OK) {
		log_error("%s: %s", q->name, wrong);
		return e;
	}
	if ((e = statement_prepare(db, q, expanded.sql, &stmt)) != OK)
		return e;
	s = alloc_zeroed(1, sizeof *s);
	*s = (struct statement){.query = q, .stmt = stmt};
	bind_values(s, &expanded);
	s->fits = bind_columns(s);
	*ret_s = s;
	return OK;
}

err statement_of(struct db *db, const struct query *q, struct statement **ret_s)
{
	struct statement **slot = &db->statements[(uintptr_t)q / sizeof *q % STATEMENT_SLOTS], *new;
	err e;

	for (struct statement *s = *slot; s != NULL; s = s->next)
		if (s->query == q) {
			*ret_s = s;
			return OK;
		}
	if ((e = statement_new(db, q, &new)) != OK)
		return e;
	new->next = *slot;
	*slot = new;
	*ret_s = new;
	return OK;
}
