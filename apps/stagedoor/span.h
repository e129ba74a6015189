#ifndef STAGEDOOR_COMMAND_SPAN_H
#define STAGEDOOR_COMMAND_SPAN_H

#include "common/base/arena.h"
#include <stdint.h>

/* "90 s", "5 min", "3 h", "2 d": a duration of us microseconds, rounded down to a unit that people read. */
const char *span_text(struct arena *a, int64_t us);

#endif
