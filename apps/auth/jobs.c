#include "apps/auth/auth.h"
#include "common/base/clock.h"

enum { BATCHES = 20, DAY_SECONDS = 24 * 60 * 60 };

/* In small transactions, so that no lock is held for long; what is left comes next time. */
static err clean_sessions(struct db *db, void *app)
{
	int64_t met = 1;
	when now;
	err e;

	(void)app;
	if ((e = db_now(db, &now)) != OK)
		return e;
	for (int i = 0; i < BATCHES && met > 0; i++)
		if ((e = sessions_clean(db,
					&(struct sessions_clean_in){.before = {now.v - DAY_SECONDS * SECOND}},
					&met)) != OK)
			return e;
	return OK;
}

static err clean_attempts(struct db *db, void *app)
{
	int64_t met = 1;
	when now;
	err e;

	(void)app;
	if ((e = db_now(db, &now)) != OK)
		return e;
	for (int i = 0; i < BATCHES && met > 0; i++)
		if ((e = attempts_clean(db,
					&(struct attempts_clean_in){.before = {now.v - DAY_SECONDS * SECOND}},
					&met)) != OK)
			return e;
	return OK;
}

const struct job auth_jobs[] = {
    {"clean sessions", 60 * 1000, clean_sessions},
    {"clean attempts", 60 * 1000, clean_attempts},
    {NULL, 0, NULL},
};
