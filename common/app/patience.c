#include "common/app/patience.h"
#include "common/base/clock.h"

enum { REFILL = 10 };

struct patience patience_make(int64_t budget_us)
{
	return (struct patience){.budget = budget_us, .left = budget_us};
}

/* A wait for nearly nothing would cost each of many messages a pause, so the first one takes what is worth
 * it. */
static int64_t least(const struct patience *p)
{
	return p->budget < SECOND ? p->budget : SECOND;
}

bool patience_lasts(struct patience *p, event_id id, int64_t now)
{
	bool goes_on = id_same(p->id, id), lasts;
	int64_t passed = p->at == 0 ? 0 : now - p->at;

	p->left += goes_on ? -passed : passed / REFILL;
	if (p->left > p->budget)
		p->left = p->budget;
	p->waited = goes_on ? p->waited + passed : 0;
	p->at = now;
	lasts = p->left > 0 && (goes_on || p->left >= least(p));
	p->id = lasts ? id : (event_id){{0}};
	return lasts;
}

void patience_rests(struct patience *p)
{
	p->id = (event_id){{0}};
}
