/*
 * Keeps a copy of Stagedoor's users, tickets, orders and charges in a directory: a JSON file each.
 *
 * usage: replica DIRECTORY [SINCE]
 * The first connection reads the history, all of it or from SINCE (2026-11-01T00:00:00Z) on; each later one
 * reads what came to the history since, then the queue. Environment: BROKER_HOST, BROKER_PORT, INTEGRATOR
 * (the name), PASSWORD_FILE; BROKER_CA for TLS: who signed the broker's certificate.
 * cc -o replica replica.c $(pkg-config --cflags --libs librabbitmq jansson)
 */
#define _GNU_SOURCE
#if __has_include(<rabbitmq-c/amqp.h>)
#include <rabbitmq-c/amqp.h>
#include <rabbitmq-c/ssl_socket.h>
#include <rabbitmq-c/tcp_socket.h>
#else
#include <amqp.h>
#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#endif
#include <jansson.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { PREFETCH = 50, IDLE_SECONDS = 2, CLOCK_MARGIN = 60, OVERLAP = 600, HOUR = 3600, WAIT_MAX = 30 };

/* Patterns such as order.* are refused: each event is bound by its type. */
static const char *const keys[][2] = {
    {"stagedoor.auth", "user.created"},       {"stagedoor.auth", "user.updated"},
    {"stagedoor.tickets", "ticket.created"},  {"stagedoor.tickets", "ticket.updated"},
    {"stagedoor.orders", "order.created"},    {"stagedoor.orders", "order.updated"},
    {"stagedoor.orders", "order.cancelled"},  {"stagedoor.payments", "charge.created"},
    {"stagedoor.payments", "charge.updated"},
};

static const char *directory, *since;
static char note[PATH_MAX];

static const char *setting(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	if (value == NULL && fallback == NULL) {
		fprintf(stderr, "%s is not set\n", name);
		exit(2);
	}
	return value == NULL ? fallback : value;
}

static bool is_well(amqp_connection_state_t c)
{
	return amqp_get_rpc_reply(c).reply_type == AMQP_RESPONSE_NORMAL;
}

static amqp_socket_t *socket_of(amqp_connection_state_t c)
{
	const char *ca = getenv("BROKER_CA");
	amqp_socket_t *s;

	if (ca == NULL)
		return amqp_tcp_socket_new(c);
	s = amqp_ssl_socket_new(c);
	if (s != NULL && amqp_ssl_socket_set_cacert(s, ca) != AMQP_STATUS_OK)
		fprintf(stderr, "%s cannot be read\n", ca);
	return s;
}

static bool log_in(amqp_connection_state_t c)
{
	struct timeval patience = {.tv_sec = 5};
	amqp_socket_t *socket = socket_of(c);
	char user[80], password[200] = "";
	FILE *f = fopen(setting("PASSWORD_FILE", NULL), "r");

	if (f != NULL) {
		if (fgets(password, sizeof password, f) != NULL)
			password[strcspn(password, "\n")] = '\0';
		fclose(f);
	}
	snprintf(user, sizeof user, "integrator.%s", setting("INTEGRATOR", NULL));
	if (socket == NULL ||
	    amqp_socket_open_noblock(socket, setting("BROKER_HOST", "127.0.0.1"),
				     atoi(setting("BROKER_PORT", "5672")), &patience) != AMQP_STATUS_OK ||
	    amqp_login(c, "stagedoor", 0, 131072, 30, AMQP_SASL_METHOD_PLAIN, user, password).reply_type !=
		AMQP_RESPONSE_NORMAL)
		return false;
	amqp_channel_open(c, 1);
	return is_well(c);
}

/* When this returns true the file is on the disk, the old one or the new one whole. */
static bool commit(const char *path, const char *text)
{
	char new[PATH_MAX];
	FILE *f;
	bool well;

	snprintf(new, sizeof new, "%s.new", path);
	if ((f = fopen(new, "w")) == NULL)
		return false;
	well = fputs(text, f) >= 0 && fflush(f) == 0 && fsync(fileno(f)) == 0;
	return fclose(f) == 0 && well && rename(new, path) == 0;
}

/* How many minor units make one: docs/EVENTS.md, Amounts. */
static int digits_of(const char *currency)
{
	if (strcmp(currency, "JPY") == 0 || strcmp(currency, "KRW") == 0)
		return 0;
	return strcmp(currency, "KWD") == 0 ? 3 : 2;
}

/* Amounts are in minor units: 3800 is 38.00 GBP. */
static void print_amount(json_int_t n, const char *currency)
{
	int digits = digits_of(currency), unit = digits == 3 ? 1000 : digits == 2 ? 100 : 1;

	printf(" %lld", (long long)(n / unit));
	if (digits > 0)
		printf(".%0*lld", digits, (long long)(n % unit));
	printf(" %s", currency);
}

static void tell(const char *kind, const json_t *data)
{
	const json_t *amount = json_object_get(data, "price");
	const char *currency = json_string_value(json_object_get(data, "currency"));

	if (amount == NULL)
		amount = json_object_get(data, "amount");
	printf("%s %s %lld %s", kind, json_string_value(json_object_get(data, "id")),
	       (long long)json_integer_value(json_object_get(data, "version")),
	       json_string_value(json_object_get(data, "status")));
	if (amount != NULL && currency != NULL)
		print_amount(json_integer_value(amount), currency);
	putchar('\n');
	fflush(stdout);
}

/* An event carries the whole state as of a version, so what is older, or here already, is nothing new. */
static bool store(const json_t *event)
{
	const json_t *data = json_object_get(event, "data");
	const char *type = json_string_value(json_object_get(event, "type")),
		   *id = json_string_value(json_object_get(data, "id"));
	json_int_t version = json_integer_value(json_object_get(data, "version"));
	char kind[PATH_MAX], path[PATH_MAX + 60], *text;
	json_t *known;
	bool is_new, well;

	if (type == NULL || id == NULL || strchr(id, '/') != NULL || version < 1) {
		fprintf(stderr, "skipped a message, as it is no event\n");
		return true;
	}
	snprintf(kind, sizeof kind, "%s/%.*s", directory, (int)strcspn(type, "."), type);
	mkdir(kind, 0777);
	snprintf(path, sizeof path, "%s/%.40s.json", kind, id);
	known = json_load_file(path, 0, NULL);
	is_new = known == NULL || json_integer_value(json_object_get(known, "version")) < version;
	json_decref(known);
	if (!is_new)
		return true;
	text = json_dumps(data, 0);
	well = commit(path, text);
	free(text);
	if (well)
		tell(strrchr(kind, '/') + 1, data);
	return well;
}

/* Seconds since 1970 of "2026-11-22T14:17:02.123456Z" */
static time_t moment(const char *text)
{
	struct tm tm = {0};

	return text != NULL && strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) != NULL ? timegm(&tm) : 0;
}

/*
 * One delivery: stored, then acked; what is not acked comes again. 1: there was one; 0: none came in that
 * time.
 */
static int take(amqp_connection_state_t c, time_t seconds, time_t *ret_time)
{
	struct timeval patience = {.tv_sec = seconds};
	amqp_envelope_t delivery;
	amqp_rpc_reply_t reply;
	json_t *event;
	bool well;

	*ret_time = 0;
	amqp_maybe_release_buffers(c);
	reply = amqp_consume_message(c, &delivery, &patience, 0);
	if (reply.reply_type == AMQP_RESPONSE_LIBRARY_EXCEPTION && reply.library_error == AMQP_STATUS_TIMEOUT)
		return 0;
	if (reply.reply_type != AMQP_RESPONSE_NORMAL)
		return -1;
	event = json_loadb(delivery.message.body.bytes, delivery.message.body.len, 0, NULL);
	*ret_time = moment(json_string_value(json_object_get(event, "time")));
	well =
	    store(event) && amqp_basic_ack(c, delivery.channel, delivery.delivery_tag, 0) == AMQP_STATUS_OK;
	json_decref(event);
	amqp_destroy_envelope(&delivery);
	return well ? 1 : -1;
}

static bool consume(amqp_connection_state_t c, const char *queue, amqp_table_t arguments)
{
	amqp_basic_qos(c, 1, 0, PREFETCH, 0);
	amqp_basic_consume(c, 1, amqp_cstring_bytes(queue), amqp_empty_bytes, 0, 0, 0, arguments);
	return is_well(c);
}

/* The note says when the latest complete reading began. What came to the history before that is stored. */
static time_t history_start(void)
{
	long long noted = 0;
	FILE *f = fopen(note, "r");

	if (f != NULL) {
		if (fscanf(f, "%lld", &noted) != 1)
			noted = 0;
		fclose(f);
	}
	return noted > OVERLAP ? noted - OVERLAP : moment(since);
}

static bool commit_note(time_t at)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)at);
	return commit(note, text);
}

/*
 * Up to what the queue has too, since it was bound before. The reading has a connection, which ends with it.
 */
static bool read_history(time_t began)
{
	amqp_connection_state_t c = amqp_new_connection();
	amqp_table_entry_t start = {.key = amqp_cstring_bytes("x-stream-offset"),
				    .value.kind = AMQP_FIELD_KIND_TIMESTAMP,
				    .value.value.u64 = (uint64_t)history_start()};
	time_t at;
	int n = -1;

	if (log_in(c) && consume(c, "stagedoor.history", (amqp_table_t){1, &start}))
		while ((n = take(c, IDLE_SECONDS, &at)) > 0 && at <= began + CLOCK_MARGIN)
			;
	amqp_destroy_connection(c);
	return n >= 0;
}

static bool bind_all(amqp_connection_state_t c, const char *queue)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		amqp_queue_bind(c, 1, amqp_cstring_bytes(queue), amqp_cstring_bytes(keys[i][0]),
				amqp_cstring_bytes(keys[i][1]), amqp_empty_table);
		if (!is_well(c))
			return false;
	}
	return true;
}

/* Returns when the connection is of no use any more. */
static void follow(amqp_connection_state_t c)
{
	char queue[100];
	time_t noted, at;

	snprintf(queue, sizeof queue, "integrator.%s.events", setting("INTEGRATOR", NULL));
	if (!bind_all(c, queue))
		return;
	noted = time(NULL);
	if (!read_history(noted) || !commit_note(noted) || !consume(c, queue, amqp_empty_table))
		return;
	while (take(c, 1, &at) >= 0)
		if (at > noted + HOUR) { /* the queue has given all that was published before this event */
			noted = at;
			if (!commit_note(noted))
				return;
		}
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: replica DIRECTORY [SINCE]\n");
		return 2;
	}
	directory = argv[1];
	since = argc > 2 ? argv[2] : NULL;
	snprintf(note, sizeof note, "%s/history-read-at", directory);
	mkdir(directory, 0777);
	for (unsigned wait = 1;; wait = wait < WAIT_MAX / 2 ? 2 * wait : WAIT_MAX) {
		amqp_connection_state_t c = amqp_new_connection();

		if (log_in(c)) {
			wait = 1;
			follow(c);
		}
		amqp_destroy_connection(c);
		fprintf(stderr, "the broker is away; next try in %u s\n", wait);
		sleep(wait);
	}
}
