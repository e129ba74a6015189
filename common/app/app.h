#ifndef STAGEDOOR_APP_APP_H
#define STAGEDOOR_APP_APP_H

#include "amqp/events.h"
#include "common/app/process.h"
#include "common/base/config.h"
#include "common/bus/bus.h"
#include "common/db/query.h"
#include "common/http/route.h"
#include "common/schema/move.h"

/*
 * The skeleton of every program: an app is its tables and its functions; main is one call.
 *
 *   stagedoor-orders web       a pool of FastCGI workers on STAGEDOOR_SOCKET, by `routes`
 *   stagedoor-orders events    consumes <name>.events, by `subscriptions`
 *   stagedoor-orders relay     publishes the outbox
 *   stagedoor-orders jobs      timed work, by `jobs`, and the clean-up that every service has
 *   stagedoor-orders check     prepares all queries against the database, looks at the moves, and exits 0
 *                              when they fit
 *
 * It reads the settings, sets up log, clock and signals (SIGTERM and SIGINT finish what is running, then
 * end), reports readiness on STAGEDOOR_READY_FD, and does the roles that the tables make possible.
 */
struct job {
	const char *name;
	int64_t every_ms;
	/* One round, with its own arena; an error is logged and the job runs again. May open
	 * transactions, may call outside. */
	err (*run)(struct db *db, void *app);
};

struct app {
	const char *name;     /* "orders" */
	unsigned web_groups;  /* further config_group bits that the web role needs; CORE, WEB, DB are given */
	unsigned jobs_groups; /* further ones of the jobs role; CORE, DB are given */
	unsigned events_groups; /* further ones of the events role; CORE, DB, BUS are given */
	const struct route_list *routes;
	const struct query_list *queries;
	const struct move_list *moves;
	const struct subscription *subscriptions; /* amqp/declare_consumers.h; NULL: see `events` */
	/* Further queues of dead letters, of a service without a database, that its events program moves to
	 * its own database; NULL ends it; NULL: none. */
	const char *const *dead_queues;
	const struct job *jobs; /* NULL name ends; NULL: only the common clean-up */
	/* Makes what web->app and job's app point to, once a process, before threads; NULL: nothing to make.
	 */
	err (*start)(const struct config *config, void **ret_app);
	void (*end)(void *app); /* frees it, when all threads have ended; NULL: nothing to free */
	/* A role of the app's own instead of `events` (expiration); NULL: the usual one. Returns an exit
	 * status. */
	int (*events)(const struct config *config, const atomic_bool *stop);
};

/* Runs the role that argv names; the exit status: 2 when the arguments or the settings are wrong. */
int app_main(const struct app *app, int argc, char **argv);

/*
 * In the events program: runs fn with the key in a separate transaction, once `due` has come, at most 20 ms
 * late; the same fn and key only once. It is kept in memory only and not repeated after an error, so
 * work that must happen also needs a sweep. No more than 4096 wait; further ones are dropped with a warning.
 */
void app_at(when due, err (*fn)(struct db *db, const void *key), const uint8_t id[16]);

/*
 * For a clean-up job: runs `batch`, which deletes a bounded number of rows, until it meets none, in small
 * transactions so that no lock is held for long. After many batches the rest is left to the next run.
 */
err app_clean(struct db *db, err (*batch)(struct db *db, int64_t *ret_met)) NODISCARD;

#endif
