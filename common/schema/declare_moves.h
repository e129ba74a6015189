/*
 * #define MOVE_LIST "apps/x/moves.def" and MOVE_SET x, then include this: the typed function of each MOVE,
 * and the list x_moves. The records and queries of the list must be declared before. No guard: once a list.
 */
#include "common/schema/move.h"

#define MOVE(source, target, kept) void source##_to_##target(const struct source *from, struct target *to);
#include MOVE_LIST
#undef MOVE

#define MOVE_LIST_NAME_(set) set##_moves
#define MOVE_LIST_NAME(set)  MOVE_LIST_NAME_(set)
extern const struct move_list MOVE_LIST_NAME(MOVE_SET);
#undef MOVE_LIST_NAME_
#undef MOVE_LIST_NAME
#undef MOVE_LIST
#undef MOVE_SET
