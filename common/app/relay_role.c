/*
 * Publishes the outbox: rows that transactions of the service have committed, at least once each.
 *
 * A round reads what is not sent by ascending id, publishes it in batches with confirms and marks what was
 * confirmed, all in one transaction per batch. That transaction first locks the row of relay_state, so of
 * several relays one is active. Commits wake the relay by a datagram; it also polls every 250 ms.
 *
 * What must hold:
 * - A row is marked only after its confirm, also when a later message failed (bus_error is no error of the
 *   transaction). A crash between the two publishes it again, which consumers tolerate.
 * - A round begins at the lowest id that is not sent, never where the last one ended: ids are given before
 *   the commit, so a lower one may appear later.
 * - A row that no queue takes, or that the broker refuses, waits 5 s and holds up no other.
 * - The broker is connected before the lock is taken, so that the lock is not held while it is down.
 */
#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/base/random.h"
#include "common/db/lists.h"
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	BATCH = 200,
	POLL_MS = 250,
	PROGRESS_S = 5,
	RETURNED_MAX = 512,
	RETURNED_AGAIN_S = 5,
	AWAY_MS = 100,
	AWAY_MAX_MS = 2000
};

struct relay {
	const char *exchange;
	struct db *db;
	struct bus *bus;
	struct arena *arena; /* of one batch */
	int wake;            /* the socket that gets a datagram for each commit */
	int64_t progressed;  /* when the row that shows the relay at work was last written, clock_steady() */
	/* one batch */
	int64_t after, last; /* row ids */
	size_t rows;
	err bus_error;
	/* rows without a queue, and when each is retried (clock_steady); they block no other row */
	struct {
		int64_t id, again;
	} returned[RETURNED_MAX];
	size_t next_returned;
};

static bool is_waiting(const struct relay *r, int64_t id)
{
	for (size_t i = 0; i < RETURNED_MAX; i++)
		if (r->returned[i].id == id && r->returned[i].again > clock_steady())
			return true;
	return false;
}

static void remember_returned(struct relay *r, int64_t id)
{
	r->returned[r->next_returned].id = id;
	r->returned[r->next_returned].again = clock_steady() + RETURNED_AGAIN_S * SECOND;
	r->next_returned = (r->next_returned + 1) % RETURNED_MAX;
}

static struct bus_message message_of(const struct relay *r, const struct outbox_row *row)
{
	return (struct bus_message){
	    .exchange = r->exchange,
	    .routing_key = row->type.v,
	    .type = row->type.v,
	    .id = id_text(r->arena, row->event_id),
	    .correlation = row->correlation_id.v,
	    .body = row->body.v,
	    .body_len = strlen(row->body.v),
	};
}

static err mark(struct db *db, int64_t id)
{
	return outbox_mark_sent(db, &(struct outbox_mark_sent_in){.offset = {clock_offset()}, .id = {id}});
}

static err mark_confirmed(struct relay *r, struct db *db, const int64_t *ids, const bool *confirmed,
			  size_t count)
{
	err e;

	for (size_t i = 0; i < count; i++) {
		if (!confirmed[i] && r->bus_error == OK)
			remember_returned(r, ids[i]);
		if (confirmed[i] && (e = mark(db, ids[i])) != OK)
			return e;
	}
	return OK;
}

/* Not at each round: an idle relay would write to the disk all day. */
static err show_progress(struct relay *r, struct db *db)
{
	int64_t now = clock_steady();

	if (now - r->progressed < PROGRESS_S * SECOND)
		return OK;
	r->progressed = now;
	return relay_progressed(db, &(struct relay_progressed_in){0});
}

/* When the broker refuses one, it does not say which: each alone then, and what is refused waits like what no
 * queue wants. */
static err relay_publish(struct relay *r, const struct bus_message *messages, size_t count, bool *confirmed)
{
	err e = bus_publish(r->bus, messages, count, confirmed);

	if (e != ERR_FORBIDDEN)
		return e;
	for (size_t i = 0; i < count; i++) {
		if (confirmed[i])
			continue;
		e = bus_publish(r->bus, &messages[i], 1, &confirmed[i]);
		if (e == ERR_FORBIDDEN)
			log_alarm("the broker refuses event %s of type %s", messages[i].id, messages[i].type);
		else if (e != OK)
			return e;
	}
	return OK;
}

/* The work of one transaction. An error of the broker is no error of it: what was confirmed before is marked
 * all the same. */
static err send_batch(struct db *db, void *context)
{
	struct relay *r = context;
	struct bus_message messages[BATCH];
	bool confirmed[BATCH];
	int64_t ids[BATCH];
	struct relay_progress progress;
	struct outbox_row *rows;
	size_t count = 0;
	err e;

	if ((e = relay_lock(db, &(struct relay_lock_in){0}, &progress)) != OK)
		return e;
	if ((e = outbox_unsent(db, &(struct outbox_unsent_in){.after = {r->after}}, &rows, &r->rows)) != OK)
		return e;
	for (size_t i = 0; i < r->rows; i++) {
		r->last = rows[i].id.v;
		if (is_waiting(r, rows[i].id.v))
			continue;
		ids[count] = rows[i].id.v;
		messages[count++] = message_of(r, &rows[i]);
	}
	if (count > 0)
		FAILPOINT(outbox_read);
	r->bus_error = relay_publish(r, messages, count, confirmed);
	if ((e = mark_confirmed(r, db, ids, confirmed, count)) != OK)
		return e;
	if (count > 0)
		FAILPOINT(outbox_marked);
	return r->bus_error == OK ? show_progress(r, db) : OK;
}

/* Everything that is not sent, batch by batch. It begins at the lowest id each time, since ids are not in the
 * order of commits. */
static err pass(struct relay *r, const atomic_bool *stop)
{
	err e;

	r->after = 0;
	do {
		arena_reset(r->arena);
		db_use(r->db, r->arena);
		if ((e = db_transaction(r->db, send_batch, r)) != OK)
			return e;
		if (r->bus_error != OK)
			return r->bus_error;
		r->after = r->last;
	} while (r->rows == BATCH && !*stop);
	return OK;
}

/* Connects both before a transaction is begun: the lock of relay_state is not held while the broker is away.
 */
static err run_once(struct relay *r, const atomic_bool *stop)
{
	bool none;
	err e;

	if ((e = bus_publish(r->bus, NULL, 0, &none)) != OK)
		return e;
	if ((e = pass(r, stop)) != OK)
		return e;
	app_ready();
	return OK;
}

static int wake_socket(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof address.sun_path)
		return -1;
	memcpy(address.sun_path, path, strlen(path));
	unlink(path);
	if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0 || chmod(path, 0660) != 0) {
		close(fd);
		return -1;
	}
	return fd;
}

static void await_wake(const struct relay *r)
{
	struct pollfd wait = {.fd = r->wake, .events = POLLIN};
	char datagram[64];

	if (poll(&wait, 1, POLL_MS) <= 0)
		return;
	while (recv(r->wake, datagram, sizeof datagram, 0) >= 0)
		continue;
}

static void relay_run(struct relay *r, const atomic_bool *stop)
{
	unsigned attempt = 0;
	err e;

	while (!*stop) {
		if ((e = run_once(r, stop)) == OK) {
			attempt = 0;
			await_wake(r);
			continue;
		}
		if (attempt % 16 == 0)
			log_warn("the outbox has to wait: %s", err_name(e));
		random_backoff(attempt++, AWAY_MS, AWAY_MAX_MS);
	}
}

int role_relay(const struct app *app, const struct config *config, const atomic_bool *stop)
{
	struct arena *name = arena_new();
	struct relay r = {.exchange = arena_printf(name, "stagedoor.%s", app->name),
			  .wake = wake_socket(config->wake)};

	if (r.wake < 0) {
		log_error("the socket %s cannot be made", config->wake);
		return 1;
	}
	r.db = role_db(config);
	r.bus = role_bus(config);
	r.arena = arena_new();
	relay_run(&r, stop);
	bus_free(r.bus);
	db_free(r.db);
	arena_free(r.arena);
	arena_free(name);
	close(r.wake);
	return 0;
}
