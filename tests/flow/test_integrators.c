/* An integrator's account: its rights, the limits of its rights, and a queue that nobody reads. */
#include "amqp/events.h"
#include "common/base/text.h"
#include "tests/flow/flow.h"
#include "tests/flow/integrator.h"
#include "tests/flow/suites.h"
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static struct integrator *acme, *other;

static void begin(void)
{
	flow_begin();
	acme = integrator_new("acme");
	other = integrator_new("acme-2");
}

static void end(void)
{
	integrator_gone(acme);
	integrator_gone(other);
	flow_end();
}

static void bind(amqp_connection_state_t c, const char *queue, const char *exchange, const char *key)
{
	amqp_queue_bind(c, 1, amqp_cstring_bytes(queue), amqp_cstring_bytes(exchange),
			amqp_cstring_bytes(key), amqp_empty_table);
}

static void ck_code(amqp_connection_state_t c, int expected, const char *what)
{
	int code = broker_code(c);

	ck_assert_msg(code == expected, "%s: %d instead of %d", what, code, expected);
	if (code != 0) {
		amqp_destroy_connection(c);
		return;
	}
	amqp_connection_close(c, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(c);
}

static amqp_connection_state_t login(void)
{
	amqp_connection_state_t c = broker_login(acme->user, acme->password);

	ck_assert_ptr_nonnull(c);
	return c;
}

static void ck_bind(const char *queue, const char *exchange, const char *key, int expected)
{
	amqp_connection_state_t c = login();

	bind(c, queue, exchange, key);
	ck_code(c, expected, arena_printf(flow_arena, "binding %s to %s by %s", queue, exchange, key));
}

START_TEST(only_public_events_can_be_bound)
{
	for (size_t i = 0; events[i] != NULL; i++)
		ck_bind(acme->queue, arena_printf(flow_arena, "stagedoor.%s", events[i]->publisher),
			events[i]->type, events[i]->audience == EVENT_PUBLIC ? 0 : 403);
	ck_bind(acme->queue, "stagedoor.orders", "#", 403);
	ck_bind(acme->queue, "stagedoor.orders", "*.*", 403);
	ck_bind(acme->queue, "stagedoor.orders", "order.*", 403);
	ck_bind(acme->queue, "stagedoor.auth", "", 403);
	ck_bind(acme->queue, "stagedoor.orders.own", "orders.events", 403);
	ck_bind(acme->queue, "amq.topic", "#", 403);
	ck_bind(other->queue, "stagedoor.orders", "order.created", 403);
	ck_bind("orders.events", "stagedoor.orders", "order.created", 403);
	ck_bind("stagedoor.history", "stagedoor.orders", "order.created", 403);
}
END_TEST

static void ck_consume(const char *queue, int expected)
{
	amqp_connection_state_t c = login();

	amqp_basic_qos(c, 1, 0, 10, 0);
	amqp_basic_consume(c, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
	ck_code(c, expected, arena_printf(flow_arena, "consuming %s", queue));
}

START_TEST(other_queues_cannot_be_read)
{
	ck_consume(acme->queue, 0);
	ck_consume("stagedoor.history", 0);
	ck_consume(other->queue, 403);
	ck_consume("orders.events", 403);
	ck_consume("orders.dead", 403);
}
END_TEST

START_TEST(nothing_can_be_created_or_deleted)
{
	static const char *const exchanges[] = {"stagedoor.orders", "stagedoor.orders.own", ""};
	amqp_connection_state_t c = login();

	/* with such a queue (reject-publish) it could make the broker reject events that services publish */
	amqp_queue_declare(c, 1, amqp_cstring_bytes("integrator.acme.mine"), 0, 1, 0, 0, amqp_empty_table);
	ck_code(c, 403, "making a queue");
	amqp_queue_delete(c = login(), 1, amqp_cstring_bytes(acme->queue), 0, 0);
	ck_code(c, 403, "deleting its queue");
	amqp_queue_purge(c = login(), 1, amqp_cstring_bytes("stagedoor.history"));
	ck_assert_int_ne(broker_code(c), 0);
	amqp_destroy_connection(c);
	for (size_t i = 0; i < sizeof exchanges / sizeof *exchanges; i++) {
		c = login();
		amqp_basic_publish(c, 1, amqp_cstring_bytes(exchanges[i]),
				   amqp_cstring_bytes("order.created"), 0, 0, NULL, amqp_cstring_bytes("{}"));
		/* the refusal arrives with the next answer */
		amqp_basic_qos(c, 1, 0, 10, 0);
		ck_code(c, 403, arena_printf(flow_arena, "publishing to '%s'", exchanges[i]));
	}
}
END_TEST

static bool three_wait(void *nothing)
{
	int status;

	(void)nothing;
	return strstr(operator_says(&status, "integrator list"), " 3 ") != NULL;
}

/* The queue keeps the newest events, and `stagedoor status` reports it. */
START_TEST(an_unread_queue_is_bounded_and_reported)
{
	const char *said;
	int status, before;

	operator_says(&before, "status"); /* dead letters of other tests */
	operator_with(&status, "INTEGRATOR_EVENTS=3", "topology apply");
	ck_assert_int_eq(status, 0);
	ck_bind(acme->queue, "stagedoor.auth", "user.created", 0);
	for (int i = 0; i < 5; i++)
		visitor_signed_up("Ioana");
	settle(20000);
	ck_assert(wait_until(20000, three_wait, NULL));
	said = operator_says(&status, "status");
	ck_assert_int_eq(status, before);
	ck_assert_msg(
	    strstr(said, "acme                                       3        0  nobody reads it") != NULL,
	    "%s", said);
	operator_says(&status, "topology apply");
	ck_assert_int_eq(status, 0);
}
END_TEST

/* The definitions for an empty broker include integrators, and no file has a password. */
START_TEST(integrators_are_in_the_definitions)
{
	const char *file = arena_printf(flow_arena, "%s/etc/definitions.json", flow_state());
	char *text;
	int status;

	ck_assert_int_eq(text_read_file(flow_arena, file, 1000000, &text), OK);
	ck_assert_ptr_nonnull(strstr(text, "\"integrator.acme-2\""));
	ck_assert_ptr_nonnull(strstr(text, "\"integrator.acme-2.events\""));
	ck_assert_int_ne(
	    system(arena_printf(flow_arena, "grep -rqF -- '%s' '%s'", acme->password, flow_state())), 0);
	operator_says(&status, "topology check");
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_removed_integrator_is_disconnected_at_once)
{
	struct integrator *gone = integrator_new("gone");
	amqp_connection_state_t c = broker_login(gone->user, gone->password);
	struct timeval patience = {.tv_sec = 10};
	amqp_frame_t frame;
	int status;

	ck_assert_ptr_nonnull(c);
	integrator_gone(gone);
	ck_assert_int_eq(amqp_simple_wait_frame_noblock(c, &frame, &patience), AMQP_STATUS_OK);
	ck_assert_uint_eq(frame.payload.method.id, AMQP_CONNECTION_CLOSE_METHOD);
	amqp_destroy_connection(c);
	ck_assert_ptr_null(broker_login(gone->user, gone->password));
	operator_says(&status, "topology check");
	ck_assert_int_eq(status, 0);
}
END_TEST

static const char *const refused[][2] = {
    {"add acme", "stagedoor: acme is an integrator already\n"},
    {"add -x", NULL},
    {"add ../x",
     "stagedoor: an integrator's name has 1 to 32 of a-z, 0-9 and -, and does not begin with -\n"},
    {"add abcdefghijklmnopqrstuvwxyz0123456",
     "stagedoor: an integrator's name has 1 to 32 of a-z, 0-9 and -, and does "
     "not begin with -\n"},
    {"remove nobody", "stagedoor: there is no integrator nobody; integrator list shows them\n"},
};

START_TEST(a_wrong_integrator_name_is_reported)
{
	const char *said;
	int status;

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		said = operator_says(&status, "integrator %s", refused[i][0]);
		ck_assert_int_ne(status, 0);
		if (refused[i][1] != NULL)
			ck_assert_str_eq(said, refused[i][1]);
	}
}
END_TEST

Suite *integrators_suite(void)
{
	Suite *s = suite_create("integrators");
	TCase *t = tcase_create("integrators");

	tcase_set_timeout(t, 180);
	tcase_add_unchecked_fixture(t, begin, end);
	tcase_add_test(t, only_public_events_can_be_bound);
	tcase_add_test(t, other_queues_cannot_be_read);
	tcase_add_test(t, nothing_can_be_created_or_deleted);
	tcase_add_test(t, an_unread_queue_is_bounded_and_reported);
	tcase_add_test(t, integrators_are_in_the_definitions);
	tcase_add_test(t, a_removed_integrator_is_disconnected_at_once);
	tcase_add_test(t, a_wrong_integrator_name_is_reported);
	suite_add_tcase(s, t);
	return s;
}
