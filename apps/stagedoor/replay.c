#include "apps/stagedoor/replay.h"
#include "apps/stagedoor/complain.h"
#include "apps/stagedoor/connections.h"
#include "apps/stagedoor/stagedoor.h"
#include "common/base/clock.h"
#include "common/schema/services.h"
#include <stdio.h>

#define DAY  (24 * 3600 * SECOND)
#define KEPT (31 * DAY) /* longer than an outbox keeps what was sent */

/* Every outbox is a log of what was published, and consumers ignore what they know: marked as unsent, the
 * relays publish it again. */
static err send_again(struct db *db, int64_t past, int64_t *ret_count)
{
	struct outbox_send_again_in in = {0};
	int64_t met = 1;
	err e;

	*ret_count = 0;
	if ((e = db_now(db, &in.begun)) != OK)
		return e;
	in.since.v = in.begun.v - past;
	for (; met > 0; *ret_count += met)
		if ((e = outbox_send_again(db, &in, &met)) != OK)
			return e;
	return OK;
}

static int replay_of(const struct config *config, int64_t past)
{
	struct arena *a = arena_new();
	int rc = 0;

	for (size_t i = 0; services_with_database[i] != NULL; i++) {
		int64_t count;

		if (send_again(service_db(a, config, services_with_database[i], 0), past, &count) == OK)
			printf("%s: %lld events are published again\n", services_with_database[i],
			       (long long)count);
		else
			rc = complain("%s: the outbox could not be marked; run it again",
				      services_with_database[i]);
	}
	arena_free(a);
	return rc;
}

int replay(const struct config *config)
{
	return replay_of(config, DAY);
}

int replay_all(const struct config *config)
{
	return replay_of(config, KEPT);
}
