#include "apps/stagedoor/status.h"
#include "amqp/topology.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/definitions.h"
#include "apps/stagedoor/integrator.h"
#include "apps/stagedoor/plan.h"
#include "apps/stagedoor/span.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/schema/services.h"
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UNSENT_SECONDS = 60, CONNECT_MS = 2000 };

static const char row_format[] = "%-10s %-9s %-18s %-26s %-12s %10s %10s %6s\n";

/* What status has to say of one service; texts are "-" when they could not be found out. */
struct health {
	const char *database, *schema, *outbox, *relay, *answers, *revoked, *dead;
	/* sentences; NULL: all is well, no dead letter waits for a person */
	const char *wrong, *letters;
};

static err read_outbox(struct db *db, when now, struct health *h)
{
	struct arena *a = db_arena(db);
	struct outbox_backlog_size backlog;
	err e = outbox_backlog(db, &(struct outbox_backlog_in){0}, &backlog);

	if (e != OK)
		return e;
	h->outbox = arena_printf(a, "%lld unsent", (long long)backlog.count.v);
	if (backlog.oldest.v == 0)
		return OK;
	h->outbox = arena_printf(a, "%s, oldest %s", h->outbox, span_text(a, now.v - backlog.oldest.v));
	if (now.v - backlog.oldest.v > UNSENT_SECONDS * SECOND)
		h->wrong = "events have waited for over a minute: is the relay up, and the broker?";
	return OK;
}

static err read_relay(struct db *db, when now, struct health *h)
{
	struct relay_progress progress;
	err e = relay_read(db, &(struct relay_read_in){0}, &progress);

	if (e == OK)
		h->relay = arena_printf(db_arena(db), "%s ago",
					span_text(db_arena(db), now.v - progress.progressed_at.v));
	return e;
}

static err read_counts(struct db *db, struct health *h)
{
	struct service_counts counts;
	err e = service_count(db, &(struct service_count_in){0}, &counts);

	if (e != OK)
		return e;
	h->answers = arena_printf(db_arena(db), "%lld", (long long)counts.idempotency.v);
	h->revoked = arena_printf(db_arena(db), "%lld", (long long)counts.session_revoked.v);
	return OK;
}

static err read_letters(struct db *db, const char *service, when now, struct health *h)
{
	struct arena *a = db_arena(db);
	struct letter_counts counts;
	err e = dead_letter_counts(db, &(struct dead_letter_counts_in){0}, &counts);

	if (e != OK)
		return e;
	h->dead = arena_printf(a, "%lld", (long long)counts.count.v);
	if (counts.id.v > 0)
		h->letters = arena_printf(
		    a, "%lld dead letter%s; the oldest, %s-%lld of %s, %s ago: %s (stagedoor dead list)",
		    (long long)counts.count.v, counts.count.v == 1 ? "" : "s", service,
		    (long long)counts.id.v, counts.queue.v, span_text(a, now.v - counts.parked_at.v),
		    counts.reason.v);
	return OK;
}

static err read_schema(struct db *db, const struct config *config, const char *service, struct health *h)
{
	struct migration_plan plan;
	err e = migration_plan(db, config, service, &plan, &h->wrong);

	h->schema = "unclear";
	if (e != OK)
		return e;
	if (plan.pending == 0) {
		h->schema = arena_printf(db_arena(db), "current, %zu files%s", plan.count,
					 plan.later > 0 ? " + later" : "");
		return OK;
	}
	h->schema = arena_printf(db_arena(db), "%zu of %zu pending", plan.pending, plan.count);
	h->wrong = "the schema is behind: run stagedoor migrate";
	return ERR_STALE;
}

static err health_read(struct db *db, const struct config *config, const char *service, struct health *h)
{
	when now;
	err e = db_ping(db);

	h->database = e == OK ? "up" : "DOWN";
	h->wrong = "the database is away";
	if (e != OK)
		return e;
	h->wrong = "the database failed while it was asked";
	if ((e = db_now(db, &now)) != OK || (e = read_schema(db, config, service, h)) != OK)
		return e;
	h->wrong = "a table could not be read";
	if ((e = read_relay(db, now, h)) != OK || (e = read_counts(db, h)) != OK ||
	    (e = read_letters(db, service, now, h)) != OK)
		return e;
	h->wrong = NULL;
	return read_outbox(db, now, h);
}

static int show_service(struct arena *a, const struct config *config, const char *service)
{
	struct health h = {"-", "-", "-", "-", "-", "-", "-", NULL, NULL};
	err e = health_read(service_db(a, config, service, 0), config, service, &h);

	if (e != OK && h.wrong == NULL)
		h.wrong = "the outbox could not be read";
	printf(row_format, service, h.database, h.schema, h.outbox, h.relay, h.answers, h.revoked, h.dead);
	fflush(stdout);
	if (h.letters != NULL)
		complain("%s: %s", service, h.letters);
	if (h.wrong != NULL)
		complain("%s: %s", service, h.wrong);
	return h.wrong == NULL && h.letters == NULL ? 0 : 1;
}

static bool can_connect(const struct addrinfo *to)
{
	int fd = socket(to->ai_family, to->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), problem = 0;
	socklen_t size = sizeof problem;
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	bool up;

	if (fd < 0)
		return false;
	/* a connection that is refused at once also shows as an error of the socket */
	up = connect(fd, to->ai_addr, to->ai_addrlen) == 0 || poll(&p, 1, CONNECT_MS) == 1;
	up = up && getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0;
	up = up && getpeername(fd, &(struct sockaddr){0}, &(socklen_t){sizeof(struct sockaddr)}) == 0;
	close(fd);
	return up;
}

/* What waits there has not been moved into a database yet. */
static int show_dead_queue(struct arena *a, const struct config *config, const char *queue)
{
	struct bus *bus;
	uint32_t count;

	if (broker_bus(a, config, arena_printf(a, "%.*s", (int)strcspn(queue, "."), queue), &bus) != OK)
		return 1;
	if (bus_count(bus, queue, &count) != OK)
		return complain("the queue %s could not be asked", queue);
	return count == 0 ? 0
			  : complain("%u dead letters are still in the queue %s: is the events program up?",
				     count, queue);
}

static int show_dead_queues(struct arena *a, const struct config *config)
{
	struct topology t;
	int rc = 0;

	topology_of(a, config, &t);
	for (const struct topology_queue *q = t.queues; q->name != NULL; q++)
		if (text_same(strchr(q->name, '.'), ".dead"))
			rc |= show_dead_queue(a, config, q->name);
	return rc;
}

static int show_broker(struct arena *a, const struct config *config)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
	const char *port = arena_printf(a, "%lld", (long long)config->amqp_port);
	bool up = getaddrinfo(config->amqp_host, port, &hints, &found) == 0 && can_connect(found);

	if (found != NULL)
		freeaddrinfo(found);
	printf("\nbroker     %-9s %s:%s\n", up ? "up" : "DOWN", config->amqp_host, port);
	fflush(stdout);
	if (!up)
		return complain("nothing listens at the broker's port, %s:%s", config->amqp_host, port);
	return show_dead_queues(a, config) | integrators_show(a, config);
}

int status(const struct config *config)
{
	struct arena *a = arena_new();
	int rc = 0;

	/* what the log would say of a database that is away is in the table */
	log_threshold(LOG_ALARM);
	printf(row_format, "SERVICE", "DATABASE", "SCHEMA", "OUTBOX", "LAST SENT", "ANSWERS", "REVOKED",
	       "DEAD");
	for (size_t i = 0; services_with_database[i] != NULL; i++)
		rc |= show_service(a, config, services_with_database[i]);
	rc |= show_broker(a, config);
	arena_free(a);
	return rc;
}
