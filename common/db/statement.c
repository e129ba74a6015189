#include "common/db/inside.h"
#include <stdlib.h>
#include <string.h>

const struct field *query_in(const struct query *q, size_t *ret_count)
{
	if (q->in_record == NULL) {
		*ret_count = q->in_count;
		return q->in;
	}
	*ret_count = q->in_record()->count;
	return q->in_record()->fields;
}

static void *cells(size_t count, size_t size)
{
	void *p = calloc(count + 1, size);

	BUG_IF(p == NULL);
	return p;
}

static void bind_in(MYSQL_BIND *b, struct cell *c, const struct kind *k)
{
	static const enum enum_field_types types[] = {
	    [KIND_ID] = MYSQL_TYPE_BLOB,       [KIND_INTEGER] = MYSQL_TYPE_LONGLONG,
	    [KIND_TIME] = MYSQL_TYPE_DATETIME, [KIND_STRING] = MYSQL_TYPE_STRING,
	    [KIND_SWITCH] = MYSQL_TYPE_TINY,   [KIND_CHOICE] = MYSQL_TYPE_STRING,
	};

	*b = (MYSQL_BIND){
	    .buffer_type = types[k->class], .buffer = c->id, .length = &c->length, .is_null = &c->null};
}

/* Text gets no room: its length is not known before the row, so that it is fetched by itself. */
static void bind_out(MYSQL_BIND *b, struct cell *c, const struct kind *k)
{
	bind_in(b, c, k);
	b->error = &c->wrong;
	b->buffer_length = b->buffer_type == MYSQL_TYPE_STRING ? 0 : sizeof c->id;
}

static struct statement *statement_new(const struct query *q, MYSQL_STMT *stmt)
{
	struct statement *s = cells(1, sizeof *s);
	const struct record *out = q->out();
	size_t count;
	const struct field *in = query_in(q, &count);

	*s = (struct statement){.query = q,
				.stmt = stmt,
				.in = cells(count, sizeof *s->in),
				.in_cells = cells(count, sizeof *s->in_cells),
				.out = cells(out->count, sizeof *s->out),
				.out_cells = cells(out->count, sizeof *s->out_cells)};
	for (size_t i = 0; i < count; i++)
		bind_in(&s->in[i], &s->in_cells[i], in[i].kind);
	for (size_t i = 0; i < out->count; i++)
		bind_out(&s->out[i], &s->out_cells[i], out->fields[i].kind);
	return s;
}

static void statement_free(struct statement *s)
{
	mysql_stmt_close(s->stmt);
	free(s->in);
	free(s->out);
	free(s->in_cells);
	free(s->out_cells);
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

static err prepare(struct db *db, const struct query *q, MYSQL_STMT **ret_stmt)
{
	MYSQL_STMT *stmt = mysql_stmt_init(db->link);
	struct failure f;

	BUG_IF(stmt == NULL);
	if (mysql_stmt_prepare(stmt, q->sql, (unsigned long)strlen(q->sql)) == 0) {
		*ret_stmt = stmt;
		return OK;
	}
	f = (struct failure){.doing = q->name,
			     .state = mysql_stmt_sqlstate(stmt),
			     .message = arena_strdup(db->arena, mysql_stmt_error(stmt)),
			     .code = mysql_stmt_errno(stmt),
			     .valueless = true};
	mysql_stmt_close(stmt);
	return link_failed(db, &f);
}

err statement_of(struct db *db, const struct query *q, struct statement **ret_s)
{
	struct statement **slot = &db->statements[(uintptr_t)q / sizeof *q % STATEMENT_SLOTS];
	MYSQL_STMT *stmt = NULL;
	err e;

	for (struct statement *s = *slot; s != NULL; s = s->next)
		if (s->query == q) {
			*ret_s = s;
			return OK;
		}
	if ((e = prepare(db, q, &stmt)) != OK)
		return e;
	*ret_s = statement_new(q, stmt);
	(*ret_s)->next = *slot;
	*slot = *ret_s;
	return OK;
}
