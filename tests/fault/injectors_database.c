/* Faults of the database. */
#include "common/base/text.h"
#include "tests/fault/injectors.h"
#include <mysql.h>
#include <stdio.h>
#include <unistd.h>

/* A connection as root that tolerates errors: a connection to be killed may have ended before. */
static MYSQL *root_connect(void)
{
	MYSQL *my = mysql_init(NULL);
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/db-root", flow_state()), 200,
					&secret),
			 OK);
	ck_assert_msg(mysql_real_connect(my, NULL, "root", secret, NULL, 0,
					 arena_printf(flow_arena, "%s/sock/db.sock", flow_state()),
					 0) != NULL,
		      "%s", mysql_error(my));
	return my;
}

/* KILL for each number that the statement finds. */
static void kill_found(MYSQL *my, const char *statement)
{
	MYSQL_RES *result;
	MYSQL_ROW row;
	char kill_one[60];

	if (mysql_query(my, statement) != 0 || (result = mysql_store_result(my)) == NULL)
		return;
	while ((row = mysql_fetch_row(result)) != NULL) {
		snprintf(kill_one, sizeof kill_one, "KILL %.20s", row[0]);
		mysql_query(my, kill_one);
	}
	mysql_free_result(result);
}

static const char everybody[] = "SELECT id FROM information_schema.processlist WHERE user LIKE 'stagedoor%'";

void cut_database(const struct fault *f)
{
	MYSQL *my = root_connect();

	(void)f;
	for (int i = 0; i < 150; i++) {
		kill_found(my, "SELECT trx_mysql_thread_id FROM information_schema.innodb_trx WHERE "
			       "trx_mysql_thread_id <> CONNECTION_ID()");
		if (i % 40 == 39)
			kill_found(my, everybody);
		usleep(20000);
	}
	mysql_close(my);
}

static MYSQL *locker;

void hold_locks(const struct fault *f)
{
	static const char *const locks[] = {
	    "BEGIN", "SELECT COUNT(id) FROM stagedoor_orders.ticket_replica FOR UPDATE",
	    "SELECT COUNT(id) FROM stagedoor_payments.order_replica FOR UPDATE"};

	(void)f;
	locker = root_connect();
	for (size_t i = 0; i < sizeof locks / sizeof *locks; i++)
		if (mysql_query(locker, locks[i]) != 0)
			violated("nothing is locked: %s", mysql_error(locker));
		else
			mysql_free_result(mysql_store_result(locker));
}

void release_locks(const struct fault *f)
{
	(void)f;
	mysql_close(locker);
}

static const char *const orders_first[] = {
    "BEGIN", "SELECT COUNT(id) FROM stagedoor_orders.orders FOR UPDATE",
    "SELECT COUNT(id) FROM stagedoor_orders.ticket_replica FOR UPDATE",
    "SELECT COUNT(id) FROM stagedoor_tickets.ticket FOR UPDATE", "COMMIT"};
static const char *const tickets_first[] = {
    "BEGIN", "SELECT COUNT(id) FROM stagedoor_orders.ticket_replica FOR UPDATE",
    "SELECT COUNT(id) FROM stagedoor_orders.orders FOR UPDATE",
    "SELECT COUNT(id) FROM stagedoor_orders.outbox FOR UPDATE", "COMMIT"};

static void lock_in_order(MYSQL *my, const char *const statements[5])
{
	for (size_t i = 0; i < 5; i++) {
		if (mysql_query(my, statements[i]) == 0)
			mysql_free_result(mysql_store_result(my));
		usleep(15000);
	}
}

static int64_t deadlocks(void)
{
	return sql_number("orders", "SELECT VARIABLE_VALUE FROM information_schema.global_status WHERE "
				    "VARIABLE_NAME = 'Innodb_deadlocks'");
}

/* InnoDB never picks a transaction with many locks as the victim, so this one has many. */
void force_deadlocks(const struct fault *f)
{
	MYSQL *my = root_connect();
	int64_t before = deadlocks();

	(void)f;
	for (int i = 0; i < 60; i++)
		lock_in_order(my, i % 2 == 0 ? orders_first : tickets_first);
	mysql_close(my);
	fault_times = (int)(deadlocks() - before);
	if (fault_times == 0)
		violated("no deadlock occurred");
}

static int64_t refused_connections(void)
{
	return sql_number("orders", "SELECT VARIABLE_VALUE FROM information_schema.global_status WHERE "
				    "VARIABLE_NAME = 'Connection_errors_max_connections'");
}

static int64_t refused_before;

void limit_connections(const struct fault *f)
{
	MYSQL *my = root_connect();

	(void)f;
	refused_before = refused_connections();
	ck_assert_int_eq(mysql_query(my, "SET GLOBAL max_connections = 10"), 0);
	kill_found(my, everybody);
	mysql_close(my);
}

void unlimit_connections(const struct fault *f)
{
	(void)f;
	sql_run("orders", "SET GLOBAL max_connections = 200");
	if (refused_connections() == refused_before)
		violated("no connection was refused");
}
