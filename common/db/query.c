/*
 * Runs prepared statements: binds a record to the values that expand.c found, executes, and reads rows into
 * records.
 *
 * Both ways go field by field through the buffers of the statement (struct bind_value), so that no query has
 * code. What must hold:
 * - Values are checked against their kinds before they are sent and after they are read. What does not fit is
 *   a bug of this program or of the schema, never of the input, which was checked at the border.
 * - A statement outside a transaction is repeated once when the connection was lost before the server can
 *   have begun it (query_run). Inside a transaction nothing is repeated: db_transaction repeats the whole.
 * - Text is fetched after the row, when its length is known (read_text), and must not contain NUL.
 * - A result is read to its end or freed before the next statement, as the protocol requires.
 */
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/db/internal.h"
#include <errmsg.h>
#include <string.h>
#include <time.h>

enum { ROWS_MAX = 10000 };

static err value_misfit(const struct query *q, const struct field *f, const char *why)
{
	log_error("%s: %s %s", q->name, f->name, why);
	return ERR_BUG;
}

static MYSQL_TIME time_of_when(int64_t us)
{
	time_t second = (time_t)(us / SECOND);
	struct tm tm;

	gmtime_r(&second, &tm);
	return (MYSQL_TIME){.year = (unsigned)tm.tm_year + 1900,
			    .month = (unsigned)tm.tm_mon + 1,
			    .day = (unsigned)tm.tm_mday,
			    .hour = (unsigned)tm.tm_hour,
			    .minute = (unsigned)tm.tm_min,
			    .second = (unsigned)tm.tm_sec,
			    .second_part = (unsigned long)(us % SECOND),
			    .time_type = MYSQL_TIMESTAMP_DATETIME};
}

static int64_t when_of_time(const MYSQL_TIME *t)
{
	struct tm tm = {.tm_year = (int)t->year - 1900,
			.tm_mon = (int)t->month - 1,
			.tm_mday = (int)t->day,
			.tm_hour = (int)t->hour,
			.tm_min = (int)t->minute,
			.tm_sec = (int)t->second};

	return (int64_t)timegm(&tm) * SECOND + (int64_t)t->second_part;
}

static void bind_text(MYSQL_BIND *b, struct bind_value *c, const char *text)
{
	b->buffer = (void *)(uintptr_t)text;
	c->length = (unsigned long)strlen(text);
}

static void bind_field(MYSQL_BIND *b, struct bind_value *c, const struct kind *k, const void *value)
{
	c->null = kind_is_null(k, value);
	if (c->null)
		return;
	switch (k->class) {
	case KIND_ID:
		memcpy(c->id, value, sizeof c->id);
		c->length = sizeof c->id;
		break;
	case KIND_INTEGER:
		c->number = *(const int64_t *)value;
		break;
	case KIND_TIME:
		c->time = time_of_when(*(const int64_t *)value);
		break;
	case KIND_BOOLEAN:
		c->truth = *(const bool *)value;
		break;
	case KIND_STRING:
		bind_text(b, c, *(const char *const *)value);
		break;
	case KIND_CHOICE:
		bind_text(b, c, kind_print(NULL, k, NULL, value));
		break;
	}
}

/* Any 64-bit number fits a column: amounts are the business of CHECKs, and an offset may be negative. */
static bool may_go_in(const struct kind *k, const void *value)
{
	return k->class == KIND_INTEGER || kind_is_null(k, value) || kind_fits(k, value);
}

static err bind_record(struct statement *s, const void *in)
{
	if (!s->fits) {
		log_error("%s: the columns of the result are not the fields of %s", s->query->name,
			  s->query->out()->name);
		return ERR_BUG;
	}
	for (size_t i = 0; i < s->value_count; i++) {
		const struct field *f = s->values[i];
		const void *value = field_of(f, in);

		if (!may_go_in(f->kind, value))
			return value_misfit(s->query, f, "does not fit its kind on the way in");
		bind_field(&s->in[i], &s->in_values[i], f->kind, value);
	}
	return OK;
}

static err statement_failed(struct db *db, const struct statement *s)
{
	return connection_failed(db, &(struct failure){.operation = s->query->name,
						       .state = mysql_stmt_sqlstate(s->stmt),
						       .message = mysql_stmt_error(s->stmt),
						       .code = mysql_stmt_errno(s->stmt)});
}

/* *ret_ran: may the server have begun the statement? */
static err statement_execute(struct db *db, const struct query *q, const void *in, struct statement **ret_s,
			     bool *ret_ran)
{
	struct statement *s;
	err e;

	if ((e = connection_ready(db)) != OK || (e = statement_of(db, q, &s)) != OK ||
	    (e = bind_record(s, in)) != OK)
		return e;
	if (mysql_stmt_bind_param(s->stmt, s->in) != 0)
		return statement_failed(db, s);
	if (mysql_stmt_execute(s->stmt) != 0) {
		*ret_ran = mysql_stmt_errno(s->stmt) != CR_SERVER_GONE_ERROR;
		return statement_failed(db, s);
	}
	*ret_ran = true;
	if (s->column_count > 0 &&
	    (mysql_stmt_bind_result(s->stmt, s->out) != 0 || mysql_stmt_store_result(s->stmt) != 0))
		return statement_failed(db, s);
	*ret_s = s;
	return OK;
}

static err query_run(struct db *db, const struct query *q, const void *in, struct statement **ret_s)
{
	bool ran = false;
	err e = statement_execute(db, q, in, ret_s, &ran);

	if (e != ERR_OUTCOME_UNKNOWN || ran || db->open)
		return e;
	e = statement_execute(db, q, in, ret_s, &ran);
	return e == ERR_OUTCOME_UNKNOWN && !ran ? ERR_UNAVAILABLE : e;
}

static err read_text(struct db *db, struct statement *s, size_t column, const char **ret_text)
{
	struct bind_value *c = &s->out_values[column];
	char *text = arena_alloc(db->arena, c->length + 1);
	MYSQL_BIND b = {.buffer_type = MYSQL_TYPE_STRING, .buffer = text, .buffer_length = c->length};

	if (c->length > 0 && mysql_stmt_fetch_column(s->stmt, &b, (unsigned)column, 0) != 0)
		return ERR_BUG;
	if (strlen(text) != c->length)
		return ERR_BUG;
	*ret_text = text;
	return OK;
}

static err read_value(struct db *db, struct statement *s, size_t column, const struct kind *k, void *value)
{
	struct bind_value *c = &s->out_values[column];
	const char *text;
	err e;

	switch (k->class) {
	case KIND_ID:
		memcpy(value, c->id, sizeof c->id);
		return c->length == sizeof c->id ? OK : ERR_BUG;
	case KIND_INTEGER:
		*(int64_t *)value = c->number;
		return c->wrong ? ERR_BUG : OK;
	case KIND_TIME:
		*(int64_t *)value = when_of_time(&c->time);
		return c->wrong ? ERR_BUG : OK;
	case KIND_BOOLEAN:
		*(bool *)value = c->truth != 0;
		return c->wrong ? ERR_BUG : OK;
	case KIND_STRING:
		return read_text(db, s, column, value);
	case KIND_CHOICE:
		e = read_text(db, s, column, &text);
		return e == OK ? choice_read(db->arena, k, text, value) : e;
	}
	return ERR_BUG;
}

/* The record is zeroed: what is NULL stays null. */
static err read_row(struct db *db, struct statement *s, void *record)
{
	int rc = mysql_stmt_fetch(s->stmt);

	if (rc != 0 && rc != MYSQL_DATA_TRUNCATED)
		return statement_failed(db, s);
	for (size_t i = 0; i < s->column_count; i++) {
		const struct field *f = s->columns[i];
		void *value = field_in(f, record);

		if (s->out_values[i].null) {
			if (!f->optional)
				return value_misfit(s->query, f, "is NULL and must not be");
			continue;
		}
		if (read_value(db, s, i, f->kind, value) != OK || !kind_fits(f->kind, value))
			return value_misfit(s->query, f, "does not fit its kind");
	}
	return OK;
}

static err read_rows(struct db *db, struct statement *s, size_t most, void **ret_rows, size_t *ret_count)
{
	const struct record *out = s->query->out();
	size_t count = (size_t)mysql_stmt_num_rows(s->stmt);
	char *rows;
	err e = OK;

	if (count > most) {
		log_error("%s: %zu rows, where %zu are the most", s->query->name, count, most);
		return ERR_BUG;
	}
	rows = arena_array(db->arena, count, out->size);
	for (size_t i = 0; i < count && e == OK; i++)
		e = read_row(db, s, rows + i * out->size);
	if (e == OK) {
		*ret_rows = rows;
		*ret_count = count;
	}
	return e;
}

static err select_rows(struct db *db, const struct query *q, const void *in, size_t most, void **ret_rows,
		       size_t *ret_count)
{
	struct statement *s;
	err e;

	BUG_IF(db->arena == NULL);
	if ((e = query_run(db, q, in, &s)) != OK)
		return e;
	e = read_rows(db, s, most, ret_rows, ret_count);
	mysql_stmt_free_result(s->stmt);
	return e;
}

err query_one(struct db *db, const struct query *q, const void *in, void *ret_row)
{
	size_t count;
	void *row;
	err e = select_rows(db, q, in, 1, &row, &count);

	if (e != OK)
		return e;
	if (count == 0)
		return ERR_NO_ROW;
	memcpy(ret_row, row, q->out()->size);
	return OK;
}

err query_many(struct db *db, const struct query *q, const void *in, void **ret_rows, size_t *ret_count)
{
	return select_rows(db, q, in, ROWS_MAX, ret_rows, ret_count);
}

err query_exec(struct db *db, const struct query *q, const void *in, int64_t *ret_met)
{
	struct statement *s;
	err e;

	BUG_IF(db->arena == NULL);
	if ((e = query_run(db, q, in, &s)) != OK)
		return e;
	if (ret_met != NULL)
		*ret_met = (int64_t)mysql_stmt_affected_rows(s->stmt);
	return OK;
}

err query_change(struct db *db, const struct query *q, const void *in)
{
	int64_t met;
	err e = query_exec(db, q, in, &met);

	if (e != OK)
		return e;
	FAILPOINT(changed);
	return met == 1 ? OK : ERR_STALE;
}
