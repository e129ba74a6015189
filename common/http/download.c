#include "common/http/download.h"

static void end_arena(void *arena)
{
	arena_free(arena);
}

/* The rows as text, one a line. */
static void put_rows(struct web *w, struct buf *b, const struct json_t *list, size_t before)
{
	const struct json_t *row;

	for (size_t i = 0; (row = json_at(list, i)) != NULL; i++) {
		buf_puts(b, before + i == 0 ? "\n" : ",\n");
		buf_puts(b, json_text(w->arena, row));
	}
}

static size_t count_rows(const struct json_t *list)
{
	size_t n = 0;

	while (json_at(list, n) != NULL)
		n++;
	return n;
}

/* All parts, each in the arena that is w's for now. *ret_next, and what is appended, live in b's. */
static err put_parts(struct web *w, download_part *part, struct buf *b, const char **ret_next)
{
	size_t done = 0;

	do {
		struct json_t *list = json_array_new(w->arena);
		const char *next = NULL;
		err e;

		if ((e = part(w, *ret_next, DOWNLOAD_PART, list, &next)) != OK)
			return e;
		put_rows(w, b, list, done);
		done += count_rows(list);
		*ret_next = arena_strdup(b->arena, next);
		arena_reset(w->arena);
	} while (*ret_next != NULL && done < DOWNLOAD_ROWS);
	return OK;
}

err download_send(struct web *w, const char *name, const char *url, cursor_text cursor, download_part *part)
{
	struct arena *own = w->arena, *parts = arena_new();
	const char *next = cursor.v;
	struct buf b = BUF(own);
	err e;

	/* not at once: what a failure said stands there */
	arena_defer(own, end_arena, parts);
	buf_printf(&b, "{\"%s\":[", name);
	w->arena = parts;
	db_use(w->db, parts);
	e = put_parts(w, part, &b, &next);
	w->arena = own;
	db_use(w->db, own);
	if (e != OK)
		return e;
	buf_puts(&b, "\n]");
	if (next != NULL)
		buf_printf(&b, ",\n\"next\":\"%s%s?cursor=%s\"", w->config->site_url, url, next);
	buf_puts(&b, "}\n");
	reply_text(w, 200, "application/json", buf_text(&b));
	reply_header(w, "Content-Disposition",
		     arena_printf(own, "attachment; filename=\"stagedoor-%s.json\"", name));
	return OK;
}
