/*
 * Opens and drops the connection to the broker.
 *
 * A call of rabbitmq-c can block for ever on a broker that stops reading, and cannot be interrupted safely.
 * So unsent data have a time-out (UNSENT_MS), and a watchdog timer ends the program when a call does not
 * return within WATCHDOG_S; the supervisor restarts it. What must hold: every error drops the connection with
 * all that belongs to it (ring, window, consumer), so that no frame of an old connection is taken for one of
 * the next; deliveries that were not acked come again from the broker.
 */
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/bus/internal.h"
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HEARTBEAT_S = 30, CONNECT_S = 5, FRAME_MAX = 131072, UNSENT_MS = 30000, WATCHDOG_S = 60 };

static void on_watchdog(int number)
{
	static const char line[] =
	    "{\"level\":\"alarm\",\"message\":\"a call of the broker's library did not come back: ended\"}\n";

	(void)number;
	if (write(STDERR_FILENO, line, sizeof line - 1) < 0)
		_exit(71);
	_exit(70);
}

static void watchdog_make(struct bus *b)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
	struct sigaction action = {.sa_handler = on_watchdog};
	sigset_t set;

	sigaction(SIGALRM, &action, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	BUG_IF(timer_create(CLOCK_MONOTONIC, &event, &b->watchdog) != 0);
}

void bus_watch(struct bus *b)
{
	timer_settime(b->watchdog, 0, &(struct itimerspec){.it_value = {.tv_sec = WATCHDOG_S}}, NULL);
}

void bus_unwatch(struct bus *b)
{
	timer_settime(b->watchdog, 0, &(struct itimerspec){0}, NULL);
}

struct bus *bus_new(const struct bus_settings *settings)
{
	struct bus *b = calloc(1, sizeof *b);

	BUG_IF(b == NULL);
	b->settings = *settings;
	b->returned.is_return = true;
	watchdog_make(b);
	return b;
}

static void connection_forget(struct bus *b)
{
	if (b->connection != NULL)
		amqp_destroy_connection(b->connection);
	b->connection = NULL;
	b->confirming = false;
	b->published = 0;
	b->first = b->pending = 0;
	b->arriving = NULL;
}

/* The broker logs a warning of a connection that ends without a word; one that does not answer gets a second.
 */
static void tr_goodbye(struct bus *b)
{
	if (b->connection != NULL &&
	    amqp_set_rpc_timeout(b->connection, &(struct timeval){.tv_sec = 1}) == AMQP_STATUS_OK)
		bus_close(b);
	connection_forget(b);
}

void bus_free(struct bus *b)
{
	if (b == NULL)
		return;
	tr_goodbye(b);
	for (size_t i = 0; i < BUS_PENDING; i++)
		arena_free(b->ring[i].arena);
	arena_free(b->returned.arena);
	timer_delete(b->watchdog);
	free(b);
}

err bus_drop(struct bus *b, const char *why)
{
	log_warn("the connection to the broker is given up: %s", why);
	connection_forget(b);
	return ERR_UNAVAILABLE;
}

void bus_close(struct bus *b)
{
	if (b->connection == NULL)
		return;
	bus_watch(b);
	amqp_connection_close(b->connection, AMQP_REPLY_SUCCESS);
	bus_unwatch(b);
	connection_forget(b);
}

/* The text with which the broker closes the connection or the channel. */
static amqp_bytes_t close_text(amqp_method_t method)
{
	if (method.id == AMQP_CONNECTION_CLOSE_METHOD)
		return ((const amqp_connection_close_t *)method.decoded)->reply_text;
	if (method.id == AMQP_CHANNEL_CLOSE_METHOD)
		return ((const amqp_channel_close_t *)method.decoded)->reply_text;
	return amqp_cstring_bytes("no text");
}

err bus_refused(struct bus *b, const char *what, amqp_rpc_reply_t reply)
{
	amqp_bytes_t text;

	if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
		text = close_text(reply.reply);
		log_error("%s: the broker refused: %.*s", what, (int)text.len, (const char *)text.bytes);
	} else {
		log_warn("%s: %s", what, amqp_error_string2(reply.library_error));
	}
	return bus_drop(b, what);
}

static amqp_table_entry_t capability(const char *name)
{
	return (amqp_table_entry_t){amqp_cstring_bytes(name),
				    {.kind = AMQP_FIELD_KIND_BOOLEAN, .value.boolean = 1}};
}

/* Without these capabilities the broker reports neither deleted queues nor alarms, and cuts the connection on
 * a wrong password. */
static amqp_rpc_reply_t log_in(struct bus *b)
{
	const struct bus_settings *s = &b->settings;
	amqp_table_entry_t capabilities[] = {capability("consumer_cancel_notify"),
					     capability("connection.blocked"),
					     capability("authentication_failure_close")};
	amqp_table_entry_t properties[] = {
	    {amqp_cstring_bytes("capabilities"),
	     {.kind = AMQP_FIELD_KIND_TABLE, .value.table = {3, capabilities}}},
	    {amqp_cstring_bytes("connection_name"),
	     {.kind = AMQP_FIELD_KIND_UTF8, .value.bytes = amqp_cstring_bytes(s->user)}},
	};
	amqp_table_t table = {2, properties};

	return amqp_login_with_properties(b->connection, s->vhost, BUS_CHANNEL, FRAME_MAX, HEARTBEAT_S,
					  &table, AMQP_SASL_METHOD_PLAIN, s->user, s->password);
}

/* A peer that takes nothing any more ends the connection, also while a write of the library waits for it. */
static void limit_socket(amqp_connection_state_t connection)
{
	int fd = amqp_get_sockfd(connection), on = 1;
	unsigned ms = UNSENT_MS;

	setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static err open_channel(struct bus *b)
{
	struct timeval reply_time = {.tv_sec = BUS_REPLY_MS / 1000};
	amqp_rpc_reply_t reply;

	reply = log_in(b);
	if (reply.reply_type != AMQP_RESPONSE_NORMAL)
		return bus_refused(b, "logging in to the broker", reply);
	if (amqp_set_rpc_timeout(b->connection, &reply_time) != AMQP_STATUS_OK)
		return bus_drop(b, "no time-out could be set");
	amqp_channel_open(b->connection, BUS_CHANNEL);
	reply = amqp_get_rpc_reply(b->connection);
	if (reply.reply_type != AMQP_RESPONSE_NORMAL)
		return bus_refused(b, "opening a channel", reply);
	return OK;
}

err bus_connect(struct bus *b)
{
	struct timeval patience = {.tv_sec = CONNECT_S};
	amqp_socket_t *socket;
	int status;

	if (b->connection != NULL)
		return OK;
	b->connection = amqp_new_connection();
	b->connections++;
	socket = b->connection == NULL ? NULL : amqp_tcp_socket_new(b->connection);
	BUG_IF(socket == NULL);
	status = amqp_socket_open_noblock(socket, b->settings.host, b->settings.port, &patience);
	if (status != AMQP_STATUS_OK)
		return bus_drop(b, amqp_error_string2(status));
	limit_socket(b->connection);
	return open_channel(b);
}

err bus_count(struct bus *b, const char *queue, uint32_t *ret_count)
{
	amqp_queue_declare_ok_t *ok;
	amqp_rpc_reply_t reply;
	err e;

	if ((e = bus_connect(b)) != OK)
		return e;
	ok = amqp_queue_declare(b->connection, BUS_CHANNEL, amqp_cstring_bytes(queue), 1, 0, 0, 0,
				amqp_empty_table);
	if (ok != NULL) {
		*ret_count = ok->message_count;
		/* a connection that does nothing but ask would keep every answer */
		amqp_maybe_release_buffers(b->connection);
		return OK;
	}
	reply = amqp_get_rpc_reply(b->connection);
	if (reply.reply_type != AMQP_RESPONSE_SERVER_EXCEPTION || reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD)
		return bus_refused(b, "looking for a queue", reply);
	bus_refused(b, queue, reply);
	return ERR_NOT_FOUND;
}
