#include "apps/stagedoor/migrate.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/plan.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/schema/services.h"
#include <stdio.h>

enum { PATIENCE = 3600 };

static const char breaks_column[] = "ALTER TABLE schema_migrations ADD COLUMN breaks BIGINT NULL";
static const char migrations_table[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations (name VARCHAR(100) "
    "CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY, "
    "checksum CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, "
    "done BIGINT NOT NULL, applied_at DATETIME(6) NULL, breaks BIGINT NULL) "
    "ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";

/* A schema change commits by itself, so a file can stop half way: what was done is counted, and the next run
 * goes on after it. */
static int migration_apply(struct db *db, const struct migration *m)
{
	const char **statements, *problem;
	size_t count;

	if (sql_split(db_arena(db), m->sql, &statements, &count) != OK)
		return complain("%s: the last statement does not end with ;", m->name);
	if (migration_begin(db,
			    &(struct migration_begin_in){
				.name = {m->name}, .checksum = {m->checksum}, .breaks = {m->breaks}},
			    NULL) != OK)
		return complain("%s: could not be begun", m->name);
	for (size_t i = (size_t)m->done; i < count; i++) {
		if (db_execute(db, statements[i], &problem) != OK)
			return complain("%s, statement %zu of %zu: %s", m->name, i + 1, count, problem);
		if (migration_step(
			db, &(struct migration_step_in){.done = {(int64_t)i + 1}, .name = {m->name}}) != OK)
			return complain(
			    "%s, statement %zu of %zu was executed, but that could not be recorded", m->name,
			    i + 1, count);
	}
	if (migration_finish(db, &(struct migration_finish_in){.name = {m->name}}) != OK)
		return complain("%s was applied, but that could not be recorded", m->name);
	printf("  applied %s (%zu statements%s)\n", m->name, count, m->done > 0 ? ", begun earlier" : "");
	return 0;
}

static int lock_and_prepare(struct db *db, const char *service)
{
	struct answer answer;
	const char *problem;

	if (db_ping(db) != OK)
		return complain("the database of %s is away", service);
	if (migration_lock(db, &(struct migration_lock_in){0}, &answer) != OK || answer.number.v != 1)
		return complain("%s: another migration is at work", service);
	if (db_execute(db, migrations_table, &problem) != OK)
		return complain("%s: the table of migrations: %s", service, problem);
	if (migration_breaks_exists(db, &(struct migration_breaks_exists_in){0}, &answer) != OK ||
	    (answer.number.v == 0 && db_execute(db, breaks_column, &problem) != OK))
		return complain("%s: the table of migrations could not be renewed", service);
	return 0;
}

static int migrate_service(struct arena *a, const struct config *config, const char *service)
{
	struct db *db = service_db(a, config, service, PATIENCE);
	struct migration_plan plan;
	const char *problem = "the database failed";
	int rc = lock_and_prepare(db, service);

	if (rc != 0)
		return rc;
	if (migration_plan(db, config, service, &plan, &problem) != OK)
		return complain("%s: %s", service, problem);
	if (plan.pending == 0)
		printf("stagedoor_%s: current, %zu files%s\n", service, plan.count,
		       plan.later > 0 ? ", and later ones that this version can work with" : "");
	else
		printf("stagedoor_%s: %zu of %zu files to apply\n", service, plan.pending, plan.count);
	for (size_t i = 0; i < plan.count && rc == 0; i++)
		if (!plan.list[i].applied)
			rc = migration_apply(db, &plan.list[i]);
	return rc;
}

int migrate(const struct config *config)
{
	int rc = 0;

	for (size_t i = 0; services_with_database[i] != NULL && rc == 0; i++) {
		struct arena *a = arena_new();

		rc = migrate_service(a, config, services_with_database[i]);
		fflush(stdout);
		arena_free(a);
	}
	return rc;
}
