#ifndef STAGEDOOR_BASE_CLOCK_H
#define STAGEDOOR_BASE_CLOCK_H

#include "common/base/err.h"
#include <stdint.h>

#define SECOND INT64_C(1000000) /* microseconds, the unit of all times here */

/*
 * The one clock: microseconds since 1970-01-01T00:00:00Z. Tests move it by a file of 8 bytes (int64_t, native
 * order: the offset in microseconds), named at start; without the file the offset is 0.
 */
int64_t clock_now(void);

/* What tests have moved the clock by; the database layer adds it to the database's own clock. */
int64_t clock_offset(void);

/* Maps the offset file, which is created when missing. NULL or "" leaves the clock alone. ERR_NOT_FOUND. */
err clock_follow(const char *path) NODISCARD;

/* Microseconds of a clock that never jumps, for durations only. */
int64_t clock_steady(void);

#endif
