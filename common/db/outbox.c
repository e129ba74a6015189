/*
 * Events are rows of the outbox, written in the transaction of the change that they report, and published by
 * the relay afterwards (common/app/relay_role.c). So an event exists exactly when its change does, whether or
 * not the broker is available. What must hold: outbox_add is called inside a transaction; the correlation id
 * of the request goes along, and is dropped when it does not fit, because a foreign id must not stop a
 * change.
 */
#include "common/db/outbox.h"
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "common/base/log.h"
#include "common/db/internal.h"
#include "common/db/lists.h"
#include <stdio.h>
#include <string.h>

static const char *db_correlation(const struct db *db)
{
	return db->correlation[0] == '\0' ? NULL : db->correlation;
}

err outbox_add(struct db *db, const struct outbox_event *event)
{
	err e = outbox_insert(db,
			      &(struct outbox_entry){.event_id = event->id,
						     .type = {event->type},
						     .subject = {event->subject},
						     .version = event->version,
						     .body = {event->body},
						     .correlation_id = {db_correlation(db)},
						     .offset = {clock_offset()}},
			      NULL);

	FAILPOINT(event_added);
	if (e == OK)
		db_wake_after_commit(db);
	return e;
}

void db_correlate(struct db *db, const char *id)
{
	/* an id that somebody else's message brought may be anything, and must not stop what it goes with */
	bool fits = id != NULL && strlen(id) <= CORRELATION_MAX && kind_fits(&kind_short_text, &id);

	if (id != NULL && !fits)
		log_debug("a correlation id was dropped: not 1 to %d visible ASCII characters",
			  CORRELATION_MAX);
	snprintf(db->correlation, sizeof db->correlation, "%s", fits ? id : "");
}
