/*
 * Compares every query of a list with the migrated schema, without running one. The server describes the
 * columns of a prepared statement, so a wrong table, column, type or alias is found before a request meets
 * it.
 *
 * What is compared: each column is a field of the out record and each field one column (by name); the type
 * that the server sends for the column is the one that the field's kind is read from; a column that may be
 * NULL has an optional field. Types are compared as strictly as MariaDB and MySQL agree: an expression may be
 * of a shorter integer type than a column. All faults are logged, so that one run shows them all; only a lost
 * connection ends the check.
 */
#include "common/base/log.h"
#include "common/db/internal.h"
#include <stdarg.h>
#include <stdio.h>

enum { BINARY = 63, ID_BYTES = 16, MICROSECONDS = 6 };

struct check {
	const struct query_list *list;
	const struct query *query;
	size_t faults;
};

static void query_fault(struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void query_fault(struct check *c, const char *format, ...)
{
	char what[200];
	va_list ap;

	va_start(ap, format);
	vsnprintf(what, sizeof what, format, ap);
	va_end(ap);
	log_error("query %s of %s: %s", c->query->name, c->list->name, what);
	c->faults++;
}

static bool is_text(const MYSQL_FIELD *f)
{
	switch (f->type) {
	case MYSQL_TYPE_STRING:
	case MYSQL_TYPE_VAR_STRING:
	case MYSQL_TYPE_BLOB:
	case MYSQL_TYPE_MEDIUM_BLOB:
	case MYSQL_TYPE_LONG_BLOB:
		return f->charsetnr != BINARY;
	default:
		return false;
	}
}

static bool is_id(const MYSQL_FIELD *f)
{
	return (f->type == MYSQL_TYPE_STRING || f->type == MYSQL_TYPE_VAR_STRING) && f->charsetnr == BINARY &&
	       f->length == ID_BYTES;
}

/* Expressions are of shorter types than columns: a comparison is an INT. */
static bool is_whole(const MYSQL_FIELD *f)
{
	return f->type == MYSQL_TYPE_LONGLONG || f->type == MYSQL_TYPE_LONG;
}

static bool is_type_of(const MYSQL_FIELD *f, const struct kind *k)
{
	switch (k->class) {
	case KIND_ID:
		return is_id(f);
	case KIND_INTEGER:
		return is_whole(f);
	case KIND_TIME:
		return f->type == MYSQL_TYPE_DATETIME && f->decimals == MICROSECONDS;
	case KIND_BOOLEAN:
		return f->type == MYSQL_TYPE_TINY || is_whole(f);
	case KIND_STRING:
	case KIND_CHOICE:
		return is_text(f);
	}
	return false;
}

static void check_column(struct check *c, const MYSQL_FIELD *column, const struct field *f)
{
	if (!is_type_of(column, f->kind))
		query_fault(c, "column %s (type %d) does not fit %s", f->name, (int)column->type,
			    f->kind->name);
	if ((column->flags & NOT_NULL_FLAG) == 0 && !f->optional)
		query_fault(c, "column %s may be NULL, and the field must be there", f->name);
}

static void check_missing(struct check *c, const struct statement *s)
{
	const struct record *out = c->query->out();

	for (size_t f = 0; f < out->count; f++) {
		size_t i = 0;

		while (i < s->column_count && s->columns[i] != &out->fields[f])
			i++;
		if (i == s->column_count)
			query_fault(c, "no column is named %s", out->fields[f].name);
	}
}

static void check_statement(struct check *c, const struct statement *s)
{
	MYSQL_RES *columns = mysql_stmt_result_metadata(s->stmt);
	bool known = true;

	for (unsigned i = 0; columns != NULL && i < s->column_count; i++) {
		const MYSQL_FIELD *column = mysql_fetch_field_direct(columns, i);

		if (s->columns[i] != NULL) {
			check_column(c, column, s->columns[i]);
			continue;
		}
		query_fault(c, "column %s is no field of %s, or comes twice", column->name,
			    c->query->out()->name);
		known = false;
	}
	if (known)
		check_missing(c, s);
	mysql_free_result(columns);
}

err query_check(struct db *db, const struct query_list *list, size_t *ret_faults)
{
	struct check c = {.list = list};
	err e;

	BUG_IF(db->arena == NULL);
	for (size_t i = 0; i < list->count; i++) {
		struct statement *s;

		c.query = list->queries[i]();
		if ((e = connection_ready(db)) != OK)
			return e;
		e = statement_of(db, c.query, &s);
		if (e == ERR_OUTCOME_UNKNOWN || e == ERR_UNAVAILABLE)
			return e;
		if (e == OK)
			check_statement(&c, s);
		else
			query_fault(&c, "cannot be prepared");
	}
	*ret_faults = c.faults;
	return OK;
}
