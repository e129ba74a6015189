#ifndef STAGEDOOR_ORDERS_CALENDAR_H
#define STAGEDOOR_ORDERS_CALENDAR_H

#include "common/schema/kind.h"

/* One show, as calendars take it. Texts may have more than one line; what is NULL is left out. */
struct calendar_event {
	const char *uid;     /* globally unique and permanent: "<id>@<host>" */
	when stamp;          /* when what it says was last settled */
	when starts;         /* how long it lasts nobody has said */
	const char *summary; /* the line in the calendar */
	const char *location, *description;
	const char *url; /* the page about it; ASCII without line ends */
};

/* A calendar of that one event: iCalendar, text/calendar (RFC 5545). Lines end in CRLF and are folded at 75
 * octets, never inside a character. */
const char *calendar_text(struct arena *a, const struct calendar_event *event);

#endif
