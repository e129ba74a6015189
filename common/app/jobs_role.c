#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/db/lists.h"
#include <string.h>
#include <time.h>

enum { TICK_MS = 50, JOBS_MAX = 16, BATCHES = 200 };

static err clean_outbox(struct db *db, int64_t *ret_met)
{
	return outbox_clean(db, &(struct outbox_clean_in){.offset = {clock_offset()}}, ret_met);
}

static err clean_answers(struct db *db, int64_t *ret_met)
{
	return idempotency_clean(db, &(struct idempotency_clean_in){.offset = {clock_offset()}}, ret_met);
}

static err clean_revoked(struct db *db, int64_t *ret_met)
{
	return revoked_clean(db, &(struct revoked_clean_in){.offset = {clock_offset()}}, ret_met);
}

static err clean_dead_letters(struct db *db, int64_t *ret_met)
{
	return dead_letter_clean(db, &(struct dead_letter_clean_in){.offset = {clock_offset()}}, ret_met);
}

err app_clean(struct db *db, err (*batch)(struct db *db, int64_t *ret_met))
{
	int64_t met = 1;
	err e;

	for (int i = 0; i < BATCHES && met > 0 && !app_stopping(); i++)
		if ((e = batch(db, &met)) != OK)
			return e;
	return OK;
}

/* What every service has to clean: sent events, idempotency records, revocations that no token outlives,
 * messages that were sent again and did not come back. */
static err clean(struct db *db, void *app)
{
	err e;

	(void)app;
	if ((e = app_clean(db, clean_outbox)) != OK)
		return e;
	if ((e = app_clean(db, clean_answers)) != OK)
		return e;
	if ((e = app_clean(db, clean_revoked)) != OK)
		return e;
	return app_clean(db, clean_dead_letters);
}

static const struct job common_jobs[] = {{"clean", 60 * 1000, clean}};

struct clock_of_job {
	const struct job *job;
	int64_t due; /* by clock_steady() */
};

static size_t gather(const struct app *app, struct clock_of_job *list)
{
	size_t n = 0;

	list[n++].job = &common_jobs[0];
	for (const struct job *j = app->jobs; j != NULL && j->name != NULL; j++) {
		BUG_IF(n == JOBS_MAX);
		list[n++].job = j;
	}
	/* two programs with the same jobs should not run them at the same moment */
	for (size_t i = 0; i < n; i++)
		list[i].due =
		    clock_steady() + (int64_t)random_below((uint32_t)list[i].job->every_ms) * 1000 / 4;
	return n;
}

static void run_job(struct clock_of_job *c, struct db *db, struct arena *a, void *app)
{
	err e = c->job->run(db, app);

	if (e != OK)
		log_warn("job %s: %s; it comes again", c->job->name, err_name(e));
	c->due = clock_steady() + c->job->every_ms * 1000;
	arena_reset(a);
	db_use(db, a);
}

int role_jobs(const struct app *app, const struct config *config, const atomic_bool *stop)
{
	struct clock_of_job list[JOBS_MAX];
	size_t n = gather(app, list);
	struct arena *a = arena_new();
	struct db *db = role_db(config);
	void *state = NULL;

	db_use(db, a);
	if (app->start != NULL && app->start(config, &state) != OK)
		return 1;
	app_ready();
	while (!*stop) {
		for (size_t i = 0; i < n && !*stop; i++)
			if (list[i].due <= clock_steady())
				run_job(&list[i], db, a, state);
		nanosleep(&(struct timespec){.tv_nsec = TICK_MS * 1000000}, NULL);
	}
	db_free(db);
	arena_free(a);
	if (app->end != NULL)
		app->end(state);
	return 0;
}
