#include "common/base/random.h"
#include "common/base/text.h"
#include "common/bus/bus.h"
#include "tests/flow/flow.h"
#include <malloc.h>
#include <mysql.h>
#include <stdlib.h>
#include <string.h>

/* The service's own broker account, the only one with write access to its exchange. */
struct bus *bus_of(const char *service)
{
	struct bus_settings *s = arena_alloc(flow_arena, sizeof *s);
	char *secret;
	const char *port = strrchr(flow_url(), ':') + 1;

	ck_assert_int_eq(text_read_file(flow_arena,
					arena_printf(flow_arena, "%s/secrets/amqp-%s", flow_state(), service),
					200, &secret),
			 OK);
	*s = (struct bus_settings){"127.0.0.1", "stagedoor",
				   arena_printf(flow_arena, "stagedoor_%s", service), secret, atoi(port) + 1};
	return bus_new(s);
}

static size_t read_events(const char *service, const char *about, struct bus_message *list, size_t max)
{
	int64_t last =
	    about != NULL ? 0 : sql_number(service, "SELECT COALESCE(MAX(id), 0) FROM outbox") - (int64_t)max;
	size_t n = 0;

	while (n < max) {
		int64_t row =
		    sql_number(service,
			       "SELECT COALESCE(MIN(id), 0) FROM outbox WHERE id > %lld AND (body "
			       "LIKE '%%%s%%' OR '%s' = '')",
			       (long long)last, about == NULL ? "" : about, about == NULL ? "" : about);

		if (row == 0)
			break;
		list[n] = (struct bus_message){
		    .exchange = arena_printf(flow_arena, "stagedoor.%s", service),
		    .routing_key =
			sql_text(service, "SELECT type FROM outbox WHERE id = %lld", (long long)row),
		    .id = sql_text(service, "SELECT LOWER(HEX(event_id)) FROM outbox WHERE id = %lld",
				   (long long)row),
		    .body = sql_text(service, "SELECT body FROM outbox WHERE id = %lld", (long long)row),
		};
		list[n].type = list[n].routing_key;
		list[n].body_len = strlen(list[n].body);
		last = row;
		n++;
	}
	return n;
}

uint32_t (*events_random)(uint32_t below) = random_below;

static void shuffle(struct bus_message *list, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = events_random((uint32_t)i);
		struct bus_message other = list[i - 1];

		list[i - 1] = list[j];
		list[j] = other;
	}
}

void events_again(const char *service, const char *about, enum event_order how)
{
	enum { MAX = 100 };
	struct bus_message *list = arena_array(flow_arena, MAX, sizeof *list);
	bool confirmed[MAX];
	size_t n = read_events(service, about, list, MAX);
	struct bus *bus = bus_of(service);

	ck_assert_uint_gt(n, 0);
	for (size_t i = 0; how == EVENTS_REVERSED && i < n / 2; i++) {
		struct bus_message other = list[i];

		list[i] = list[n - 1 - i];
		list[n - 1 - i] = other;
	}
	if (how == EVENTS_SHUFFLED || how == EVENTS_SOME)
		shuffle(list, n);
	if (how == EVENTS_SOME)
		n = n / 2 + 1;
	ck_assert_int_eq(bus_publish(bus, list, n, confirmed), OK);
	for (size_t i = 0; i < n; i++)
		ck_assert(confirmed[i]);
	bus_free(bus);
}

void event_send(const char *service, const char *type, const char *body)
{
	struct bus_message m = {.exchange = arena_printf(flow_arena, "stagedoor.%s", service),
				.routing_key = type,
				.type = type,
				.id = "0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b",
				.body = body,
				.body_len = strlen(body)};
	struct bus *bus = bus_of(service);
	bool confirmed;

	ck_assert_int_eq(bus_publish(bus, &m, 1, &confirmed), OK);
	ck_assert(confirmed);
	bus_free(bus);
}

int64_t queue_length(const char *service, const char *queue)
{
	struct bus *bus = bus_of(service);
	uint32_t count = 0;
	err e = bus_count(bus, queue, &count);

	bus_free(bus);
	return e == OK ? (int64_t)count : -1;
}

int64_t dead_letters(const char *service)
{
	const char *database = strcmp(service, "expiration") == 0 ? "orders" : service;

	return queue_length(service, arena_printf(flow_arena, "%s.dead", service)) +
	       sql_number(database,
			  "SELECT COALESCE(SUM(times), 0) FROM dead_letter WHERE queue LIKE '%s.%%'",
			  service);
}

size_t memory_of_counts(const char *service, int times)
{
	const char *queue = arena_printf(flow_arena, "%s.dead", service);
	struct bus *bus = bus_of(service);
	size_t before = 0, after;
	uint32_t count;

	for (int i = 0; i < 100 + times; i++) {
		if (i == 100)
			before = mallinfo2().uordblks;
		ck_assert_int_eq(bus_count(bus, queue, &count), OK);
	}
	after = mallinfo2().uordblks;
	bus_free(bus);
	return after > before ? after - before : 0;
}
