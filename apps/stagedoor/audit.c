#include "apps/stagedoor/audit.h"
#include "amqp/topology.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/definitions.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/bus/bus.h"
#include "common/schema/services.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Grace period for replication lag, in seconds; also how long a queue may stay non-empty. */
enum { PATIENCE = 30, LOOKS = 4 };

static const struct audit {
	const char *invariant, *sentence;
	const struct query *(*query)(void);
} audits[] = {
#define ALWAYS(name, invariant, sentence, sql)  {invariant, sentence, query_##name},
#define SETTLED(name, invariant, sentence, sql) {invariant, sentence, query_##name},
#include "apps/stagedoor/audits.def"
#undef ALWAYS
#undef SETTLED
};

enum { AUDITS = sizeof audits / sizeof *audits };

/* The inputs of all that have one are alike. */
static err audit_run_query(struct db *db, const struct audit *audit, int64_t patience, size_t *ret_found)
{
	const struct audit_overdue_in in = {.patience = {patience}};
	const struct finding *found;
	size_t count;
	void *rows;
	err e = query_many(db, audit->query(), &in, &rows, &count);

	if (e != OK)
		return e;
	found = rows;
	for (size_t i = 0; i < count; i++)
		printf("%s %s: %s\n", audit->invariant, audit->sentence,
		       found[i].id.v == NULL ? "" : found[i].id.v);
	*ret_found += count;
	return OK;
}

static err audit_databases(struct arena *a, const struct config *config, int64_t patience, size_t *ret_found)
{
	/* a look at all rows of a large site takes its time */
	struct db *db = service_db(a, config, "orders", 600);
	err e = OK;

	for (size_t i = 0; i < AUDITS && e == OK; i++)
		e = audit_run_query(db, &audits[i], patience, ret_found);
	return e;
}

/* One that is in use is empty again and again; the least of several looks is what is stuck. */
static err count_stuck(struct bus *bus, const char *queue, uint32_t *ret_stuck)
{
	const struct timespec pause = {.tv_nsec = 300 * 1000 * 1000};
	uint32_t count;
	err e;

	*ret_stuck = UINT32_MAX;
	for (int i = 0; i<LOOKS && * ret_stuck> 0; i++) {
		if (i > 0)
			nanosleep(&pause, NULL);
		if ((e = bus_count(bus, queue, &count)) != OK)
			return e;
		if (count < *ret_stuck)
			*ret_stuck = count;
	}
	return OK;
}

static err audit_queue(struct arena *a, const struct config *config, const char *queue, size_t *ret_found)
{
	/* as the service that reads the queue: nobody else may look at it */
	const char *service = arena_printf(a, "%.*s", (int)strcspn(queue, "."), queue);
	struct bus *bus;
	uint32_t stuck;
	err e;

	if ((e = broker_bus(a, config, service, &bus)) != OK)
		return e;
	e = count_stuck(bus, queue, &stuck);
	if (e != OK || stuck == 0)
		return e;
	printf("L5 %u messages wait in %s\n", stuck, queue);
	*ret_found += 1;
	return OK;
}

/* The wait queues and the history are never empty; unread messages of integrators are no fault. */
static bool should_be_empty(const char *queue)
{
	return !text_starts(queue, "expiration.wait.") && !text_starts(queue, "stagedoor.") &&
	       !text_starts(queue, "integrator.");
}

static err audit_queues(struct arena *a, const struct config *config, size_t *ret_found)
{
	struct topology t;
	err e = OK;

	topology_of(a, config, &t);
	for (const struct topology_queue *q = t.queues; q->name != NULL && e == OK; q++)
		if (should_be_empty(q->name))
			e = audit_queue(a, config, q->name, ret_found);
	return e;
}

static int report_audit(const struct config *config, int64_t patience)
{
	struct arena *a = arena_new();
	size_t found = 0;
	int rc;

	log_threshold(LOG_ERROR);
	if (audit_databases(a, config, patience, &found) != OK)
		rc = complain("the databases could not be looked at");
	else if (audit_queues(a, config, &found) != OK)
		rc = complain("the broker's queues could not be looked at");
	else
		rc = found == 0 ? 0 : 1;
	if (rc == 0)
		printf("%d invariants hold, and no message is stuck.\n", AUDITS);
	arena_free(a);
	return rc;
}

int audit(const struct config *config)
{
	return report_audit(config, PATIENCE);
}

int audit_quiet(const struct config *config)
{
	return report_audit(config, 0);
}
