#ifndef STAGEDOOR_DB_DB_H
#define STAGEDOOR_DB_DB_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/schema/record.h"

/*
 * One connection to a service's database, used by one thread. It connects by itself when first used and again
 * after a loss (never silently inside a transaction), prepares each statement once a connection, and works in
 * READ COMMITTED, strict mode, UTC, utf8mb4. Time-outs: connect 3 s, read and write 10 s, lock wait 5 s.
 *
 * Errors that every query can give: ERR_UNAVAILABLE (no connection to be had: nothing was done),
 * ERR_OUTCOME_UNKNOWN (lost while it ran), ERR_RETRY (deadlock or lock wait), ERR_DUPLICATE (a unique key;
 * the transaction stays usable), ERR_BUG (all else; logged with the query's name, never its values).
 */
struct db;

struct db_settings {
	const char *socket, *name, *user, *password;
	const char *wake;  /* datagram socket of the relay, woken after commits that added to the outbox;
			      NULL: nobody */
	unsigned patience; /* seconds that a statement may take; 0: the 10 of a service. For migrations */
};

/* Does not connect yet. The texts of the settings live as long as the db. */
struct db *db_new(const struct db_settings *settings);
void db_free(struct db *db);

/* Results of queries go to this arena from now on: one unit of work. */
void db_use(struct db *db, struct arena *a);
struct arena *db_arena(const struct db *db);

/* Is the database there? Connects when needed. */
err db_ping(struct db *db) NODISCARD;

typedef err db_work(struct db *db, void *context);

/*
 * Runs work in one transaction: OK commits, anything else rolls back and is returned. ERR_RETRY, and
 * ERR_OUTCOME_UNKNOWN before the commit, run the whole of work again, up to 5 times with jitter, so work must
 * start from scratch each time; then ERR_UNAVAILABLE: nothing was done. A connection lost in COMMIT gives
 * ERR_OUTCOME_UNKNOWN: done or not done, unknown. Once a query in work gave ERR_RETRY or ERR_OUTCOME_UNKNOWN,
 * all others do. Transactions do not nest (a bug).
 */
err db_transaction(struct db *db, db_work *work, void *context) NODISCARD;

/* The database's clock, moved by clock_offset(). */
err db_now(struct db *db, when *ret_now) NODISCARD;

/* In a transaction: after its commit the relay is woken. outbox_add calls it. */
void db_wake_after_commit(struct db *db);

/* One statement of SQL text that has no result, for migrations alone (DDL). On failure *ret_problem is the
 * server's message, in the db's arena. */
err db_execute(struct db *db, const char *sql, const char **ret_problem) NODISCARD;

#endif
