/*
 * Transactions, and the life of a connection.
 *
 * The work of a transaction is a function, because it may have to run several times: InnoDB ends a
 * transaction on a deadlock, and a connection may be lost at any moment. So the work has no effect outside
 * the database, and reads all that it decides on within the transaction.
 *
 * What must hold:
 * - An error after which the transaction cannot go on is remembered (must_rollback), so that work which
 *   ignores it still rolls back.
 * - ERR_OUTCOME_UNKNOWN is returned only for a connection lost in COMMIT. Before COMMIT the loss is certain,
 *   and the work runs again; the connection is looked at just before, to make the doubtful case rare.
 * - The relay is woken after the commit, never before: it must find the row. The datagram may be lost, since
 *   the relay polls too.
 */
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "common/db/internal.h"
#include "common/db/lists.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ATTEMPTS = 5, JITTER_MS = 5, JITTER_MAX_MS = 80 };

struct db *db_new(const struct db_settings *settings)
{
	struct db *db = calloc(1, sizeof *db);

	BUG_IF(db == NULL);
	db->settings = *settings;
	db->wake_fd = -1;
	return db;
}

void db_free(struct db *db)
{
	if (db == NULL)
		return;
	connection_drop(db);
	if (db->wake_fd >= 0)
		close(db->wake_fd);
	free(db);
}

void db_use(struct db *db, struct arena *a)
{
	db->arena = a;
}

struct arena *db_arena(const struct db *db)
{
	return db->arena;
}

err db_ping(struct db *db)
{
	err e = connection_ready(db);

	return e == OK ? connection_execute(db, "DO 1") : e;
}

err db_now(struct db *db, when *ret_now)
{
	struct clock_reading reading;
	err e = db_clock(db, &(struct db_clock_in){.offset = {clock_offset()}}, &reading);

	if (e == OK)
		*ret_now = reading.now;
	return e;
}

void db_wake_after_commit(struct db *db)
{
	BUG_IF(!db->open);
	db->wake = true;
}

/* The relay polls too, so nothing is lost when the datagram is. */
static void wake_relay(struct db *db)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	const char *path = db->settings.wake;

	if (path == NULL || strlen(path) >= sizeof to.sun_path)
		return;
	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (db->wake_fd < 0)
		db->wake_fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (sendto(db->wake_fd, "", 1, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to, sizeof to) < 0)
		log_debug("the relay at %s was not woken", path);
}

static void transaction_roll_back(struct db *db)
{
	if (db->connection != NULL && connection_execute(db, "ROLLBACK") != OK)
		connection_drop(db);
}

/* Only a connection that was alive when COMMIT began leaves its outcome in doubt. */
static err transaction_commit(struct db *db, bool *ret_unknown)
{
	err e;

	if (FAILPOINT_FAILS(commit))
		shutdown(mysql_get_socket(db->connection), SHUT_RDWR);
	if (connection_is_dead(db)) {
		connection_drop(db);
		return ERR_OUTCOME_UNKNOWN;
	}
	e = connection_execute(db, "COMMIT");
	if (FAILPOINT_FAILS(committed)) {
		connection_drop(db);
		e = ERR_OUTCOME_UNKNOWN;
	}
	*ret_unknown = e == ERR_OUTCOME_UNKNOWN;
	return e;
}

err db_begin(struct db *db)
{
	err e;

	BUG_IF(db->open);
	e = connection_ready(db);
	FAILPOINT(begin);
	if (e != OK || (e = connection_execute(db, "START TRANSACTION")) != OK)
		return e;
	db->open = true;
	db->must_rollback = OK;
	db->wake = false;
	return OK;
}

static err close_transaction(struct db *db, err e, bool *ret_unknown)
{
	/* work may have gone on after an error that nothing can be built on */
	if (db->must_rollback != OK)
		e = db->must_rollback;
	if (e == OK)
		e = transaction_commit(db, ret_unknown);
	if (e != OK)
		transaction_roll_back(db);
	db->open = false;
	if (e == OK && db->wake)
		wake_relay(db);
	return e;
}

err db_end(struct db *db, err e)
{
	bool unknown = false;

	BUG_IF(!db->open && e == OK);
	if (db->open)
		e = close_transaction(db, e, &unknown);
	if (unknown || (e != ERR_RETRY && e != ERR_OUTCOME_UNKNOWN)) {
		db->attempts = 0;
		return e;
	}
	random_backoff(db->attempts++, JITTER_MS, JITTER_MAX_MS);
	if (db->attempts < ATTEMPTS)
		return ERR_RETRY;
	db->attempts = 0;
	log_warn("a transaction was given up after %d attempts", ATTEMPTS);
	return ERR_UNAVAILABLE;
}

err db_transaction(struct db *db, db_work *work, void *context)
{
	err e;

	do {
		if ((e = db_begin(db)) == OK)
			e = work(db, context);
		e = db_end(db, e);
	} while (e == ERR_RETRY);
	return e;
}

err db_execute(struct db *db, const char *sql, const char **ret_problem)
{
	err e = connection_ready(db);

	*ret_problem = "no connection to the database";
	if (e != OK)
		return e;
	if (mysql_real_query(db->connection, sql, (unsigned long)strlen(sql)) == 0)
		return OK;
	*ret_problem =
	    arena_printf(db->arena, "%u: %s", mysql_errno(db->connection), mysql_error(db->connection));
	return connection_failed(db, &(struct failure){.code = mysql_errno(db->connection)});
}
