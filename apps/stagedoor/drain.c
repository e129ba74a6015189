/*
 * First the outboxes, then the queues: a message is in one of them, or with a program that handles it. The
 * broker does not count those to us, and a program handles a few dozen together within a second; so a queue
 * has to be empty for LOOKS looks.
 */
#include "apps/stagedoor/drain.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/schema/services.h"
#include <stdio.h>
#include <time.h>

enum { LOOKS = 4 };

static void pause_a_moment(void)
{
	const struct timespec moment = {.tv_nsec = 500 * 1000 * 1000};

	nanosleep(&moment, NULL);
}

/* ERR_TIMED_OUT: rows from before `start` are left. */
static err drain_outbox(struct db *db, when start, int64_t end)
{
	struct outbox_backlog_size backlog;
	err e;

	for (;;) {
		if ((e = outbox_backlog(db, &(struct outbox_backlog_in){0}, &backlog)) != OK)
			return e;
		if (backlog.oldest.v == 0 || backlog.oldest.v > start.v)
			return OK;
		if (clock_steady() > end)
			return ERR_TIMED_OUT;
		pause_a_moment();
	}
}

static int drain_outboxes(struct arena *a, const struct config *config, int64_t end)
{
	when start;

	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		struct db *db = service_db(a, config, services_with_database[i], 0);
		err e = db_now(db, &start);

		if (e == OK)
			e = drain_outbox(db, start, end);
		if (e == ERR_TIMED_OUT)
			return complain("events of %s are not published: are its relay and the broker up?",
					services_with_database[i]);
		if (e != OK)
			return complain("the outbox of %s could not be read", services_with_database[i]);
	}
	return 0;
}

struct queue {
	const char *name;
	struct bus *bus;
};

static int find_queues(struct arena *a, const struct config *config, struct queue list[SERVICES])
{
	for (size_t i = 0; services_with_events[i] != NULL; i++) {
		list[i].name = arena_printf(a, "%s.events", services_with_events[i]);
		if (broker_bus(a, config, services_with_events[i], &list[i].bus) != OK)
			return complain("the queue %s could not be asked", list[i].name);
	}
	return 0;
}

/* *ret_full: the name of one that is not empty; NULL: all are. */
static int look_at_queues(const struct queue list[SERVICES], const char **ret_full)
{
	uint32_t count;

	*ret_full = NULL;
	for (size_t i = 0; services_with_events[i] != NULL; i++) {
		if (bus_count(list[i].bus, list[i].name, &count) != OK)
			return complain("the queue %s could not be asked", list[i].name);
		if (count > 0)
			*ret_full = list[i].name;
	}
	return 0;
}

static int drain_queues(struct arena *a, const struct config *config, int64_t end)
{
	struct queue list[SERVICES];
	const char *full;
	int rc = find_queues(a, config, list);

	for (int empty = 0; rc == 0 && empty < LOOKS;) {
		if ((rc = look_at_queues(list, &full)) != 0)
			break;
		if (full != NULL && clock_steady() > end)
			return complain("messages wait in %s: is its events program up?", full);
		empty = full == NULL ? empty + 1 : 0;
		pause_a_moment();
	}
	return rc;
}

int drain(const struct config *config)
{
	const int64_t end = clock_steady() + DRAIN_SECONDS * SECOND;
	struct arena *a = arena_new();
	int rc;

	log_threshold(LOG_ALARM);
	if ((rc = drain_outboxes(a, config, end)) == 0)
		rc = drain_queues(a, config, end);
	if (rc == 0)
		puts("Every event that was published before is handled.");
	arena_free(a);
	return rc;
}
