#include "common/app/parking.h"
#include "common/app/roles.h"
#include "common/app/timers.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/db/outbox.h"

enum { PATIENCE_S = 60 };

struct events {
	const struct app *app;
	struct db *db;
	struct parking parking;
	struct arena *arena; /* of one attempt at one delivery */
	/* the message that is failing, by id, and since when (clock_steady) */
	struct {
		event_id id;
		int64_t since;
	} failing;
};

/* A delivery and the subscription that it is for. */
struct task {
	const struct subscription *subscription;
	const struct envelope *envelope;
};

static const struct subscription *subscription_of(const struct app *app, const struct event *ev)
{
	for (const struct subscription *s = app->subscriptions; s->event != NULL; s++)
		if (s->event == ev)
			return s;
	return NULL;
}

static err run_task(struct db *db, void *context)
{
	const struct task *t = context;

	return t->subscription->call(&t->subscription->fn, db, t->envelope->state);
}

static const char *reasons_of(struct arena *a, const struct problems *problems)
{
	struct buf text = BUF(a);

	for (const struct problem *p = problems->first; p != NULL && text.len < 200; p = p->next)
		buf_printf(&text, "%s%s: %s", text.len == 0 ? "" : "; ", p->field == NULL ? "body" : p->field,
			   p->message);
	return buf_text(&text);
}

static bool is_passing(err e)
{
	return e == ERR_AWAY || e == ERR_LOST || e == ERR_RETRY || e == ERR_TIMED_OUT || e == ERR_STOPPED;
}

/* What fails for reasons of its own would hold up the queue for ever: after a minute it is parked. */
static err judge(struct events *r, struct bus_message *m, struct arena *a, event_id id, err e)
{
	int64_t now = clock_steady();

	if (e == OK || is_passing(e))
		return e;
	if (!id_same(r->failing.id, id)) {
		r->failing.id = id;
		r->failing.since = now;
	}
	if (now - r->failing.since < PATIENCE_S * SECOND)
		return e;
	m->reason = arena_printf(a, "failed for a minute: %s", err_name(e));
	return ERR_MALFORMED;
}

static err apply(struct events *r, struct bus_message *m, struct arena *a, const struct envelope *envelope)
{
	struct task task = {subscription_of(r->app, envelope->event), envelope};
	const char *correlation = m->correlation != NULL ? m->correlation : id_text(r->arena, envelope->id);
	err e;

	if (task.subscription == NULL) {
		log_warn("%s is not subscribed to: dropped", envelope->event->type);
		return OK;
	}
	log_request(correlation);
	db_use(r->db, r->arena);
	db_correlate(r->db, correlation);
	e = db_transaction(r->db, run_task, &task);
	db_correlate(r->db, NULL);
	log_request(NULL);
	return judge(r, m, a, envelope->id, e);
}

static err handle(struct bus_message *m, struct arena *a, void *context)
{
	struct events *r = context;
	struct problems problems = {.arena = r->arena};
	struct envelope envelope;

	arena_reset(r->arena);
	m->reason = NULL;
	if (event_decode(r->arena, m->body, m->body_len, &problems, &envelope) != OK) {
		m->reason = reasons_of(a, &problems);
		return ERR_MALFORMED;
	}
	return apply(r, m, a, &envelope);
}

static err park(struct bus_message *m, const char *reason, void *context)
{
	struct events *r = context;

	return parking_park(&r->parking, m, reason);
}

static int tick(void *context)
{
	struct events *r = context;

	parking_look(&r->parking);
	arena_reset(r->arena);
	db_use(r->db, r->arena);
	return timers_run(r->db);
}

static void ready(void *context)
{
	(void)context;
	app_ready();
}

int role_events(const struct app *app, const struct config *config, const atomic_bool *stop)
{
	struct arena *names = arena_new();
	struct events r = {
	    .app = app,
	    .db = role_db(config),
	    .parking = parking_make(names, app->name, role_bus(config)),
	    .arena = arena_new(),
	};
	struct bus_consumer consumer = {
	    .queue = arena_printf(names, "%s.events", app->name),
	    .handle = handle,
	    .park = park,
	    .tick = tick,
	    .ready = ready,
	    .context = &r,
	    .stop = stop,
	};
	struct bus *bus = role_bus(config);
	err e = bus_consume(bus, &consumer);

	bus_free(bus);
	bus_free(r.parking.bus);
	db_free(r.db);
	arena_free(r.arena);
	arena_free(names);
	return e == OK ? 0 : 1;
}
