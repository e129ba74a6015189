#ifndef STAGEDOOR_DB_OUTBOX_H
#define STAGEDOOR_DB_OUTBOX_H

#include "common/db/db.h"

/*
 * The transactional outbox: events are rows, written in the transaction of the change that they report,
 * published later by the service's relay, kept 30 days as the service's event log. Add the row after the
 * versioned UPDATE: its row lock makes the order of ids the order of versions.
 */
struct outbox_event {
	event_id id;
	const char *type;    /* "order.created" */
	const char *subject; /* the id that it is about, as text */
	version version;
	const char *body; /* the whole CloudEvents JSON */
};

/* Adds the event; the relay is woken after the commit. The correlation id is that of the unit of work:
 * db_correlate. */
err outbox_add(struct db *db, const struct outbox_event *event) NODISCARD;

/* The request id (or the correlation id of the delivery) that outbox rows carry on from now; NULL for none.
 */
void db_correlate(struct db *db, const char *id);

#endif
