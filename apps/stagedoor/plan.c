/*
 * Compares the migration files with the table schema_migrations of one database: what is pending, and whether
 * the files and the table contradict each other. Nothing is changed here (migrate.c does that).
 *
 * The files of sql/common come before those of the service, each folder by name. A row without a file is of a
 * later version when its number is higher than that of every file of its folder; the header of that file,
 * which the row keeps (breaks), says whether this version can work with it.
 *
 * What must hold:
 * - A file that was applied is the same now, by the checksum of all lines but its header.
 * - No pending file comes before an applied one of its folder, since its result could be another.
 * - Statements are split by ";" at the end of a line, without reading SQL: a file is written for that.
 */
#include "apps/stagedoor/plan.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/token/csrf.h"
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1024 * 1024 };

static int is_sql(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);

	return len > 4 && strcmp(entry->d_name + len - 4, ".sql") == 0;
}

static int by_name(const struct dirent **x, const struct dirent **y)
{
	return strcmp((*x)->d_name, (*y)->d_name);
}

/* "-- compatible", with a reason or without, or "-- breaks 5". */
static err read_header(const char *sql, int64_t *ret_breaks)
{
	static const char compatible[] = "-- compatible", breaks[] = "-- breaks ";
	char *end;

	*ret_breaks = 0;
	if (text_starts(sql, compatible))
		return strchr(":\n", sql[strlen(compatible)]) != NULL ? OK : ERR_MALFORMED;
	if (!text_starts(sql, breaks))
		return ERR_MALFORMED;
	*ret_breaks = strtoll(sql + strlen(breaks), &end, 10);
	return *ret_breaks > 0 && *end == '\n' ? OK : ERR_MALFORMED;
}

/* The checksum is that of the lines after the header, which files of the first releases did not have. */
static err read_one(struct arena *a, const char *dir, const char *name, struct migration *m)
{
	const char *rest;
	char *sql;
	err e = text_read_file(a, arena_printf(a, "%s/%s", dir, name), FILE_MAX, &sql);

	if (e != OK)
		return e;
	*m = (struct migration){.name = name, .sql = sql};
	if ((rest = strchr(sql, '\n')) == NULL)
		return ERR_MALFORMED;
	if ((e = read_header(sql, &m->breaks)) != OK)
		return e;
	rest++;
	m->checksum = sha256_hex(a, rest, strlen(rest));
	return OK;
}

static err read_folder(struct arena *a, const char *dir, const char *folder, struct migration_plan *plan,
		       const char **ret_problem)
{
	const char *path = arena_printf(a, "%s/%s", dir, folder);
	struct migration *all;
	struct dirent **entries;
	int count = scandir(path, &entries, is_sql, by_name);
	err e = OK;

	if (count < 0) {
		*ret_problem = arena_printf(a, "the directory %s cannot be read", path);
		return ERR_NOT_FOUND;
	}
	all = arena_array(a, plan->count + (size_t)count, sizeof *all);
	if (plan->count > 0)
		memcpy(all, plan->list, plan->count * sizeof *all);
	for (int i = 0; i < count; i++) {
		const char *name = arena_printf(a, "%s/%s", folder, entries[i]->d_name);

		free(entries[i]);
		if (e == OK && (e = read_one(a, dir, name, &all[plan->count + (size_t)i])) != OK)
			*ret_problem = arena_printf(
			    a,
			    e == ERR_MALFORMED ? "%s/%s does not begin with -- compatible or -- breaks N"
					       : "%s/%s cannot be read",
			    dir, name);
	}
	free(entries);
	plan->list = all;
	plan->count += (size_t)count;
	return e;
}

static struct migration *file_of(const struct migration_plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		if (strcmp(plan->list[i].name, name) == 0)
			return &plan->list[i];
	return NULL;
}

/* "orders/0005_open_choices.sql" is number 5. */
static int64_t number_of(const char *name)
{
	return strtoll(name + strcspn(name, "/") + 1, NULL, 10);
}

static int64_t newest_of_folder(const struct migration_plan *plan, const char *name)
{
	size_t len = strcspn(name, "/") + 1;
	int64_t newest = 0;

	for (size_t i = 0; i < plan->count; i++)
		if (strncmp(plan->list[i].name, name, len) == 0 && number_of(plan->list[i].name) > newest)
			newest = number_of(plan->list[i].name);
	return newest;
}

/* A file that is not here: of a later version, which was run before this one, or one that somebody removed.
 */
static const char *mark_later(struct arena *a, struct migration_plan *plan, const struct migration_row *row)
{
	int64_t newest = newest_of_folder(plan, row->name.v);

	if (number_of(row->name.v) <= newest)
		return arena_printf(a, "%s was applied, but the file is not there any more", row->name.v);
	if (row->breaks.v > newest)
		return arena_printf(a,
				    "%s was applied by a later version, and this one cannot work with it: "
				    "start the later version again, or restore the backup from before it",
				    row->name.v);
	plan->later++;
	return NULL;
}

static const char *mark_known(struct arena *a, struct migration_plan *plan, const struct migration_row *row)
{
	struct migration *m = file_of(plan, row->name.v);

	if (m == NULL)
		return mark_later(a, plan, row);
	m->done = row->done.v;
	m->applied = row->applied_at.v != 0;
	if (m->applied && strcmp(m->checksum, row->checksum.v) != 0)
		return arena_printf(a, "%s has changed since it was applied; put it back and add a new file",
				    row->name.v);
	return NULL;
}

static bool is_of_folder(const struct migration *m, const struct migration *other)
{
	size_t len = strcspn(m->name, "/") + 1;

	return strncmp(m->name, other->name, len) == 0;
}

static const char *out_of_order(struct arena *a, const struct migration_plan *plan)
{
	for (size_t i = 1; i < plan->count; i++)
		if (plan->list[i].applied && !plan->list[i - 1].applied &&
		    is_of_folder(&plan->list[i], &plan->list[i - 1]))
			return arena_printf(
			    a, "%s is new but comes before %s, which was applied; give it a later number",
			    plan->list[i - 1].name, plan->list[i].name);
	return NULL;
}

static err read_known(struct db *db, struct migration_row **ret_rows, size_t *ret_count)
{
	struct answer exists;
	err e = migration_table_exists(db, &(struct migration_table_exists_in){0}, &exists);

	if (e != OK)
		return e;
	*ret_count = 0;
	if (exists.number.v == 0)
		return OK;
	if ((e = migration_breaks_exists(db, &(struct migration_breaks_exists_in){0}, &exists)) != OK)
		return e;
	if (exists.number.v == 0)
		return migrations_known_before(db, &(struct migrations_known_before_in){0}, ret_rows,
					       ret_count);
	return migrations_known(db, &(struct migrations_known_in){0}, ret_rows, ret_count);
}

err migration_plan(struct db *db, const struct config *config, const char *service,
		   struct migration_plan *ret_plan, const char **ret_problem)
{
	struct arena *a = db_arena(db);
	struct migration_plan plan = {0};
	struct migration_row *rows = NULL;
	size_t known;
	err e;

	if ((e = read_known(db, &rows, &known)) != OK)
		return e;
	if ((e = read_folder(a, config->sql_dir, "common", &plan, ret_problem)) != OK)
		return e;
	if ((e = read_folder(a, config->sql_dir, service, &plan, ret_problem)) != OK)
		return e;
	*ret_problem = NULL;
	for (size_t i = 0; i < known && *ret_problem == NULL; i++)
		*ret_problem = mark_known(a, &plan, &rows[i]);
	if (*ret_problem == NULL)
		*ret_problem = out_of_order(a, &plan);
	if (*ret_problem != NULL)
		return ERR_CONFLICT;
	for (size_t i = 0; i < plan.count; i++)
		plan.pending += !plan.list[i].applied;
	*ret_plan = plan;
	return OK;
}

static bool is_blank(const char *s)
{
	return s[strspn(s, " \t\r\n")] == '\0';
}

static bool ends_statement(const char *line, size_t len)
{
	while (len > 0 && strchr(" \t\r", line[len - 1]) != NULL)
		len--;
	return len > 0 && line[len - 1] == ';';
}

err sql_split(struct arena *a, const char *sql, const char ***ret_statements, size_t *ret_count)
{
	const char **list = arena_array(a, strlen(sql) + 1, sizeof *list);
	struct buf b = BUF(a);
	size_t count = 0;

	while (*sql != '\0') {
		size_t len = strcspn(sql, "\n");
		const char *begin = sql + strspn(sql, " \t");

		if (!text_starts(begin, "--")) {
			buf_add(&b, sql, len);
			buf_putc(&b, '\n');
		}
		if (!text_starts(begin, "--") && ends_statement(sql, len)) {
			list[count++] = arena_strdup(a, buf_text(&b));
			b = BUF(a);
		}
		sql += len + (sql[len] == '\n');
	}
	if (!is_blank(buf_text(&b)))
		return ERR_MALFORMED;
	*ret_statements = list;
	*ret_count = count;
	return OK;
}
