#ifndef STAGEDOOR_APP_DEAD_LETTERS_H
#define STAGEDOOR_APP_DEAD_LETTERS_H

#include "common/bus/bus.h"
#include "common/db/db.h"

/*
 * Moves messages from dead-letter queues into the table dead_letter of a database (sql/common), where they
 * stay until an operator decides (stagedoor dead). Reading them there does not involve the broker, and no
 * delivery count can remove them. A message that the broker dead-lettered at the delivery limit is first
 * retried once, alone (header x-retry 1): a cut connection counts against every prefetched message, so most
 * of them are healthy.
 */
struct dead_letters;

/* queues: NULL ends it, at most BUS_QUEUES. All live as long. The reader is for this alone. */
struct dead_letters *dead_letters_new(struct bus *reader, struct bus *publisher, const char *const *queues);
void dead_letters_free(struct dead_letters *d);

/*
 * Moves a batch when there is one: at most 60 messages, committed, then acked; what is not committed is kept
 * and tried again, never given back. Looks every 200 ms, and at once after a batch. How many ms until it
 * wants to be called again.
 */
int dead_letters_move(struct dead_letters *d, struct db *db);

#endif
