#ifndef STAGEDOOR_SCHEMA_MOVE_H
#define STAGEDOOR_SCHEMA_MOVE_H

#include "common/schema/record.h"

/*
 * A move copies from one record to another the fields that have the same name and kind. Every move is a row
 * of a list (apps/<app>/moves.def):
 *
 *   MOVE(ticket, ticket_state, "")
 *   MOVE(ticket, ticket_insert_in, "starts_day revised_at")
 *
 * The third entry names the fields of the target that the move leaves as they are; proposed_* are all whose
 * names begin so. make unit fails when a field of the target is neither in the source nor among these, and
 * when one of these is no field of the target, so that a field that is added to one side cannot be forgotten.
 *
 * declare_moves.h makes of a row
 *
 *   void ticket_to_ticket_state(const struct ticket *from, struct ticket_state *to)
 *
 * and the list x_moves of MOVE_SET x. Strings are not copied: both records point to the same.
 */
struct move {
	const char *name;
	const struct record *(*from)(void), *(*to)(void);
	const char *kept; /* the fields of `to` that stay as they are, separated by spaces */
};

/* The moves of one list; a row whose name is NULL ends it. */
struct move_list {
	const char *name;
	const struct move *moves;
};

/*
 * What the typed functions call: `from` is a record of m->from(), `to` one of m->to(); they must not overlap.
 */
void move_fields(const struct move *m, const void *from, void *to);

/*
 * The first fault of the move, or NULL: the name of a field of the target that has no source and is not among
 * those kept, or the rest of m->kept from a word on that is no field of the target.
 */
const char *move_wrong(const struct move *m);

#endif
