/* Sees everything that is published, as an integrator does: what was in an outbox must have come over the
 * broker, and nothing else (L7). */
#include "amqp/events.h"
#include "common/base/text.h"
#include "tests/fault/fault.h"
#include "tests/flow/outsider.h"
#include <string.h>
#include <sys/time.h>

static const struct outsider *self;
static amqp_connection_state_t line;
static int seen_again;

static void done(const char *what)
{
	amqp_rpc_reply_t reply = amqp_get_rpc_reply(line);

	ck_assert_msg(reply.reply_type == AMQP_RESPONSE_NORMAL, "the witness: %s", what);
}

static void connect_line(void)
{
	line = broker_login(self->user, self->password);
	ck_assert_ptr_nonnull(line);
}

static void disconnect_line(void)
{
	amqp_connection_close(line, AMQP_REPLY_SUCCESS);
	amqp_destroy_connection(line);
}

void witness_attend(void)
{
	connect_line();
	for (size_t i = 0; events[i] != NULL; i++) {
		const char *exchange = arena_printf(flow_arena, "stagedoor.%s", events[i]->publisher);

		if (events[i]->audience != EVENT_PUBLIC)
			continue;
		amqp_queue_bind(line, 1, amqp_cstring_bytes(self->queue), amqp_cstring_bytes(exchange),
				amqp_cstring_bytes(events[i]->type), amqp_empty_table);
		done(events[i]->type);
	}
	disconnect_line();
}

void witness_begin(void)
{
	self = outsider_new("witness");
	witness_attend();
	sql_run("auth", "CREATE DATABASE IF NOT EXISTS stagedoor_fault");
	sql_run("fault", "CREATE TABLE seen (type VARCHAR(60) NOT NULL, subject CHAR(36) NOT NULL, version "
			 "BIGINT NOT NULL, times BIGINT NOT "
			 "NULL, PRIMARY KEY (type, subject, version)) CHARACTER SET ascii COLLATE ascii_bin");
	sql_run("fault", "CREATE TABLE moment (name VARCHAR(20) NOT NULL PRIMARY KEY, at DATETIME(6) NOT "
			 "NULL, moved DATETIME(6) NOT NULL)");
}

/* Malformed ones are the poisoner's. */
static void note(struct buf *rows, const amqp_message_t *m)
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

static bool take(struct buf *rows)
{
	amqp_rpc_reply_t reply = amqp_basic_get(line, 1, amqp_cstring_bytes(self->queue), 1);
	amqp_message_t m;

	amqp_maybe_release_buffers(line);
	ck_assert_int_eq(reply.reply_type, AMQP_RESPONSE_NORMAL);
	if (reply.reply.id == AMQP_BASIC_GET_EMPTY_METHOD)
		return false;
	ck_assert_int_eq(amqp_read_message(line, 1, &m, 0).reply_type, AMQP_RESPONSE_NORMAL);
	note(rows, &m);
	amqp_destroy_message(&m);
	return true;
}

static void listen_to_all(void)
{
	bool more = true;

	connect_line();
	while (more) {
		struct buf rows = BUF(flow_arena);

		for (int i = 0; i < 200 && more; i++)
			more = take(&rows);
		if (rows.len > 0)
			sql_run("fault",
				"INSERT INTO seen VALUES %s ON DUPLICATE KEY UPDATE times = times + 1",
				buf_text(&rows));
	}
	disconnect_line();
}

int witness_duplicates(void)
{
	int before = seen_again;

	seen_again = (int)sql_number("fault", "SELECT COALESCE(SUM(times - 1), 0) FROM seen");
	return seen_again - before;
}

void check_witness(void)
{

	listen_to_all();
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
