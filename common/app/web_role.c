#include "common/app/roles.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/http/dispatch.h"
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

/* Without the database the set may be old, or empty in a new worker: it is looked for soon, before much can
 * be done with it. */
enum { RELOAD_MS = 2000, RELOAD_SOON_MS = 200, KEYS_SECONDS = 30 };

/* One web program: what its workers share, and in each the thread that follows the revocations. */
struct web_program {
	const struct app *app;
	struct web_site site;
	pthread_t follower;
	struct db *db; /* of the follower, as the arena and the rest */
	struct arena *arena;
	bool was_well;
	pthread_mutex_t lock;
	pthread_cond_t ending;
	bool ends;
};

/* At the first start auth makes the keys while the others start. */
static err open_keys(const struct config *config, struct keyring **ret_keyring)
{
	const struct timespec pause = {0, 200 * 1000 * 1000};
	int64_t end = clock_steady() + KEYS_SECONDS * SECOND;
	err e = keyring_open(config->keys_dir, ret_keyring);

	if (e != OK)
		log_warn("no key to verify sessions with in %s; waiting up to %d s for one", config->keys_dir,
			 KEYS_SECONDS);
	while (e != OK && clock_steady() < end) {
		nanosleep(&pause, NULL);
		e = keyring_open(config->keys_dir, ret_keyring);
	}
	if (e != OK)
		log_error("still no key in %s", config->keys_dir);
	return e;
}

/* With the database away the old set stays: nothing can be changed without it anyway. */
static void reload(struct web_program *p)
{
	err e;

	db_use(p->db, p->arena);
	e = revoked_reload(p->db);
	if ((e == OK) != p->was_well)
		log_warn("ended sessions %s",
			 e == OK ? "are followed again" : "cannot be followed: the database does not answer");
	p->was_well = e == OK;
	arena_reset(p->arena);
}

static bool pause_follower(struct web_program *p)
{
	int64_t ms = p->was_well ? RELOAD_MS : RELOAD_SOON_MS;
	struct timespec until;
	bool ends;

	clock_gettime(CLOCK_REALTIME, &until);
	ms += until.tv_nsec / 1000000;
	until.tv_sec += ms / 1000;
	until.tv_nsec = ms % 1000 * 1000000;
	pthread_mutex_lock(&p->lock);
	if (!p->ends)
		pthread_cond_timedwait(&p->ending, &p->lock, &until);
	ends = p->ends;
	pthread_mutex_unlock(&p->lock);
	return !ends;
}

static void *follow_revocations(void *argument)
{
	struct web_program *p = argument;

	while (pause_follower(p))
		reload(p);
	return NULL;
}

/* Reloads before the first request, so that a new worker refuses ended sessions at once. */
static void begin_to_follow(struct web_program *p)
{
	p->db = role_db(p->site.config);
	p->arena = arena_new();
	p->was_well = true;
	reload(p);
	BUG_IF(pthread_create(&p->follower, NULL, follow_revocations, p) != 0);
}

static err process_begin(void *context)
{
	struct web_program *p = context;
	err e;

	if ((e = open_keys(p->site.config, &p->site.keyring)) != OK)
		return e;
	if (p->app->start != NULL && (e = p->app->start(p->site.config, &p->site.app)) != OK) {
		log_error("%s cannot start: %s", p->app->name, err_name(e));
		return e;
	}
	begin_to_follow(p);
	return OK;
}

static void process_end(void *context)
{
	struct web_program *p = context;

	pthread_mutex_lock(&p->lock);
	p->ends = true;
	pthread_cond_signal(&p->ending);
	pthread_mutex_unlock(&p->lock);
	pthread_join(p->follower, NULL);
	db_free(p->db);
	arena_free(p->arena);
	if (p->app->end != NULL)
		p->app->end(p->site.app);
	keyring_close(p->site.keyring);
}

struct web_thread {
	const struct web_site *site;
	struct db *db;
};

static void *thread_begin(void *context)
{
	struct web_program *p = context;
	struct web_thread *t = calloc(1, sizeof *t);

	BUG_IF(t == NULL);
	*t = (struct web_thread){&p->site, role_db(p->site.config)};
	return t;
}

static void thread_end(void *thread)
{
	struct web_thread *t = thread;

	db_free(t->db);
	free(t);
}

static void serve(void *thread, struct arena *a, const struct pool_request *request,
		  struct pool_answer *ret_answer)
{
	const struct web_thread *t = thread;

	web_answer(t->site, t->db, a, request, ret_answer);
}

static unsigned at_least_one(int64_t n)
{
	return n < 1 ? 1 : (unsigned)n;
}

int role_web(const struct app *app, const struct config *config)
{
	struct web_program p = {.app = app,
				.site = {.config = config, .routes = app->routes, .is_revoked = revoked_has},
				.lock = PTHREAD_MUTEX_INITIALIZER,
				.ending = PTHREAD_COND_INITIALIZER};
	const struct pool pool = {.socket = config->socket,
				  .processes = at_least_one(config->processes),
				  .threads = at_least_one(config->threads),
				  .max_requests = config->max_requests,
				  .process_begin = process_begin,
				  .process_end = process_end,
				  .thread_begin = thread_begin,
				  .thread_end = thread_end,
				  .serve = serve,
				  .ready = app_ready,
				  .context = &p};

	return pool_run(&pool);
}
