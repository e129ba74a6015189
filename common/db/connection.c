/*
 * A connection and the statements prepared on it are one object in two files that call each other: losing the
 * connection (connection_drop) frees its statements, and a statement that fails to prepare may lose the
 * connection (connection_failed). The statements must go when the connection is closed, in every path, so
 * neither is left to a caller.
 */
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/db/internal.h"
#include <errmsg.h>
#include <mysqld_error.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_SECONDS = 3, QUERY_SECONDS = 10 };

/* The codes that MySQL and MariaDB number alike, by what a caller can do about them; all others are a bug. */
static const struct {
	unsigned code;
	err meaning;
} meanings[] = {
    {1062, ERR_DUPLICATE},
    {1586, ERR_DUPLICATE},
    {1020, ERR_RETRY}, /* another transaction changed the row that was read */
    {1205, ERR_RETRY}, /* lock wait: leaves the transaction open */
    {1213, ERR_RETRY}, /* deadlock: ends it */
    {1317, ERR_RETRY}, /* KILL QUERY */
    {1615, ERR_RETRY}, /* a table changed under the prepared statement */
    {CR_SERVER_GONE_ERROR, ERR_OUTCOME_UNKNOWN},
    {CR_SERVER_LOST, ERR_OUTCOME_UNKNOWN},
    {CR_SERVER_LOST_EXTENDED, ERR_OUTCOME_UNKNOWN},
    {CR_MALFORMED_PACKET, ERR_OUTCOME_UNKNOWN},
    {1053, ERR_OUTCOME_UNKNOWN}, /* shutdown */
    {1927, ERR_OUTCOME_UNKNOWN}, /* KILL */
    {1159, ERR_OUTCOME_UNKNOWN}, /* time-outs and broken packets that the server has seen */
    {1161, ERR_OUTCOME_UNKNOWN},
    {CR_CONNECTION_ERROR, ERR_UNAVAILABLE},
    {CR_CONN_HOST_ERROR, ERR_UNAVAILABLE},
    {1040, ERR_UNAVAILABLE}, /* too many connections, of all and of this user */
    {1203, ERR_UNAVAILABLE},
    {1226, ERR_UNAVAILABLE},
    {1047, ERR_UNAVAILABLE}, /* a cluster without a quorum */
    {1290, ERR_UNAVAILABLE}, /* read only */
    {1836, ERR_UNAVAILABLE},
    {1021, ERR_UNAVAILABLE}, /* disk full */
    {1114, ERR_UNAVAILABLE},
};

/* Errors whose text names columns, tables and constraints and never a value. */
static const unsigned valueless[] = {1048, 1054, 1064, 1142, 1143, 1146, 1264,
				     1364, 1406, 1451, 1452, 3819, 4025};

static err meaning_of(unsigned code)
{
	for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].code == code)
			return meanings[i].meaning;
	return ERR_BUG;
}

static bool is_valueless(unsigned code)
{
	for (size_t i = 0; i < sizeof valueless / sizeof *valueless; i++)
		if (valueless[i] == code)
			return true;
	return false;
}

static bool is_of_client(unsigned code)
{
	return code >= CR_MIN_ERROR && code < 3000;
}

static void log_failure(const struct failure *f, err e)
{
	const char *key = strstr(f->message, "for key ");

	if (e == ERR_DUPLICATE)
		log_debug("%s: duplicate %s", f->operation, key == NULL ? "" : key);
	else if (e == ERR_BUG)
		log_error("%s: database error %u (%s) %s", f->operation, f->code, f->state,
			  f->valueless || is_valueless(f->code) ? f->message : "");
	else if (e == ERR_RETRY)
		log_debug("%s: database error %u, to be tried again", f->operation, f->code);
	else
		log_warn("%s: database error %u (%s)", f->operation, f->code, err_name(e));
}

err connection_failed(struct db *db, const struct failure *f)
{
	err e = meaning_of(f->code);
	/* after a client-side error the library is out of step with the server */
	bool gone = e == ERR_OUTCOME_UNKNOWN || is_of_client(f->code);

	if (f->operation != NULL)
		log_failure(f, e);
	if (db->open && (gone || e == ERR_RETRY))
		db->must_rollback = e;
	if (gone)
		connection_drop(db);
	return e;
}

static err command_failed(struct db *db, const char *operation)
{
	return connection_failed(db, &(struct failure){.operation = operation,
						       .state = mysql_sqlstate(db->connection),
						       .message = mysql_error(db->connection),
						       .code = mysql_errno(db->connection)});
}

void connection_drop(struct db *db)
{
	/* closing detaches the statements: freeing them then sends nothing to a server that may not answer */
	if (db->connection != NULL)
		mysql_close(db->connection);
	db->connection = NULL;
	statements_drop(db);
}

bool connection_is_dead(const struct db *db)
{
	struct pollfd p = {.fd = mysql_get_socket(db->connection), .events = POLLIN | POLLRDHUP};

	/* between two statements the server sends nothing unless it hangs up */
	return poll(&p, 1, 0) != 0;
}

err connection_execute(struct db *db, const char *sql)
{
	MYSQL_RES *result;

	if (mysql_real_query(db->connection, sql, (unsigned long)strlen(sql)) != 0)
		return command_failed(db, sql);
	result = mysql_store_result(db->connection);
	if (result == NULL && mysql_errno(db->connection) != 0)
		return command_failed(db, sql);
	mysql_free_result(result);
	return OK;
}

static void set_options(MYSQL *mysql, unsigned patience)
{
	unsigned connect = CONNECT_SECONDS, wait = patience > 0 ? patience : QUERY_SECONDS, off = 0;
	my_bool no = 0;

	mysql_options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect);
	mysql_options(mysql, MYSQL_OPT_READ_TIMEOUT, &wait);
	mysql_options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &wait);
	mysql_options(mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	/* it would make the COMMIT of a transaction that was lost succeed */
	mysql_options(mysql, MYSQL_OPT_RECONNECT, &no);
	mysql_options(mysql, MYSQL_OPT_LOCAL_INFILE, &off);
}

static err set_session(struct db *db)
{
	static const char *const session[] = {
	    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
	    "SET SESSION time_zone = '+00:00', autocommit = 1, innodb_lock_wait_timeout = 5, sql_mode = "
	    "'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
	    "NO_ENGINE_SUBSTITUTION'",
	};
	err e;

	for (size_t i = 0; i < sizeof session / sizeof *session; i++)
		if ((e = connection_execute(db, session[i])) != OK)
			return e;
	/* how long to wait for a table that is being altered */
	return connection_execute(db, db->settings.patience > 0 ? "SET SESSION lock_wait_timeout = 60"
								: "SET SESSION lock_wait_timeout = 5");
}

static err connection_open(struct db *db)
{
	const struct db_settings *s = &db->settings;

	db->connection = mysql_init(NULL);
	BUG_IF(db->connection == NULL);
	set_options(db->connection, s->patience);
	if (mysql_real_connect(db->connection, NULL, s->user, s->password, s->name, 0, s->socket,
			       CLIENT_FOUND_ROWS) == NULL) {
		log_warn("no connection to database %s: %s", s->name == NULL ? "server" : s->name,
			 mysql_error(db->connection));
		connection_drop(db);
		return ERR_UNAVAILABLE;
	}
	if (set_session(db) != OK) {
		connection_drop(db);
		return ERR_UNAVAILABLE;
	}
	return OK;
}

err connection_ready(struct db *db)
{
	if (db->open)
		return db->must_rollback;
	if (db->connection != NULL && connection_is_dead(db))
		connection_drop(db);
	return db->connection == NULL ? connection_open(db) : OK;
}
