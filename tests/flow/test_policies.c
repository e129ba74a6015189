/* Policies of the broker change during sales, and the check reports what differs. */
#include "common/base/text.h"
#include "common/bus/internal.h"
#include "tests/flow/flow.h"
#include "tests/flow/suites.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static void shell(const char *command)
{
	ck_assert_msg(system(command) == 0, "%s", command);
}

/* rabbitmqctl of the stack */
static void ctl(const char *words)
{
	shell(arena_printf(flow_arena, "%s/etc/rabbitmqctl -q -p stagedoor %s >/dev/null", flow_state(),
			   words));
}

static void ck_says(const char *said, const char *sentence)
{
	ck_assert_msg(strstr(said, sentence) != NULL, "%s\nis missing in: %s", sentence, said);
}

static amqp_connection_state_t connect_as(const char *service)
{
	amqp_connection_state_t c = amqp_new_connection();
	amqp_socket_t *socket = amqp_tcp_socket_new(c);
	char *secret;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/amqp-%s", flow_state(), service),
					200, &secret),
			 OK);
	ck_assert_int_eq(amqp_socket_open(socket, "127.0.0.1", atoi(strrchr(flow_url(), ':') + 1) + 1), 0);
	ck_assert_int_eq(amqp_login(c, "stagedoor", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN,
				    arena_printf(flow_arena, "stagedoor_%s", service), secret)
			     .reply_type,
			 AMQP_RESPONSE_NORMAL);
	amqp_channel_open(c, 1);
	ck_assert_int_eq(amqp_get_rpc_reply(c).reply_type, AMQP_RESPONSE_NORMAL);
	return c;
}

/* Takes the first message and disconnects without an ack; returns the body, or NULL when no message
 * arrives. */
static const char *take_and_fail(const char *service)
{
	const char *queue = arena_printf(flow_arena, "%s.events", service), *body = NULL;
	amqp_connection_state_t c = connect_as(service);
	struct timeval patience = {.tv_sec = 5};
	amqp_envelope_t delivery;

	amqp_basic_qos(c, 1, 0, 1, 0);
	amqp_basic_consume(c, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
	ck_assert_int_eq(amqp_get_rpc_reply(c).reply_type, AMQP_RESPONSE_NORMAL);
	if (amqp_consume_message(c, &delivery, &patience, 0).reply_type == AMQP_RESPONSE_NORMAL) {
		body = arena_memdup(flow_arena, delivery.message.body.bytes, delivery.message.body.len);
		amqp_destroy_envelope(&delivery);
	}
	amqp_connection_close(c, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(c);
	return body;
}

/* A process that buys and sells until it is stopped; it exits with 0 when every sale was completed. */
static pid_t traffic_begin(void)
{
	pid_t pid;

	fflush(NULL);
	if ((pid = fork()) != 0)
		return pid;
	for (int i = 0; access(arena_printf(flow_arena, "%s.enough", flow_state()), F_OK) != 0; i++) {
		struct visitor *seller = visitor_signed_up("Ioana"), *buyer = visitor_signed_up("Tomasz");
		const char *id = hold(buyer, sell(seller, arena_printf(flow_arena, "In traffic %d", i), "5"));

		if (pay(buyer, id, "pm_card_visa")->status >= 300)
			_exit(1);
		wait_order(buyer, id, "completed", 20000);
	}
	_exit(0);
}

static void traffic_end(pid_t pid)
{
	const char *enough = arena_printf(flow_arena, "%s.enough", flow_state());
	int status;

	shell(arena_printf(flow_arena, "touch '%s'", enough));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	unlink(enough);
	ck_assert_int_eq(status, 0);
}

static bool is_dead_lettered(void *before)
{
	return queue_length("tickets", "tickets.dead") > *(int64_t *)before;
}

/* Deliveries of one message until it is dead-lettered. */
static int deliveries(void)
{
	int64_t before = queue_length("tickets", "tickets.dead");
	const char *first, *next;
	int n = 1;

	part_stop("tickets-events");
	event_send("auth", "user.updated", "{\"no\":\"event\"}");
	first = take_and_fail("tickets");
	ck_assert_ptr_nonnull(first);
	while ((next = take_and_fail("tickets")) != NULL && strcmp(first, next) == 0)
		n++;
	ck_assert(wait_until(10000, is_dead_lettered, &before));
	part_start("tickets-events");
	return n;
}

START_TEST(a_limit_changes_under_traffic)
{
	pid_t traffic = traffic_begin();
	int status;

	operator_with(&status, "DELIVERY_LIMIT=3", "topology apply");
	ck_assert_int_eq(status, 0);
	/* the definitions that the broker loads at its next start agree */
	shell(arena_printf(
	    flow_arena,
	    "jq -e '[.policies[] | select(.name | endswith(\".work\")) | .definition[\"delivery-limit\"]] | "
	    "all(. == 3)' %s/etc/definitions.json >/dev/null",
	    flow_state()));
	traffic_end(traffic);
	settle(20000);
	ck_assert_int_eq(deliveries(), 4);
	ck_says(operator_says(&status, "topology check"), "policy tickets.work differs");
	ck_assert_int_eq(status, 1);
	operator_says(&status, "topology apply");
	ck_assert_int_eq(status, 0);
	ck_assert_int_eq(deliveries(), 21);
}
END_TEST

START_TEST(what_differs_is_told)
{
	const char *said;
	int status;

	ctl("clear_policy dead");
	ctl("set_policy mine '^orders[.]events$' '{\"max-length\":5}' --apply-to queues --priority -1");
	said = operator_says(&status, "topology check");
	ck_assert_int_eq(status, 1);
	ck_says(said, "policy dead is missing\n");
	ck_says(said, "policy mine is not in the list\n");
	ctl("clear_policy mine");
	operator_says(&status, "topology apply");
	ck_assert_int_eq(status, 0);
}
END_TEST

/* Creates the queue as earlier versions did, with its limits as arguments instead of policies. */
static void make_with_limit(const char *limit)
{
	const char *path = arena_printf(flow_arena, "%s/etc/queue-of-before.json", flow_state());
	FILE *f = fopen(path, "w");

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"{\"queues\":[{\"name\":\"expiration.dead\",\"vhost\":\"stagedoor\",\"durable\":true,"
		"\"auto_delete\":false,"
		"\"arguments\":{\"x-queue-type\":\"quorum\",\"x-delivery-limit\":%s}}]}\n",
		limit);
	fclose(f);
	ctl("delete_queue expiration.dead");
	/* from a file: RabbitMQ 4 never ends when it reads definitions from standard input */
	ctl(arena_printf(flow_arena, "import_definitions --format json '%s'", path));
	unlink(path);
}

START_TEST(arguments_from_before_are_told)
{
	static const char harmless[] =
	    "queue expiration.dead was made with arguments that the policy dead repeats: "
	    "{\"x-delivery-limit\":2147483647}.",
			  contrary[] = "queue expiration.dead was made with arguments that the policy dead "
				       "contradicts: {\"x-delivery-limit\":7}.";
	int status;

	make_with_limit("7");
	ck_says(operator_says(&status, "topology apply"), contrary);
	ck_assert_int_eq(status, 1);
	make_with_limit("2147483647");
	ck_says(operator_says(&status, "topology apply"), harmless);
	ck_assert_int_eq(status, 0);
	ctl("delete_queue expiration.dead");
	ck_assert_ptr_null(strstr(operator_says(&status, "topology apply"), "was made with"));
	ck_assert_int_eq(status, 0);
}
END_TEST

/* A fake rabbitmqctl reports a second node. */
START_TEST(a_node_without_members_is_reported)
{
	const char *liar = arena_printf(flow_arena, "%s/etc/rabbitmqctl-of-two", flow_state()), *said;
	FILE *f = fopen(liar, "w");
	int status;

	ck_assert_ptr_nonnull(f);
	fprintf(f,
		"#!/bin/sh\ncase \"$*\" in\n*cluster_status*) %s/etc/rabbitmqctl \"$@\" | jq "
		"'.running_nodes += [\"other@host\"]' ;;\n*) exec %s/etc/rabbitmqctl \"$@\" ;;\nesac\n",
		flow_state(), flow_state());
	fclose(f);
	shell(arena_printf(flow_arena, "chmod 700 '%s'", liar));
	said = operator_with(&status, arena_printf(flow_arena, "RABBITMQCTL=%s", liar), "topology check");
	ck_assert_int_eq(status, 1);
	ck_says(said, "node other@host has no member of ");
	ck_says(said, "orders.events");
	ck_says(said, "rabbitmq-queues grow other@host all");
	unlink(liar);
}
END_TEST

/* Where no epmd runs, rabbitmqctl starts one, which would occupy the port that the next start needs. */
START_TEST(a_broker_that_is_down_is_reported)
{
	const char *said, *epmd = arena_printf(flow_arena, "%d", atoi(strrchr(flow_url(), ':') + 1) + 2);
	int status;

	part_stop("broker");
	part_stop("epmd");
	said = operator_says(&status, "topology check");
	ck_assert_int_eq(status, 1);
	ck_says(said, "rabbitmqctl: the broker is down\n");
	ck_says(said, "stagedoor: the broker could not be asked");
	said = command_says("epmd -port %s -names >/dev/null 2>&1 && echo up || echo down", epmd);
	part_start("epmd");
	part_start("broker");
	ck_assert_str_eq(said, "down\n");
	/* RabbitMQ 4.0 cannot bind a stream that is not up yet, so the definitions of a start leave out
	 * bindings of the history */
	shell(arena_printf(flow_arena,
			   "jq -e '(.bindings | length > 0) and all(.bindings[]; .destination != "
			   "\"stagedoor.history\")' %s/broker/definitions.json >/dev/null",
			   flow_state()));
	said = operator_says(&status, "topology check");
	ck_assert_msg(status == 0, "%s", said);
}
END_TEST

Suite *policies_suite(void)
{
	Suite *s = suite_create("policies");
	TCase *t = tcase_create("policies");

	tcase_set_timeout(t, 180);
	tcase_add_checked_fixture(t, flow_begin, flow_end);
	tcase_add_test(t, what_differs_is_told);
	tcase_add_test(t, arguments_from_before_are_told);
	tcase_add_test(t, a_node_without_members_is_reported);
	tcase_add_test(t, a_limit_changes_under_traffic);
	tcase_add_test(t, a_broker_that_is_down_is_reported);
	suite_add_tcase(s, t);
	return s;
}
