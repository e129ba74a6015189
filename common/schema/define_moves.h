/*
 * #define MOVE_LIST "apps/x/moves.def" and MOVE_SET x, then include this in one .c file: what declare_moves.h
 * declares.
 */
#include "common/schema/move.h"

enum {
#define MOVE(source, target, kept) MOVE_##source##_to_##target,
#include MOVE_LIST
#undef MOVE
};
static const struct move move_rows[] = {
#define MOVE(source, target, kept) {#source " to " #target, record_##source, record_##target, kept},
#include MOVE_LIST
#undef MOVE
    {NULL, NULL, NULL, NULL}};
#define MOVE(source, target, kept) \
	void source##_to_##target(const struct source *from, struct target *to) \
	{ \
		move_fields(&move_rows[MOVE_##source##_to_##target], from, to); \
	}
#include MOVE_LIST
#undef MOVE

#define MOVE_SET_TEXT_(set)  #set
#define MOVE_SET_TEXT(set)   MOVE_SET_TEXT_(set)
#define MOVE_LIST_NAME_(set) set##_moves
#define MOVE_LIST_NAME(set)  MOVE_LIST_NAME_(set)
const struct move_list MOVE_LIST_NAME(MOVE_SET) = {MOVE_SET_TEXT(MOVE_SET), move_rows};
#undef MOVE_SET_TEXT_
#undef MOVE_SET_TEXT
#undef MOVE_LIST_NAME_
#undef MOVE_LIST_NAME
#undef MOVE_LIST
#undef MOVE_SET
