#include "common/app/app.h"
#include "common/app/revoked.h"
#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/base/version.h"
#include "common/db/lists.h"
#include "common/http/idempotency_store.h"
#include <malloc.h>
#include <stdio.h>
#include <string.h>

extern char **environ;

static struct config config;

static int run_web(const struct app *app)
{
	return role_web(app, &config);
}

static int run_events(const struct app *app)
{
	return app->events != NULL ? app->events(&config, process_stop())
				   : role_events(app, &config, process_stop());
}

static int run_relay(const struct app *app)
{
	return role_relay(app, &config, process_stop());
}

static int run_jobs(const struct app *app)
{
	return role_jobs(app, &config, process_stop());
}

static size_t wrong_moves(const struct app *app)
{
	size_t faults = 0;

	for (const struct move *m = app->moves->moves; m->name != NULL; m++) {
		const char *wrong = move_wrong(m);

		if (wrong == NULL)
			continue;
		log_error("move %s of %s: %s is in neither the source nor the fields that stay", m->name,
			  app->moves->name, wrong);
		faults++;
	}
	return faults;
}

static int run_check(const struct app *app)
{
	const struct query_list *const lists[] = {app->queries, &db_queries, &http_queries, &app_queries};
	struct arena *a = arena_new();
	struct db *db = role_db(&config);
	size_t faults = 0;
	err e = OK;

	db_use(db, a);
	for (size_t i = 0; e == OK && i < sizeof lists / sizeof *lists; i++) {
		size_t more = 0;

		e = query_check(db, lists[i], &more);
		faults += more;
	}
	db_free(db);
	arena_free(a);
	faults += wrong_moves(app);
	return e == OK && faults == 0 ? 0 : 1;
}

static bool has_web(const struct app *app)
{
	return app->routes != NULL;
}

static bool has_events(const struct app *app)
{
	return app->events != NULL || app->subscriptions->event != NULL;
}

static bool has_database(const struct app *app)
{
	return app->queries != NULL;
}

static const struct role {
	const char *name;
	unsigned groups;
	size_t more_offset; /* of the app's own further groups, 0: none */
	bool (*has)(const struct app *app);
	int (*run)(const struct app *app);
} roles[] = {
    {"web", CONFIG_CORE | CONFIG_WEB | CONFIG_DB, offsetof(struct app, web_groups), has_web, run_web},
    {"events", CONFIG_CORE | CONFIG_BUS | CONFIG_EVENTS, offsetof(struct app, events_groups), has_events,
     run_events},
    {"relay", CONFIG_CORE | CONFIG_DB | CONFIG_BUS, 0, has_database, run_relay},
    {"jobs", CONFIG_CORE | CONFIG_DB, offsetof(struct app, jobs_groups), has_database, run_jobs},
    {"check", CONFIG_CORE | CONFIG_DB, 0, has_database, run_check},
};

static const struct role *role_find(const struct app *app, const char *name)
{
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (strcmp(roles[i].name, name) == 0 && roles[i].has(app))
			return &roles[i];
	return NULL;
}

static int usage(const struct app *app)
{
	fprintf(stderr, "usage: stagedoor-%s", app->name);
	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
		if (roles[i].has(app))
			fprintf(stderr, "%s%s", i == 0 ? " " : " | ", roles[i].name);
	fprintf(stderr, "\n");
	return 2;
}

static unsigned groups_of(const struct app *app, const struct role *role)
{
	unsigned groups = role->groups | (has_database(app) ? CONFIG_DB : 0);

	if (role->more_offset != 0)
		groups |= *(const unsigned *)(const void *)((const char *)app + role->more_offset);
	return groups;
}

static enum log_level level_of(const char *name)
{
	static const char *const names[] = {"debug", "info", "warn", "error"};

	for (int i = 0; i < 4; i++)
		if (text_same(name, names[i]))
			return (enum log_level)i;
	return LOG_INFO;
}

/* Reads the settings of the role; says what is wrong with them. */
static err prepare(struct arena *a, const struct app *app, const struct role *role)
{
	const char *name = arena_printf(a, "%s-%s", app->name, role->name), *problem;
	err e;

	log_program(name);
	if ((e = config_load(a, environ, groups_of(app, role), &config, &problem)) != OK) {
		log_error("%s", problem);
		return e;
	}
	process_ready_on((int)config.ready_fd);
	log_threshold(level_of(config.log_level));
	log_info("version " STAGEDOOR_VERSION);
	if ((e = clock_follow(config.clock_file)) != OK)
		log_error("the clock file %s cannot be opened", config.clock_file);
	return e == OK ? FAILPOINT_FOLLOW(config.failpoint_file, name) : e;
}

int app_main(const struct app *app, int argc, char **argv)
{
	const struct role *role = argc == 2 ? role_find(app, argv[1]) : NULL;
	struct arena *a;
	int status = 2;

	if (argc == 2 && text_same(argv[1], "--version")) {
		printf("stagedoor-%s %s\n", app->name, STAGEDOOR_VERSION);
		return 0;
	}
	if (role == NULL)
		return usage(app);
	mallopt(M_ARENA_MAX, 2);
	process_signals();
	a = arena_new();
	if (prepare(a, app, role) == OK)
		status = role->run(app);
	arena_free(a);
	return status;
}
