#include "apps/tickets/day.h"
#include "common/base/text.h"
#include "common/base/zone.h"
#include <stdio.h>

const char *day_of(struct arena *a, when starts_at, time_zone zone)
{
	struct wall wall;

	if (starts_at.v == 0 || (zone_wall(starts_at.v, zone.v == NULL ? "UTC" : zone.v, &wall) != OK))
		return DAY_LAST;
	return arena_printf(a, "%04d-%02d-%02d", wall.year, wall.month, wall.day);
}

bool day_is_real(const char *day)
{
	struct wall wall = {0};
	int64_t time;
	int used = 0;

	if (strspn(day, "0123456789-") != 10 || day[10] != '\0')
		return false;
	if (sscanf(day, "%4d-%2d-%2d%n", &wall.year, &wall.month, &wall.day, &used) != 3 || used != 10)
		return false;
	return zone_time(&wall, "UTC", &time) == OK;
}
