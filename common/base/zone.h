#ifndef STAGEDOOR_BASE_ZONE_H
#define STAGEDOOR_BASE_ZONE_H

#include "common/base/err.h"
#include <stdbool.h>
#include <stdint.h>

/* A date and time on a wall; month 1 to 12, weekday 0 (Sunday) to 6. */
struct wall {
	int year, month, day, hour, minute, second, weekday;
	char zone[16]; /* "GMT", "CET", "GMT+5:30" */
};

/* Is name one of the IANA time zone database ("Europe/London", "UTC")? */
bool zone_is_known(const char *name);

/* The places of that database ("Europe/London"; no "EST5EDT") and "UTC", in the order of the alphabet, for
 * lists to choose from; NULL ends them. */
const char *const *zone_names(void);

/* What a clock in zone shows at time (microseconds UTC). ERR_INVALID for an unknown zone. */
err zone_wall(int64_t time, const char *zone, struct wall *ret_wall) NODISCARD;

/*
 * The time at which a clock in zone shows wall (weekday and zone name are not read). A time that a change of
 * the clocks skips moves on by the gap; one that comes twice is the first. ERR_INVALID for an impossible date
 * or an unknown zone.
 */
err zone_time(const struct wall *wall, const char *zone, int64_t *ret_time) NODISCARD;

#endif
