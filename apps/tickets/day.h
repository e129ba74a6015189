#ifndef STAGEDOOR_TICKETS_DAY_H
#define STAGEDOOR_TICKETS_DAY_H

#include "common/schema/kind.h"

/* Days are text, "2026-12-03", so that they compare as text. The last one is that of undated shows. */
#define DAY_FIRST "0000-00-00"
#define DAY_LAST  "9999-12-31"

/* The start that the database gives undated shows, for ordering (starts_order): microseconds. */
#define UNDATED INT64_C(253402214400000000)

/* The day of a show by the venue's calendar (UTC without a zone), in the arena; DAY_LAST without a start, or
 * for a zone that is not known. */
const char *day_of(struct arena *a, when starts_at, time_zone zone);

/* Is the text a day of the calendar, "2026-12-03"? */
bool day_is_real(const char *day);

#endif
