#include "sandbox/scheduler.h"
#include "sandbox/book.h"
#include "sandbox/intent.h"
#include "sandbox/session.h"
#include "sandbox/timer.h"
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static pthread_t thread;

static void run_timer(const char *id)
{
	bool is_session = strncmp(id, "cs_", 3) == 0;
	json_t *doc = book_get(is_session ? "sessions" : "intents", id);

	timer_clear(id);
	if (is_session)
		session_expire(doc);
	else if (intent_is(doc, "requires_capture"))
		intent_end(doc, "automatic");
	else if (json_object_get(doc, "_session") != NULL)
		session_settle(doc);
	else
		intent_settle(doc);
	book_commit();
}

/* A session whose payment is being decided expires after the decision, if the card was declined. */
static bool is_due(const char *id, const json_t *timer)
{
	const json_t *session;

	if (json_integer_value(json_object_get(timer, "at")) > now_ms())
		return false;
	session = book_get("sessions", id);
	return session == NULL || session_state(session) != SESSION_DECIDING;
}

/* A timer may clear others, so the search restarts after each. */
static bool run_due_timer(void)
{
	const char *key;
	json_t *timer;

	json_object_foreach(book_all("timers"), key, timer)
	{
		char id[ID_SIZE];

		if (!is_due(key, timer))
			continue;
		snprintf(id, sizeof id, "%s", key);
		run_timer(id);
		return true;
	}
	return false;
}

static void *run_timers(void *unused)
{
	while (!book_stopping()) {
		book_lock();
		while (run_due_timer())
			continue;
		book_unlock();
		usleep(50000);
	}
	return unused;
}

bool scheduler_start(void)
{
	return pthread_create(&thread, NULL, run_timers, NULL) == 0;
}

void scheduler_join(void)
{
	pthread_join(thread, NULL);
}
