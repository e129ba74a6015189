#include "common/app/dead_letter_publisher.h"
#include "common/app/dead_letters.h"
#include "common/app/patience.h"
#include "common/app/roles.h"
#include "common/app/timers.h"
#include "common/app/unknown.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/db/outbox.h"

enum { TOGETHER_MS = 200 };

struct events {
	const struct app *app;
	struct db *db;
	const char *queue;
	struct dead_letter_publisher dead_letters_out;
	struct unknown unknown;
	struct dead_letters *dead_letters;
	struct arena *arena; /* of one attempt at one delivery, or at some together */
	struct patience patience;
};

/* A delivery and the subscription that it is for; NULL: none, so that it is acknowledged and that is all. */
struct task {
	const struct subscription *subscription;
	struct envelope envelope;
	const char *correlation;
};

/* Those that are done in one transaction; after it, how many were. */
struct tasks {
	struct task *list;
	size_t count, done;
	bool again; /* this is not the first attempt */
};

static const struct subscription *subscription_of(const struct app *app, const struct event *ev)
{
	for (const struct subscription *s = app->subscriptions; s->event != NULL; s++)
		if (s->event == ev)
			return s;
	if (ev != NULL)
		log_warn("%s is not for this service: dropped", ev->type);
	return NULL;
}

/* Events and log lines of the handler carry the correlation id of the delivery. */
static err run_task(struct db *db, const struct task *t)
{
	log_request(t->correlation);
	db_correlate(db, t->correlation);
	return t->subscription->call(db, t->envelope.state);
}

/* Rows are locked until the commit, and people want them: no more than fits in a short time, and only the
 * first when somebody else was in the way. */
static err run_tasks(struct db *db, void *context)
{
	struct tasks *tasks = context;
	size_t most = tasks->again ? 1 : tasks->count;
	int64_t end = clock_steady() + TOGETHER_MS * INT64_C(1000);
	err e = OK;

	tasks->again = true;
	for (tasks->done = 0; e == OK && tasks->done < most; tasks->done++) {
		if (tasks->done > 0 && clock_steady() > end)
			break;
		e = run_task(db, &tasks->list[tasks->done]);
	}
	return e;
}

static err events_run(struct events *r, struct tasks *tasks)
{
	err e = db_transaction(r->db, run_tasks, tasks);

	db_correlate(r->db, NULL);
	log_request(NULL);
	return e;
}

static err read_task(struct events *r, const struct bus_message *m, struct problems *problems,
		     struct task *ret_task)
{
	struct task *t = ret_task;

	if (event_decode(r->arena, m->body, m->body_len, problems, &t->envelope) != OK)
		return ERR_MALFORMED;
	unknown_log(&r->unknown, &t->envelope);
	t->subscription = subscription_of(r->app, t->envelope.event);
	t->correlation = m->correlation != NULL ? m->correlation : id_text(r->arena, t->envelope.id);
	return OK;
}

static bool is_passing(err e)
{
	return e == ERR_UNAVAILABLE || e == ERR_OUTCOME_UNKNOWN || e == ERR_RETRY || e == ERR_TIMED_OUT ||
	       e == ERR_STOPPED;
}

/* A message that keeps failing on its own would block the queue, so it is dead-lettered when the shared time
 * budget is spent (patience.h). */
static err judge(struct events *r, struct bus_message *m, struct arena *a, event_id id, err e)
{
	if (e == OK)
		patience_rests(&r->patience);
	if (e == OK || is_passing(e) || patience_lasts(&r->patience, id, clock_steady()))
		return e;
	m->reason =
	    arena_printf(a, "failed for %lld s: %s", (long long)(r->patience.waited / SECOND), err_name(e));
	return ERR_MALFORMED;
}

static err events_handle(struct bus_message *m, struct arena *a, void *context)
{
	struct events *r = context;
	struct problems problems = {.arena = r->arena};
	struct task task;

	arena_reset(r->arena);
	db_use(r->db, r->arena);
	m->reason = NULL;
	if (read_task(r, m, &problems, &task) != OK) {
		m->reason = problems_line(a, &problems);
		return ERR_MALFORMED;
	}
	if (task.subscription == NULL)
		return OK;
	return judge(r, m, a, task.envelope.id, events_run(r, &(struct tasks){.list = &task, .count = 1}));
}

/* One commit for all: when many events wait, most of the time goes into commits. */
static err handle_all(struct bus_message *const *messages, size_t *count, void *context)
{
	struct events *r = context;
	struct problems problems = {.arena = r->arena};
	struct tasks tasks = {.count = *count};
	err e;

	arena_reset(r->arena);
	db_use(r->db, r->arena);
	tasks.list = arena_array(r->arena, *count, sizeof *tasks.list);
	for (size_t i = 0; i < *count; i++)
		if (read_task(r, messages[i], &problems, &tasks.list[i]) != OK ||
		    tasks.list[i].subscription == NULL)
			return ERR_MALFORMED;
	if ((e = events_run(r, &tasks)) == OK)
		*count = tasks.done;
	return e;
}

static err dead_letter(struct bus_message *m, const char *reason, void *context)
{
	struct events *r = context;

	return dead_letter_publish(&r->dead_letters_out, m, r->queue, reason);
}

static int tick(void *context)
{
	struct events *r = context;
	int timers_ms, dead_ms;

	arena_reset(r->arena);
	db_use(r->db, r->arena);
	dead_ms = dead_letters_move(r->dead_letters, r->db);
	arena_reset(r->arena);
	timers_ms = timers_run(r->db);
	return dead_ms < timers_ms ? dead_ms : timers_ms;
}

static void ready(void *context)
{
	(void)context;
	app_ready();
}

/* The queues of dead letters: its own, and those that the app names. */
static const char *const *dead_queues(struct arena *a, const struct app *app)
{
	const char **list = arena_array(a, BUS_QUEUES + 1, sizeof *list);
	size_t n = 0;

	list[n++] = arena_printf(a, "%s.dead", app->name);
	for (const char *const *queue = app->dead_queues; queue != NULL && *queue != NULL; queue++) {
		BUG_IF(n == BUS_QUEUES);
		list[n++] = *queue;
	}
	return list;
}

int role_events(const struct app *app, const struct config *config, const atomic_bool *stop)
{
	struct arena *names = arena_new();
	struct events r = {
	    .app = app,
	    .db = role_db(config),
	    .queue = arena_printf(names, "%s.events", app->name),
	    .dead_letters_out = dead_letter_publisher_make(names, app->name, role_bus(config)),
	    .unknown = {.arena = names},
	    .arena = arena_new(),
	    .patience = patience_make(config->event_patience * SECOND),
	};
	struct bus_consumer consumer = {
	    .queue = r.queue,
	    .handle = events_handle,
	    .handle_all = handle_all,
	    .dead_letter = dead_letter,
	    .tick = tick,
	    .ready = ready,
	    .context = &r,
	    .stop = stop,
	};
	struct bus *bus = role_bus(config), *dead_bus = role_bus(config);
	err e;

	r.dead_letters = dead_letters_new(dead_bus, r.dead_letters_out.bus, dead_queues(names, app));
	e = bus_consume(bus, &consumer);
	bus_free(bus);
	bus_free(dead_bus);
	dead_letters_free(r.dead_letters);
	bus_free(r.dead_letters_out.bus);
	db_free(r.db);
	arena_free(r.arena);
	arena_free(names);
	return e == OK ? 0 : 1;
}
