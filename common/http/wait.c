#include "common/base/clock.h"
#include "common/http/web.h"
#include <stdatomic.h>
#include <time.h>

enum { PAUSE_MS = 15, WAIT_MS = 300 };

#define REPLICATION_LAG_MAX (60 * SECOND)

static atomic_int waiting;

err web_wait(struct web *w, err (*ready)(struct web *w, void *context), void *context)
{
	const struct timespec pause = {0, PAUSE_MS * 1000 * 1000};
	int64_t end = clock_steady() + WAIT_MS * 1000;
	err e = ready(w, context);

	if (e == OK)
		return OK;
	if (atomic_fetch_add(&waiting, 1) < w->config->threads / 4)
		while (e != OK && clock_steady() < end) {
			nanosleep(&pause, NULL);
			e = ready(w, context);
		}
	atomic_fetch_sub(&waiting, 1);
	return e;
}

bool web_replica_may_lag(const uint8_t id[UUID_BYTES])
{
	int64_t age = clock_now() - uuid_time(id);

	return age >= -REPLICATION_LAG_MAX && age < REPLICATION_LAG_MAX;
}
