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

/*
 * A transaction. The caller repeats the whole of it as long as db_end returns ERR_RETRY:
 *
 *   do {
 *           if ((e = db_begin(db)) == OK)
 *                   e = …queries…;
 *           e = db_end(db, e);
 *   } while (e == ERR_RETRY);
 *
 * db_begin opens it. Transactions do not nest (a bug). Once a query in it gave ERR_RETRY or
 * ERR_OUTCOME_UNKNOWN, all others do.
 *
 * db_end commits when e is OK, otherwise rolls back and returns e. e is the result of db_begin, or of the
 * work after it. ERR_RETRY: a deadlock, or a connection lost before the commit; db_end has waited (jitter),
 * the work must begin again from the start. ERR_UNAVAILABLE: so it was 5 times; nothing was done.
 * ERR_OUTCOME_UNKNOWN: the connection was lost in COMMIT; done or not done, unknown.
 */
err db_begin(struct db *db) NODISCARD;
err db_end(struct db *db, err e) NODISCARD;

typedef err db_work(struct db *db, void *context);

/* Runs work in such a transaction, as often as it takes. Never returns ERR_RETRY. */
err db_transaction(struct db *db, db_work *work, void *context) NODISCARD;

/* The database's clock, moved by clock_offset(). */
err db_now(struct db *db, when *ret_now) NODISCARD;

/* In a transaction: after its commit the relay is woken. outbox_add calls it. */
void db_wake_after_commit(struct db *db);

/* One statement of SQL text that has no result, for migrations alone (DDL). On failure *ret_problem is the
 * server's message, in the db's arena. */
err db_execute(struct db *db, const char *sql, const char **ret_problem) NODISCARD;

#endif
