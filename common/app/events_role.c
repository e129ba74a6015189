#include "common/app/roles.h"
#include "common/app/timers.h"
#include "common/base/buf.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include "common/db/outbox.h"

enum { PATIENCE_S = 60, DEAD_EVERY_S = 2 };

struct events {
	const struct app *app;
	const char *queue, *dead, *own; /* names at the broker */
	struct db *db;
	struct bus *parking; /* publishes and looks into the dead queue; consuming has a connection of its own */
	struct arena *arena; /* of one attempt at one delivery */
	/* the message that is failing, by id, and since when (clock_steady) */
	struct {
		event_id id;
		int64_t since;
	} failing;
	int64_t next_look; /* into the dead queue, clock_steady */
	uint32_t kept;     /* how many were there, and stay */
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
		buf_printf(&text, "%s%s: %s", text.len == 0 ? "" : "; ", p->field == NULL ? "body" : p->field, p->message);
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

static err send_own(struct events *r, const struct bus_message *m, const char *queue, int64_t retry, const char *reason)
{
	struct bus_message copy = *m;
	bool confirmed;
	err e;

	copy.exchange = r->own;
	copy.routing_key = queue;
	copy.retry = retry;
	copy.reason = reason;
	copy.expiration_ms = 0;
	if ((e = bus_publish(r->parking, &copy, 1, &confirmed)) != OK)
		return e;
	return confirmed ? OK : ERR_AWAY;
}

static err park(struct bus_message *m, const char *reason, void *context)
{
	struct events *r = context;

	return send_own(r, m, r->dead, m->retry, reason);
}

/* One message of the dead queue: what the delivery limit put there, and was not tried again yet, is. */
static err look_at_one(struct events *r)
{
	struct bus_message m;
	err e;

	if ((e = bus_get(r->parking, r->dead, &m)) != OK)
		return e;
	if (!text_same(m.death, "delivery_limit") || m.retry != 0) {
		r->kept++;
		return bus_settle(r->parking, m.tag, false);
	}
	if ((e = send_own(r, &m, r->queue, 1, NULL)) != OK) {
		e = bus_settle(r->parking, m.tag, false);
		return e == OK ? ERR_AWAY : e;
	}
	log_warn("a message that cut connections had parked (type %s, id %s) is tried once more", m.type == NULL ? "none" : m.type,
		 m.id == NULL ? "none" : m.id);
	return bus_settle(r->parking, m.tag, true);
}

/* Goes once through the dead queue when more or fewer are there than stay; what stays goes to the end, so the order is kept. */
static void look_at_dead(struct events *r)
{
	int64_t now = clock_steady();
	uint32_t waiting;

	if (now < r->next_look)
		return;
	r->next_look = now + DEAD_EVERY_S * SECOND;
	if (bus_count(r->parking, r->dead, &waiting) != OK || waiting == r->kept)
		return;
	r->kept = 0;
	while (waiting-- > 0)
		if (look_at_one(r) != OK)
			break;
	if (r->kept > 0)
		log_alarm("%u messages are parked in %s", r->kept, r->dead);
}

static int tick(void *context)
{
	struct events *r = context;

	look_at_dead(r);
	arena_reset(r->arena);
	db_use(r->db, r->arena);
	return timers_run(r->db);
}

static void ready(void *context)
{
	(void)context;
	app_ready();
}

int role_events(const struct app *app, const struct config *config, const volatile bool *stop)
{
	struct arena *names = arena_new();
	struct events r = {
	    .app = app,
	    .queue = arena_printf(names, "%s.events", app->name),
	    .dead = arena_printf(names, "%s.dead", app->name),
	    .own = arena_printf(names, "stagedoor.%s.own", app->name),
	};
	struct bus_consumer consumer = {
	    .queue = r.queue, .handle = handle, .park = park, .tick = tick, .ready = ready, .context = &r, .stop = stop};
	struct bus *bus = role_bus(config);
	err e;

	r.db = role_db(config);
	r.parking = role_bus(config);
	r.arena = arena_new();
	e = bus_consume(bus, &consumer);
	bus_free(bus);
	bus_free(r.parking);
	db_free(r.db);
	arena_free(r.arena);
	arena_free(names);
	return e == OK ? 0 : 1;
}
