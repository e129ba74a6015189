#ifndef STAGEDOOR_APP_DEAD_LETTERS_H
#define STAGEDOOR_APP_DEAD_LETTERS_H

#include "common/bus/bus.h"
#include "common/db/db.h"

/*
 * Moves what is in queues of dead letters into the table dead_letter of a database (sql/common), where it
 * stays until a person decides (stagedoor dead): looking at it there costs the broker nothing, and no count
 * of deliveries can end it. What the broker parked at the delivery limit is first tried once more, by itself
 * (header x-retry 1): cut connections count against all that was prefetched, so most such messages are
 * healthy.
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
