/* The site seen from the machine: which ports listen, who may read which file, where secrets are, and what
 * the accounts at the database and the broker must not do. test_rights.c has further checks. */
#include "common/base/text.h"
#include "common/bus/internal.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include "tests/flow/tokens.h"
#include <glob.h>
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PORTS = 5 };

static int base_port(void)
{
	return atoi(strrchr(flow_url(), ':') + 1);
}

/* The output of a command; %s is the directory of the state. */
static const char *output(const char *command)
{
	struct buf b = BUF(flow_arena);
	const char *hole;
	char part[4096];
	FILE *f;
	size_t n;

	for (; (hole = strstr(command, "%s")) != NULL; command = hole + 2) {
		buf_add(&b, command, (size_t)(hole - command));
		buf_puts(&b, flow_state());
	}
	buf_puts(&b, command);
	f = popen(buf_text(&b), "r");
	ck_assert_ptr_nonnull(f);
	b = BUF(flow_arena);
	while ((n = fread(part, 1, sizeof part, f)) > 0)
		buf_add(&b, part, n);
	pclose(f);
	return buf_text(&b);
}

static void ck_nothing(const char *command)
{
	const char *found = output(command);

	ck_assert_msg(*found == '\0', "%s:\n%s", command, found);
}

static bool is_of_stack(const char *line)
{
	const char *pid = strstr(line, "pid=");
	char cwd[4096] = "";

	if (pid == NULL ||
	    readlink(arena_printf(flow_arena, "/proc/%d/cwd", atoi(pid + 4)), cwd, sizeof cwd - 1) < 0)
		return false;
	return strncmp(cwd, flow_state(), strlen(flow_state())) == 0 && cwd[strlen(flow_state())] == '/';
}

START_TEST(only_the_site_listens)
{
	char *lines = arena_strdup(flow_arena, output("ss -H -ltunp"));
	bool site = false;

	for (char *line = strtok(lines, "\n"); line != NULL; line = strtok(NULL, "\n")) {
		char at[100] = "";
		int port;

		if (!is_of_stack(line))
			continue;
		ck_assert_int_eq(sscanf(line, "%*s %*s %*s %*s %99s", at), 1);
		port = atoi(strrchr(at, ':') + 1);
		site = site || port == base_port();
		ck_assert_msg(strncmp(at, "127.0.0.1:", 10) == 0 || strncmp(at, "[::1]:", 6) == 0, "%s",
			      line);
		ck_assert_msg(port >= base_port() && port < base_port() + PORTS, "%s", line);
		ck_assert_msg(strncmp(line, "tcp", 3) == 0, "%s", line);
	}
	ck_assert(site);
}
END_TEST

static const char *const closed[] = {
    "find %s/secrets ! -type d ! -perm 400",
    "find %s/secrets -type d ! -perm 700",
    "find %s -maxdepth 0 -perm /007",
    "find %s/sock -maxdepth 0 ! -perm 700",
    "find %s/sock %s/web -type s -perm /117 ! -name db.sock",
    "find %s/sock %s/secrets %s/etc %s/db %s/broker %s/bank -group www-data",
    "find %s ! -type l -perm /002 ! -name db.sock ! -path '*/tls/*'",
    "find %s -type f -perm /6000",
    "find %s/etc/definitions.json %s/broker/.erlang.cookie -perm /077",
};

START_TEST(files_are_for_their_owner)
{
	ck_nothing(closed[_i]);
}
END_TEST

/* The processes that read requests have no privileges, whoever starts the stack. */
START_TEST(nginx_workers_have_no_privileges)
{
	const char *workers =
	    output("for p in $(pgrep -f '^nginx: (worker|cache)'); do "
		   "case $(readlink /proc/$p/cwd) in %s/*) "
		   "echo $(stat -c %u /proc/$p) $(grep CapEff /proc/$p/status);; esac; done");
	const char *wanted = arena_printf(
	    flow_arena, "%s CapEff: 0000000000000000\n",
	    strtok(arena_strdup(flow_arena, output(getuid() == 0 ? "id -u www-data" : "id -u")), "\n"));
	size_t len = strlen(wanted), count = 0;

	for (; *workers != '\0'; workers += len, count++)
		ck_assert_msg(strncmp(workers, wanted, len) == 0, "%s instead of %s", workers, wanted);
	ck_assert_uint_gt(count, 0);
}
END_TEST

/* Each secret is only in its file: no configuration, log, environment or command line has it. */
START_TEST(secrets_are_only_in_their_files)
{
	glob_t found;

	ck_assert_int_eq(glob(arena_printf(flow_arena, "%s/secrets/*", flow_state()), 0, NULL, &found), 0);
	ck_assert_uint_gt(found.gl_pathc, 10);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];

		if (strstr(path, "/signing") != NULL || strstr(path, ".sql") != NULL)
			continue;
		ck_nothing(arena_printf(
		    flow_arena, "grep -rlF -f %s %%s/etc %%s/log %%s/s6 %%s/nginx %%s/broker/log 2>/dev/null",
		    path));
		ck_nothing(arena_printf(
		    flow_arena, "grep -lF -f %s /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null",
		    path));
	}
	globfree(&found);
	ck_nothing("grep -rl 'PRIVATE KEY' %s/etc %s/log %s/s6 %s/nginx 2>/dev/null");
}
END_TEST

/* The logs have no passwords, tokens or card data of this run, and nothing that looks like them. The sandbox
 * bank may log cards and keys. */
START_TEST(logs_contain_no_secrets)
{
	static const char typed[] = "Unmistakable-77";
	struct visitor *v = visitor_new();
	const char *address = arena_printf(flow_arena, "logs.%d@example.com", (int)getpid());

	ck_status(
	    api(v, "POST", "/api/users/signup", "{\"email\":\"%s\",\"password\":\"%s\"}", address, typed),
	    201);
	ck_status(api(visitor_new(), "POST", "/api/users/signin",
		      "{\"email\":\"%s\",\"password\":\"%s-not\"}", address, typed),
		  400);
	ck_status(api(visitor_new(), "POST", "/api/users/signin", "{\"email\":\"%s\",\"password\":\"%s\"",
		      address, typed),
		  400);
	page_submit(v, "/account", "/account/password",
		    arena_printf(flow_arena, "password=%s&newPassword=%s-2", typed, typed));
	page(visitor_new(), arena_printf(flow_arena, "/signin?password=%s&session=%s", typed, token_of(v)));
	ck_assert_int_ge(
	    api(v, "POST", "/api/payments",
		"{\"orderId\":\"0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b\",\"token\":\"4242424242424242\"}")
		->status,
	    400);
	sleep(2); /* nginx flushes its log within a second */
	ck_nothing("grep -rlE 'Unmistakable-77|correct.horse|an.entirely.new.one|not the password|some other "
		   "secret' %s/log");
	ck_nothing(
	    "grep -rlE 'eyJ[A-Za-z0-9_-]{10,}[.]eyJ|[$]argon2id|[0-9a-f]{16}[.][A-Za-z0-9_-]{43}' %s/log");
	ck_nothing("grep -rlE 'tok_[a-z]|4242424242424242|sk_test_|whsec_' %s/log --exclude-dir=bank");
	ck_assert_str_ne(output("grep -rl requestId %s/log/nginx"), ""); /* the logs exist at all */
}
END_TEST

static MYSQL *account(const char *service)
{
	MYSQL *my = mysql_init(NULL);
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/db-%s", flow_state(), service),
					200, &secret),
			 OK);
	ck_assert_msg(mysql_real_connect(my, NULL, arena_printf(flow_arena, "stagedoor_%s", service), secret,
					 NULL, 0, arena_printf(flow_arena, "%s/sock/db.sock", flow_state()),
					 0) != NULL,
		      "%s", mysql_error(my));
	return my;
}

static const char *const forbidden[] = {
    "ALTER TABLE %s.outbox ADD COLUMN x INT",
    "TRUNCATE TABLE %s.outbox",
    "CREATE INDEX x ON %s.outbox (sent_at)",
    "CREATE VIEW %s.x AS SELECT 1",
    "CREATE TRIGGER %s.x BEFORE INSERT ON %s.outbox FOR EACH ROW SET @a = 1",
    "CREATE PROCEDURE %s.x() SELECT 1",
    "CREATE TEMPORARY TABLE %s.x (i INT)",
    "RENAME TABLE %s.outbox TO %s.x",
    "LOCK TABLES %s.outbox WRITE",
    "CREATE DATABASE stagedoor_x",
    "DROP DATABASE %s",
    "CREATE USER x@localhost",
    "GRANT SELECT ON %s.* TO root@localhost",
    "SET GLOBAL max_connections = 1",
    "SET GLOBAL general_log = 1",
    "SELECT 1 INTO OUTFILE '/tmp/stagedoor-out'",
    "LOAD DATA INFILE '/etc/passwd' INTO TABLE %s.outbox",
    "SHOW GRANTS FOR root@localhost",
    "FLUSH PRIVILEGES",
    "SHUTDOWN",
    "SELECT * FROM mysql.user",
    "INSTALL SONAME 'x'",
};

static const char *filled(const char *statement, const char *service)
{
	struct buf b = BUF(flow_arena);
	const char *hole;

	for (; (hole = strstr(statement, "%s")) != NULL; statement = hole + 2) {
		buf_add(&b, statement, (size_t)(hole - statement));
		buf_printf(&b, "stagedoor_%s", service);
	}
	buf_puts(&b, statement);
	return buf_text(&b);
}

static void ck_denied(MYSQL *my, const char *statement)
{
	static const unsigned denials[] = {1044, 1045, 1142, 1227, 1370, 1410};
	bool denied = mysql_query(my, statement) != 0;
	bool known = false;

	for (size_t i = 0; i < sizeof denials / sizeof *denials; i++)
		known = known || mysql_errno(my) == denials[i];
	ck_assert_msg(denied && known, "%s: %u %s", statement, mysql_errno(my), mysql_error(my));
}

/* Only the account of migrate may run the statements of a migration; no account of a service may. */
START_TEST(database_accounts_do_their_work_and_no_more)
{
	MYSQL *my = account(services_with_database[_i]);
	MYSQL_RES *result;

	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		ck_denied(my, filled(forbidden[i], services_with_database[_i]));
	/* the schemas of other services are not even listed */
	ck_assert_int_eq(mysql_query(my, "SELECT DISTINCT table_schema FROM information_schema.tables WHERE "
					 "table_schema LIKE 'stagedoor%'"),
			 0);
	result = mysql_store_result(my);
	ck_assert_uint_eq(mysql_num_rows(result), 1);
	mysql_free_result(result);
	ck_assert_int_eq(mysql_query(my, "SELECT LOAD_FILE('/etc/passwd')"), 0);
	result = mysql_store_result(my);
	ck_assert_ptr_null(mysql_fetch_row(result)[0]);
	mysql_free_result(result);
	mysql_close(my);
}
END_TEST

START_TEST(the_account_of_migrations_has_only_the_sites_databases)
{
	MYSQL *my = account("migrate");

	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		if (strstr(forbidden[i], "%s") == NULL)
			ck_denied(my, forbidden[i]);
	ck_denied(my, "SELECT 1 FROM mysql.global_priv");
	ck_denied(my, "GRANT SELECT ON stagedoor_auth.* TO stagedoor_orders@localhost");
	mysql_close(my);
}
END_TEST

/* The broker's answer to an action of the account: 0 or the code of the refusal. */
enum deed {
	DECLARE_QUEUE,
	DECLARE_EXCHANGE,
	BIND,
	GET,
	CONSUME,
	PURGE,
	DELETE_QUEUE,
	DELETE_EXCHANGE,
	LOGIN
};

static void act(amqp_connection_state_t c, enum deed deed, const char *queue, const char *exchange)
{
	amqp_bytes_t q = amqp_cstring_bytes(queue), x = amqp_cstring_bytes(exchange);

	switch (deed) {
	case DECLARE_QUEUE:
		amqp_queue_declare(c, 1, q, 0, 0, 0, 1, amqp_empty_table);
		break;
	case DECLARE_EXCHANGE:
		amqp_exchange_declare(c, 1, x, amqp_cstring_bytes("topic"), 0, 0, 1, 0, amqp_empty_table);
		break;
	case BIND:
		amqp_queue_bind(c, 1, q, x, amqp_cstring_bytes("#"), amqp_empty_table);
		break;
	case GET:
		amqp_basic_get(c, 1, q, 0);
		break;
	case CONSUME:
		amqp_basic_consume(c, 1, q, amqp_empty_bytes, 0, 1, 0, amqp_empty_table);
		break;
	case PURGE:
		amqp_queue_purge(c, 1, q);
		break;
	case DELETE_QUEUE:
		amqp_queue_delete(c, 1, q, 1, 1);
		break;
	case DELETE_EXCHANGE:
		amqp_exchange_delete(c, 1, x, 1);
		break;
	case LOGIN:
		break;
	}
}

static int refusal(const char *who, const char *vhost, enum deed deed, const char *queue,
		   const char *exchange)
{
	amqp_connection_state_t c = amqp_new_connection();
	amqp_socket_t *s = amqp_tcp_socket_new(c);
	amqp_rpc_reply_t reply;
	int code = 0;
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/amqp-%s", flow_state(), who),
					200, &secret),
			 OK);
	ck_assert_int_eq(amqp_socket_open(s, "127.0.0.1", base_port() + 1), 0);
	reply = amqp_login(c, vhost, 0, 131072, 0, AMQP_SASL_METHOD_PLAIN,
			   arena_printf(flow_arena, "stagedoor_%s", who), secret);
	if (reply.reply_type == AMQP_RESPONSE_NORMAL) {
		amqp_channel_open(c, 1);
		act(c, deed, queue, exchange);
		reply = amqp_get_rpc_reply(c);
	}
	if (reply.reply_type != AMQP_RESPONSE_NORMAL)
		code = reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
			       reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD
			   ? ((amqp_channel_close_t *)reply.reply.decoded)->reply_code
			   : 1;
	amqp_destroy_connection(c);
	return code;
}

START_TEST(broker_accounts_do_their_work_and_no_more)
{
	const char *who = _i == SERVICES ? "operator" : services[_i];
	const char *other = strcmp(who, "orders") == 0 ? "payments" : "orders";
	const char *theirs = arena_printf(flow_arena, "%s.events", other),
		   *exchange = arena_printf(flow_arena, "stagedoor.%s", other);
	static const enum deed deeds[] = {BIND, GET, CONSUME, PURGE, DELETE_QUEUE, DELETE_EXCHANGE};

	for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
		ck_assert_msg(refusal(who, "stagedoor", deeds[i], theirs, exchange) == 403, "%s does %d", who,
			      (int)deeds[i]);
	ck_assert_int_eq(refusal(who, "stagedoor", DECLARE_QUEUE, "stagedoor.x", ""), 403);
	ck_assert_int_eq(refusal(who, "stagedoor", DECLARE_EXCHANGE, "", "stagedoor.x"), 403);
	ck_assert_int_eq(refusal(who, "stagedoor", GET, arena_printf(flow_arena, "%s.dead", other), ""), 403);
	ck_assert_int_ne(refusal(who, "/", LOGIN, "", ""), 0); /* no other virtual host */
	/* the account can do its work */
	ck_assert_int_eq(refusal(who, "stagedoor", LOGIN, "", ""), 0);
}
END_TEST

Suite *security_machine_suite(void)
{
	Suite *s = suite_create("security machine");
	TCase *t = tcase_create("machine");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, only_the_site_listens);
	tcase_add_test(t, nginx_workers_have_no_privileges);
	tcase_add_loop_test(t, files_are_for_their_owner, 0, sizeof closed / sizeof *closed);
	tcase_add_test(t, secrets_are_only_in_their_files);
	tcase_add_loop_test(t, database_accounts_do_their_work_and_no_more, 0, SERVICES_WITH_DATABASE);
	tcase_add_test(t, the_account_of_migrations_has_only_the_sites_databases);
	tcase_add_loop_test(t, broker_accounts_do_their_work_and_no_more, 0, SERVICES + 1);
	tcase_add_test(t, logs_contain_no_secrets);
	suite_add_tcase(s, t);
	return s;
}
