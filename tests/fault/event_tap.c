/* Collects every public event, as an integrator does: the events of the outboxes must have come over the
 * broker, and no others (L7). */
#include "amqp/events.h"
#include "common/base/text.h"
#include "tests/fault/fault.h"
#include "tests/flow/integrator.h"
#include <string.h>
#include <sys/time.h>

static const struct integrator *integrator;
static amqp_connection_state_t connection;
static int seen_again;

static void check_reply(const char *what)
{
	amqp_rpc_reply_t reply = amqp_get_rpc_reply(connection);

	ck_assert_msg(reply.reply_type == AMQP_RESPONSE_NORMAL, "the event tap: %s", what);
}

static void tap_connect(void)
{
	connection = broker_login(integrator->user, integrator->password);
	ck_assert_ptr_nonnull(connection);
}

static void tap_disconnect(void)
{
	amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(connection);
}

void event_tap_bind(void)
{
	tap_connect();
	for (size_t i = 0; events[i] != NULL; i++) {
		const char *exchange = arena_printf(flow_arena, "stagedoor.%s", events[i]->publisher);

		if (events[i]->audience != EVENT_PUBLIC)
			continue;
		amqp_queue_bind(connection, 1, amqp_cstring_bytes(integrator->queue),
				amqp_cstring_bytes(exchange), amqp_cstring_bytes(events[i]->type),
				amqp_empty_table);
		check_reply(events[i]->type);
	}
	tap_disconnect();
}

void event_tap_begin(void)
{
	integrator = integrator_new("event-tap");
	event_tap_bind();
	sql_run("auth", "CREATE DATABASE IF NOT EXISTS stagedoor_fault");
	sql_run("fault", "CREATE TABLE seen (type VARCHAR(60) NOT NULL, subject CHAR(36) NOT NULL, version "
			 "BIGINT NOT NULL, times BIGINT NOT "
			 "NULL, PRIMARY KEY (type, subject, version)) CHARACTER SET ascii COLLATE ascii_bin");
	sql_run("fault", "CREATE TABLE moment (name VARCHAR(20) NOT NULL PRIMARY KEY, at DATETIME(6) NOT "
			 "NULL, moved DATETIME(6) NOT NULL)");
}

/* Malformed messages are the poisoner's, and are skipped. */
static void add_row(struct buf *rows, const amqp_message_t *m)
{
	struct json_t *event;
	const char *type, *subject;

	if (json_parse(flow_arena, m->body.bytes, m->body.len, &event) != OK)
		return;
	type = json_get_text(event, "type");
	subject = json_get_text(event, "subject");
	if (type == NULL || subject == NULL)
		return;
	buf_printf(rows, "%s('%s','%s',%lld,1)", rows->len == 0 ? "" : ",", type, subject,
		   (long long)json_get_number(event, "version", 0));
}

static bool take_message(struct buf *rows)
{
	amqp_rpc_reply_t reply = amqp_basic_get(connection, 1, amqp_cstring_bytes(integrator->queue), 1);
	amqp_message_t m;

	amqp_maybe_release_buffers(connection);
	ck_assert_int_eq(reply.reply_type, AMQP_RESPONSE_NORMAL);
	if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD)
		return false;
	ck_assert_int_eq(amqp_read_message(connection, 1, &m, 0).reply_type, AMQP_RESPONSE_NORMAL);
	add_row(rows, &m);
	amqp_destroy_message(&m);
	return true;
}

static void take_all(void)
{
	bool more = true;

	tap_connect();
	while (more) {
		struct buf rows = BUF(flow_arena);

		for (int i = 0; i < 200 && more; i++)
			more = take_message(&rows);
		if (rows.len > 0)
			sql_run("fault",
				"INSERT INTO seen VALUES %s ON DUPLICATE KEY UPDATE times = times + 1",
				buf_text(&rows));
	}
	tap_disconnect();
}

int event_tap_duplicates(void)
{
	int before = seen_again;

	seen_again = (int)sql_number("fault", "SELECT COALESCE(SUM(times - 1), 0) FROM seen");
	return seen_again - before;
}

void check_event_tap(void)
{

	take_all();
	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		const char *lost =
		    sql_text(services_with_database[i],
			     "SELECT GROUP_CONCAT(CONCAT(type, ' ', subject, ' ', version) "
			     "SEPARATOR ', ') FROM (SELECT o.type, o.subject, o.version FROM outbox o "
			     "LEFT JOIN stagedoor_fault.seen s ON s.type = o.type AND s.subject "
			     "= o.subject AND s.version = o.version "
			     "WHERE s.type IS NULL AND o.type <> 'session.revoked' LIMIT 5) l");

		if (*lost != '\0')
			violated("L7 an event of %s never came over the broker: %s",
				 services_with_database[i], lost);
	}
	for (size_t i = 0; events[i] != NULL; i++) {
		const char *invented =
		    sql_text(events[i]->publisher[0] == 'e' ? "auth" : events[i]->publisher,
			     "SELECT GROUP_CONCAT(CONCAT(type, ' ', subject, ' ', version) SEPARATOR ', ') "
			     "FROM (SELECT s.type, s.subject, s.version FROM "
			     "stagedoor_fault.seen s LEFT JOIN outbox o ON s.type = o.type AND s.subject = "
			     "o.subject AND s.version = o.version "
			     "WHERE s.type = '%s' AND o.type IS NULL LIMIT 5) l",
			     events[i]->type);

		if (*invented != '\0')
			violated("L7 an event came over the broker that is in no outbox: %s", invented);
	}
}
