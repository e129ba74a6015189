#include "apps/orders/refusal.h"
#include "common/base/clock.h"

static const struct {
	err error;
	const struct message *title, *sentence;
} refusals[] = {
    [NOT_REFUSED] = {OK, NULL, NULL},
    [REFUSED_UNLISTED] = {ERR_CONFLICT, &tr_refused_unlisted, &tr_refused_unlisted_why},
    [REFUSED_OWN] = {ERR_FORBIDDEN, &tr_refused_own, &tr_refused_own_why},
    [REFUSED_CHANGED] = {ERR_CONFLICT, &tr_refused_changed, &tr_refused_changed_why},
    [REFUSED_HELD_BY_BUYER] = {ERR_CONFLICT, &tr_refused_mine, &tr_refused_mine_why},
    [REFUSED_BOUGHT_BY_BUYER] = {ERR_CONFLICT, &tr_refused_yours, &tr_refused_mine_why},
    [REFUSED_HELD] = {ERR_CONFLICT, &tr_refused_faster, &tr_refused_held_why},
    [REFUSED_BOUGHT] = {ERR_CONFLICT, &tr_refused_faster, &tr_refused_bought_why},
    [REFUSED_TOO_MANY] = {ERR_CONFLICT, NULL, NULL}, /* the texts of these two contain a number */
    [REFUSED_COOL_DOWN] = {ERR_THROTTLED, &tr_refused_cool_down, NULL},
};

err refusal_err(enum refusal_reason reason)
{
	return refusals[reason].error;
}

const char *refusal_title(struct arena *a, const struct locale *l, const struct refusal *r)
{
	if (r->reason == REFUSED_TOO_MANY)
		return tr_text_refused_too_many(a, l, r->slots);
	return message_in(l, *refusals[r->reason].title);
}

const char *refusal_sentence(struct arena *a, const struct locale *l, const struct refusal *r)
{
	if (r->reason == REFUSED_TOO_MANY)
		return tr_text_refused_too_many_why(a, l, r->slots);
	if (r->reason == REFUSED_COOL_DOWN)
		return tr_text_refused_cool_down_why(a, l, r->budget.lapses.v);
	return message_in(l, *refusals[r->reason].sentence);
}

int refusal_retry_after(const struct refusal *r)
{
	if (r->reason != REFUSED_COOL_DOWN)
		return 0;
	return (int)((r->budget.allowed_at.v - r->now.v + SECOND - 1) / SECOND);
}
