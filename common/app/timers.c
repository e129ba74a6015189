#include "common/app/timers.h"
#include "common/app/app.h"
#include "common/base/clock.h"
#include "common/base/log.h"
#include <string.h>

enum { TIMERS = 4096, LONGEST_MS = 1000 };

struct timer {
	int64_t due;
	err (*fn)(struct db *db, const void *key);
	uint8_t id[16];
};

static struct timer timers[TIMERS];
static size_t count;
static int64_t earliest = INT64_MAX;

static bool is_same(const struct timer *t, err (*fn)(struct db *, const void *), const uint8_t id[16])
{
	return t->fn == fn && memcmp(t->id, id, sizeof t->id) == 0;
}

void app_at(when due, err (*fn)(struct db *db, const void *key), const uint8_t id[16])
{
	for (size_t i = 0; i < count; i++)
		if (is_same(&timers[i], fn, id))
			return;
	if (count == TIMERS) {
		log_warn("no room for another timer: the sweep will see to it");
		return;
	}
	timers[count] = (struct timer){.due = due.v, .fn = fn};
	memcpy(timers[count++].id, id, sizeof timers->id);
	if (due.v < earliest)
		earliest = due.v;
}

static err run_timer(struct db *db, void *context)
{
	const struct timer *t = context;

	return t->fn(db, t->id);
}

/* It leaves the table first: whatever becomes of it, the sweep comes after it. */
static void fire(struct db *db, size_t i)
{
	struct timer t = timers[i];
	err e;

	timers[i] = timers[--count];
	if ((e = db_transaction(db, run_timer, &t)) != OK)
		log_warn("a timer failed: %s", err_name(e));
}

static void find_earliest(void)
{
	earliest = INT64_MAX;
	for (size_t i = 0; i < count; i++)
		if (timers[i].due < earliest)
			earliest = timers[i].due;
}

int timers_run(struct db *db)
{
	int64_t left;

	if (clock_now() >= earliest) {
		for (size_t i = count; i-- > 0;)
			if (timers[i].due <= clock_now())
				fire(db, i);
		find_earliest();
	}
	if (count == 0)
		return LONGEST_MS;
	left = (earliest - clock_now() + 999) / 1000;
	return left < 0 ? 0 : left > LONGEST_MS ? LONGEST_MS : (int)left;
}
