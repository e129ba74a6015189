/* Each service's accounts at the database and the broker try what must be denied. */
#include "common/base/text.h"
#include "common/bus/bus.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <mysql.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const own_keys[SERVICES] = {
    [SERVICE_auth] = "user.created",       [SERVICE_tickets] = "ticket.created",
    [SERVICE_orders] = "order.created",    [SERVICE_expiration] = "order.expired",
    [SERVICE_payments] = "charge.created",
};

static char *secret_of(const char *name)
{
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/%s", flow_state(), name), 200,
					&secret),
			 OK);
	return secret;
}

static MYSQL *account_of(const char *service)
{
	MYSQL *my = mysql_init(NULL);

	ck_assert_msg(mysql_real_connect(my, NULL, arena_printf(flow_arena, "stagedoor_%s", service),
					 secret_of(arena_printf(flow_arena, "db-%s", service)), NULL, 0,
					 arena_printf(flow_arena, "%s/sock/db.sock", flow_state()),
					 0) != NULL,
		      "%s", mysql_error(my));
	return my;
}

/* 1044, 1142, 1227, 1370: access denied */
static void ck_denied(MYSQL *my, const char *statement)
{
	ck_assert_msg(mysql_query(my, statement) != 0, "went through: %s", statement);
	ck_assert_msg(mysql_errno(my) == 1044 || mysql_errno(my) == 1142 || mysql_errno(my) == 1227 ||
			  mysql_errno(my) == 1370,
		      "%s: %u %s", statement, mysql_errno(my), mysql_error(my));
}

START_TEST(a_database_account_has_only_its_own_database)
{
	const char *service = services_with_database[_i];
	MYSQL *my = account_of(service);

	ck_assert_int_eq(
	    mysql_query(my, arena_printf(flow_arena, "DELETE FROM stagedoor_%s.outbox WHERE FALSE", service)),
	    0);
	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		if (strcmp(services_with_database[i], service) == 0)
			continue;
		ck_denied(my, arena_printf(flow_arena, "SELECT 1 FROM stagedoor_%s.outbox",
					   services_with_database[i]));
		ck_denied(my, arena_printf(flow_arena, "DELETE FROM stagedoor_%s.outbox",
					   services_with_database[i]));
	}
	ck_denied(my, arena_printf(flow_arena, "CREATE TABLE stagedoor_%s.x (i INT)", service));
	ck_denied(my, arena_printf(flow_arena, "DROP TABLE stagedoor_%s.outbox", service));
	ck_denied(my, "SELECT 1 FROM mysql.global_priv");
	mysql_close(my);
}
END_TEST

START_TEST(the_database_requires_a_password)
{
	MYSQL *my = mysql_init(NULL);
	const char *socket = arena_printf(flow_arena, "%s/sock/db.sock", flow_state());

	ck_assert_ptr_null(mysql_real_connect(my, NULL, "root", "", NULL, 0, socket, 0));
	ck_assert_ptr_null(mysql_real_connect(my, NULL, "stagedoor_orders", "", NULL, 0, socket, 0));
	mysql_close(my);
}
END_TEST

static err publish_as(const char *user, const char *secret, const char *exchange, const char *key)
{
	struct bus_settings s = {.host = "127.0.0.1",
				 .vhost = "stagedoor",
				 .user = user,
				 .password = secret,
				 .port = atoi(strrchr(flow_url(), ':') + 1) + 1};
	struct bus_message m = {
	    .exchange = exchange, .routing_key = key, .type = key, .id = "x", .body = "{}", .body_len = 2};
	struct bus *bus = bus_new(&s);
	bool confirmed = false;
	err e = bus_publish(bus, &m, 1, &confirmed);

	bus_free(bus);
	return e == OK && !confirmed ? ERR_FORBIDDEN : e;
}

START_TEST(a_broker_account_writes_only_to_its_own_exchanges)
{
	const char *user = arena_printf(flow_arena, "stagedoor_%s", services[_i]);
	const char *secret = secret_of(arena_printf(flow_arena, "amqp-%s", services[_i]));

	/* what the account may do succeeds, so a refusal is due to its rights and not to the connection */
	ck_assert_int_eq(
	    publish_as(user, secret, arena_printf(flow_arena, "stagedoor.%s", services[_i]), own_keys[_i]),
	    OK);
	for (size_t i = 0; i < SERVICES; i++) {
		if ((int)i == _i)
			continue;
		ck_assert_int_eq(publish_as(user, secret,
					    arena_printf(flow_arena, "stagedoor.%s", services[i]),
					    "order.created"),
				 ERR_FORBIDDEN);
		ck_assert_int_eq(publish_as(user, secret,
					    arena_printf(flow_arena, "stagedoor.%s.own", services[i]),
					    "orders.events"),
				 ERR_FORBIDDEN);
	}
	ck_assert_int_eq(publish_as(user, secret, "", "orders.events"), ERR_FORBIDDEN);
	ck_assert_int_eq(publish_as(user, secret, "amq.topic", "order.created"), ERR_FORBIDDEN);
}
END_TEST

START_TEST(unknown_users_cannot_publish)
{
	ck_assert_int_ne(publish_as("guest", "guest", "stagedoor.orders", "order.created"), OK);
	ck_assert_int_ne(publish_as("stagedoor_orders", "wrong", "stagedoor.orders", "order.created"), OK);
}
END_TEST

/* The operator's account sends dead letters again through the direct exchanges, and can do nothing else. */
START_TEST(the_operators_account_sends_only_to_services)
{
	const char *secret = secret_of("amqp-operator");

	ck_assert_int_eq(publish_as("stagedoor_operator", secret, "stagedoor.orders.own", "orders.events"),
			 OK);
	ck_assert_int_eq(publish_as("stagedoor_operator", secret, "stagedoor.orders", "order.created"),
			 ERR_FORBIDDEN);
	ck_assert_int_eq(publish_as("stagedoor_operator", secret, "", "orders.events"), ERR_FORBIDDEN);
}
END_TEST

/* Only the site is reachable by others, and secrets are readable by their owner only. */
START_TEST(secrets_and_sockets_are_closed)
{
	static const char *const checks[] = {"test -z \"$(find %s/secrets -type f -perm /077)\"",
					     "test \"$(stat -c %%a %s/secrets)\" = 700",
					     "test -z \"$(find %s/sock -type s -perm /007 ! -name db.sock)\"",
					     "test -z \"$(find %s/etc -name '*.env' -perm /007)\""};

	for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
		char *command = arena_alloc(flow_arena, 1000);
		const char *hole = strstr(checks[i], "%s");

		snprintf(command, 1000, "%.*s%s%s", (int)(hole - checks[i]), checks[i], flow_state(),
			 hole + 2);
		for (char *percent = command; (percent = strstr(percent, "%%")) != NULL; percent++)
			memmove(percent, percent + 1, strlen(percent));
		ck_assert_msg(system(command) == 0, "%s", command);
	}
}
END_TEST

Suite *rights_suite(void)
{
	Suite *s = suite_create("rights");
	TCase *t = tcase_create("rights");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_loop_test(t, a_database_account_has_only_its_own_database, 0, SERVICES_WITH_DATABASE);
	tcase_add_test(t, the_database_requires_a_password);
	tcase_add_loop_test(t, a_broker_account_writes_only_to_its_own_exchanges, 0, SERVICES);
	tcase_add_test(t, unknown_users_cannot_publish);
	tcase_add_test(t, the_operators_account_sends_only_to_services);
	tcase_add_test(t, secrets_and_sockets_are_closed);
	suite_add_tcase(s, t);
	return s;
}
