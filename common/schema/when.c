#include "common/base/clock.h"
#include "common/base/zone.h"
#include "common/schema/kind.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

bool when_fits(when w)
{
	return w.v > 0 && w.v < INT64_C(253402300800000000); /* year 10000 */
}

const char *when_print(struct arena *a, when w)
{
	time_t second = (time_t)(w.v / SECOND);
	int fraction = (int)(w.v % SECOND);
	struct tm tm;
	char text[32];

	gmtime_r(&second, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &tm);
	return fraction == 0 ? arena_printf(a, "%sZ", text) : arena_printf(a, "%s.%06dZ", text, fraction);
}

static bool is_digits(const char *s, int n)
{
	for (int i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

static int number(const char *s, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++)
		v = v * 10 + (s[i] - '0');
	return v;
}

/* ".5" to ".123456789" as microseconds; moves *s behind it. */
static err parse_fraction(const char **s, int64_t *ret_us)
{
	int64_t us = 0;
	int n = 0;

	if (**s != '.')
		return OK;
	for ((*s)++; is_digits(*s, 1); (*s)++, n++)
		if (n < 6)
			us = us * 10 + (**s - '0');
	if (n == 0 || n > 9)
		return ERR_INVALID;
	for (; n < 6; n++)
		us *= 10;
	*ret_us = us;
	return OK;
}

/* "Z", "+01:00", "-05:30": seconds east of UTC. */
static err parse_offset(const char *s, int64_t *ret_seconds)
{
	int hours, minutes;

	if ((s[0] == 'Z' || s[0] == 'z') && s[1] == '\0') {
		*ret_seconds = 0;
		return OK;
	}
	if ((s[0] != '+' && s[0] != '-') || strlen(s) != 6 || s[3] != ':' || !is_digits(s + 1, 2) ||
	    !is_digits(s + 4, 2))
		return ERR_INVALID;
	hours = number(s + 1, 2);
	minutes = number(s + 4, 2);
	if (hours > 23 || minutes > 59)
		return ERR_INVALID;
	*ret_seconds = (s[0] == '+' ? 1 : -1) * (hours * 3600 + minutes * 60);
	return OK;
}

err when_parse(const char *text, when *ret_when)
{
	static const char shape[] = "dddd-dd-ddTdd:dd:dd";
	struct wall w = {0};
	int64_t t, us = 0, offset;
	const char *s = text + sizeof shape - 1;
	err e;

	for (size_t i = 0; i < sizeof shape - 1; i++)
		if (shape[i] == 'd' ? !is_digits(text + i, 1)
				    : text[i] != shape[i] && (shape[i] != 'T' || text[i] != 't'))
			return ERR_INVALID;
	w = (struct wall){number(text, 4),
			  number(text + 5, 2),
			  number(text + 8, 2),
			  number(text + 11, 2),
			  number(text + 14, 2),
			  number(text + 17, 2),
			  0,
			  ""};
	if ((e = parse_fraction(&s, &us)) != OK || (e = parse_offset(s, &offset)) != OK)
		return e;
	if ((e = zone_time(&w, "UTC", &t)) != OK)
		return e;
	t += us - offset * SECOND;
	if (!when_fits((when){t}))
		return ERR_INVALID;
	ret_when->v = t;
	return OK;
}
