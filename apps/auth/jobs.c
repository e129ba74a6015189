#include "apps/auth/jobs.h"
#include "apps/auth/auth.h"
#include "common/base/clock.h"

enum { DAY_SECONDS = 24 * 60 * 60 };

static err a_day_ago(struct db *db, when *ret_then)
{
	when now;
	err e;

	if ((e = db_now(db, &now)) == OK)
		ret_then->v = now.v - DAY_SECONDS * SECOND;
	return e;
}

static err old_sessions(struct db *db, int64_t *ret_met)
{
	struct sessions_clean_in in = {0};
	err e;

	if ((e = a_day_ago(db, &in.before)) != OK)
		return e;
	return sessions_clean(db, &in, ret_met);
}

static err old_attempts(struct db *db, int64_t *ret_met)
{
	struct attempts_clean_in in = {0};
	err e;

	if ((e = a_day_ago(db, &in.before)) != OK)
		return e;
	return attempts_clean(db, &in, ret_met);
}

static err clean_sessions(struct db *db, void *app)
{
	(void)app;
	return app_clean(db, old_sessions);
}

static err clean_attempts(struct db *db, void *app)
{
	(void)app;
	return app_clean(db, old_attempts);
}

const struct job auth_jobs[] = {
    {"clean sessions", 60 * 1000, clean_sessions},
    {"clean attempts", 60 * 1000, clean_attempts},
    {NULL, 0, NULL},
};
