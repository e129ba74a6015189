#include "common/base/zone.h"
#include "common/base/clock.h"
#include "common/base/err.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

enum { NAME = 64, PLACES = 1000 };

static char *places[PLACES + 1];

static bool to_uchar(const char *name, UChar out[NAME])
{
	if (name == NULL || strlen(name) >= NAME)
		return false;
	for (const char *p = name; *p != '\0'; p++)
		if ((unsigned char)*p > 0x7e || *p <= ' ')
			return false;
	u_uastrcpy(out, name);
	return true;
}

bool zone_is_known(const char *name)
{
	UChar id[NAME], canonical[NAME];
	UBool is_system = false;
	UErrorCode e = U_ZERO_ERROR;

	if (!to_uchar(name, id))
		return false;
	ucal_getCanonicalTimeZoneID(id, -1, canonical, NAME, &is_system, &e);
	return U_SUCCESS(e) && is_system;
}

static bool is_place(const char *name)
{
	static const char *const regions[] = {"Africa/", "America/",  "Antarctica/", "Arctic/",
					      "Asia/",   "Atlantic/", "Australia/",  "Europe/",
					      "Indian/", "Pacific/",  "UTC"};

	for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
		if (strncmp(name, regions[i], strlen(regions[i])) == 0)
			return true;
	return false;
}

static int by_name(const void *x, const void *y)
{
	return strcmp(*(char *const *)x, *(char *const *)y);
}

static void find_places(void)
{
	UErrorCode e = U_ZERO_ERROR;
	UEnumeration *names = ucal_openTimeZones(&e);
	const char *name;
	size_t count = 0;

	while ((name = uenum_next(names, NULL, &e)) != NULL && U_SUCCESS(e))
		if (is_place(name) && count < PLACES) {
			places[count] = strdup(name);
			BUG_IF(places[count++] == NULL);
		}
	uenum_close(names);
	qsort(places, count, sizeof *places, by_name);
}

const char *const *zone_names(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, find_places);
	return (const char *const *)places;
}

static UCalendar *open_calendar(const char *zone)
{
	UChar id[NAME];
	UErrorCode e = U_ZERO_ERROR;
	UCalendar *c;

	if (!zone_is_known(zone) || !to_uchar(zone, id))
		return NULL;
	c = ucal_open(id, -1, "en", UCAL_GREGORIAN, &e);
	return U_SUCCESS(e) ? c : NULL;
}

static void put_zone_name(const UCalendar *c, struct wall *w)
{
	UErrorCode e = U_ZERO_ERROR;
	UChar name[NAME];
	bool summer = ucal_get(c, UCAL_DST_OFFSET, &e) != 0;

	ucal_getTimeZoneDisplayName(c, summer ? UCAL_SHORT_DST : UCAL_SHORT_STANDARD, "en_GB", name, NAME,
				    &e);
	if (U_SUCCESS(e) && u_strlen(name) < (int)sizeof w->zone)
		u_austrncpy(w->zone, name, sizeof w->zone - 1);
}

err zone_wall(int64_t time, const char *zone, struct wall *ret_wall)
{
	UErrorCode e = U_ZERO_ERROR;
	UCalendar *c = open_calendar(zone);
	struct wall w = {0};

	if (c == NULL)
		return ERR_INVALID;
	ucal_setMillis(c, (double)(time / 1000), &e);
	w.year = ucal_get(c, UCAL_YEAR, &e);
	w.month = ucal_get(c, UCAL_MONTH, &e) + 1;
	w.day = ucal_get(c, UCAL_DATE, &e);
	w.hour = ucal_get(c, UCAL_HOUR_OF_DAY, &e);
	w.minute = ucal_get(c, UCAL_MINUTE, &e);
	w.second = ucal_get(c, UCAL_SECOND, &e);
	w.weekday = ucal_get(c, UCAL_DAY_OF_WEEK, &e) - 1;
	put_zone_name(c, &w);
	ucal_close(c);
	if (U_FAILURE(e))
		return ERR_INVALID;
	*ret_wall = w;
	return OK;
}

static bool is_date(const struct wall *w)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (w->year % 4 == 0 && w->year % 100 != 0) || w->year % 400 == 0;

	return w->year >= 1970 && w->year <= 9999 && w->month >= 1 && w->month <= 12 && w->day >= 1 &&
	       w->day <= days[w->month - 1] + (w->month == 2 && leap) && w->hour >= 0 && w->hour < 24 &&
	       w->minute >= 0 && w->minute < 60 && w->second >= 0 && w->second < 60;
}

err zone_time(const struct wall *wall, const char *zone, int64_t *ret_time)
{
	UErrorCode e = U_ZERO_ERROR;
	UCalendar *c;
	double ms;

	if (!is_date(wall) || (c = open_calendar(zone)) == NULL)
		return ERR_INVALID;
	ucal_setAttribute(c, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
	ucal_clear(c);
	ucal_setDateTime(c, wall->year, wall->month - 1, wall->day, wall->hour, wall->minute, wall->second,
			 &e);
	ms = ucal_getMillis(c, &e);
	ucal_close(c);
	if (U_FAILURE(e))
		return ERR_INVALID;
	*ret_time = (int64_t)ms * 1000;
	return OK;
}
