/*
 * Sends dead letters again: published to the queue that each was in and confirmed, then marked. Killed in
 * between, the command leaves a letter that was sent as undecided, to be sent once more: consumers know an
 * event that comes twice. A letter that has failed once more before it is marked has a higher count by then,
 * and is not marked.
 */
#include "apps/stagedoor/dead_retry.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/letters.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BATCH = 100 };

struct retry {
	struct bus *bus;
	int64_t rate, begun; /* 0: as fast as it goes; clock_steady() */
	size_t sent;
	bool refused; /* no queue took one of them */
};

static err read_body(struct db *db, const struct letter *l, struct bus_message *m)
{
	struct letter_body body;
	uint8_t *bytes;
	err e = dead_letter_body(db, &(struct dead_letter_body_in){.id = l->id}, &body);

	if (e != OK)
		return e;
	m->body = body.body.v == NULL ? "" : body.body.v;
	m->body_len = strlen(m->body);
	if (body.encoded.v &&
	    (e = text_unbase64url(db_arena(db), m->body, m->body_len, &bytes, &m->body_len)) == OK)
		m->body = (const char *)bytes;
	return e;
}

/* x-retry: when the broker dead-letters it once more, that is final */
static err read_message(struct db *db, const struct letter *l, struct bus_message *ret_message)
{
	*ret_message = (struct bus_message){
	    .exchange =
		arena_printf(db_arena(db), "stagedoor.%.*s.own", (int)strcspn(l->queue.v, "."), l->queue.v),
	    .routing_key = l->queue.v,
	    .type = l->type.v,
	    .id = l->message_id.v,
	    .correlation = l->correlation_id.v,
	    .retry = 1,
	};
	return read_body(db, l, ret_message);
}

struct batch {
	size_t count;
	struct letter letters[BATCH];
	struct bus_message messages[BATCH];
	bool confirmed[BATCH];
};

static err mark_all(struct db *db, void *context)
{
	const struct batch *batch = context;
	err e;

	for (size_t i = 0; i < batch->count; i++) {
		const struct dead_letter_sent_in in = {.id = batch->letters[i].id,
						       .times = batch->letters[i].times};

		if (batch->confirmed[i] && (e = dead_letter_sent(db, &in, NULL)) != OK)
			return e;
	}
	return OK;
}

static void report_refused(struct retry *r, struct db *db, const char *service, const struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		r->sent += batch->confirmed[i];
		if (batch->confirmed[i])
			continue;
		r->refused = true;
		complain("%s: no queue %s took it (stagedoor topology check)",
			 letter_id_text(db_arena(db), service, &batch->letters[i]),
			 batch->letters[i].queue.v);
	}
}

/* No more than so many a second since the beginning. */
static void wait_for_rate(const struct retry *r)
{
	int64_t due, left;

	if (r->rate == 0)
		return;
	due = r->begun + (int64_t)r->sent * SECOND / r->rate;
	while ((left = due - clock_steady()) > 0)
		nanosleep(&(struct timespec){.tv_sec = left / SECOND, .tv_nsec = left % SECOND * 1000}, NULL);
}

/* Skips letters that were dropped meanwhile. Returns 0, or 1 when one could not be read. */
static int read_messages(struct db *db, const char *service, const struct letter *letters, size_t count,
			 struct batch *ret_batch)
{
	struct batch *batch = ret_batch;

	batch->count = 0;
	for (size_t i = 0; i < count; i++) {
		err e = read_message(db, &letters[i], &batch->messages[batch->count]);

		if (e == ERR_NO_ROW)
			continue;
		if (e != OK)
			return complain("%s: its body could not be read",
					letter_id_text(db_arena(db), service, &letters[i]));
		batch->letters[batch->count++] = letters[i];
	}
	return 0;
}

static int send_batch(struct retry *r, struct db *db, const char *service, const struct letter *letters,
		      size_t count)
{
	struct batch batch;
	int rc = read_messages(db, service, letters, count, &batch);
	err sent;

	if (rc != 0)
		return rc;
	sent = bus_publish(r->bus, batch.messages, batch.count, batch.confirmed);
	if (db_transaction(db, mark_all, &batch) != OK)
		return complain("%s: what was sent could not be marked; run it again, which does no harm",
				service);
	if (sent != OK)
		return complain(
		    "the broker is away, or refuses it: what was not sent is as it was; run it again");
	report_refused(r, db, service, &batch);
	wait_for_rate(r);
	return 0;
}

/* With a rate, a few at a time, so that it is one also within a second. */
static int send_some(struct db *db, const char *service, const struct letter *letters, size_t count,
		     void *context)
{
	struct retry *r = context;
	size_t step = r->rate == 0 || r->rate / 10 >= BATCH ? BATCH : r->rate < 10 ? 1 : (size_t)r->rate / 10;
	int rc = 0;

	for (size_t i = 0; i < count && rc == 0; i += step)
		rc = send_batch(r, db, service, letters + i, count - i < step ? count - i : step);
	return rc;
}

static int wrong_words(const struct options *o)
{
	bool chosen = o->queue != NULL || o->type != NULL || o->reason != NULL || o->since.v != 0;

	if (o->all && o->count > 0)
		complain("dead retry: either ids, or --all");
	else if (!o->all && o->count == 0)
		complain("dead retry: say which: ids, or --all");
	else if (!o->all && chosen)
		complain("dead retry: --queue, --type, --reason and --since go with --all");
	else
		return 0;
	return 2;
}

int dead_retry(const struct config *config, const struct options *options)
{
	struct retry r = {.rate = options->rate, .begun = clock_steady()};
	int rc = wrong_words(options);
	struct arena *a;

	if (rc != 0)
		return rc;
	log_threshold(LOG_ALARM);
	a = arena_new();
	rc = broker_bus(a, config, "operator", &r.bus) != OK;
	if (rc == 0)
		rc = options->all ? letters_each(config, options, true, send_some, &r)
				  : letters_named(config, options, send_some, &r);
	printf(options->json ? "{\"sent\":%zu}\n" : "%zu sent again\n", r.sent);
	arena_free(a);
	return rc != 0 || r.refused ? 1 : 0;
}
