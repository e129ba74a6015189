#include "common/base/clock.h"
#include "common/html/pages.h"

const char *hold_left(struct arena *a, const struct locale *l, when until, when now)
{
	int64_t minutes = (until.v - now.v) / (60 * SECOND);

	return minutes < 1 ? message_in(l, tr_hold_moments) : tr_text_hold_minutes(a, l, minutes);
}
