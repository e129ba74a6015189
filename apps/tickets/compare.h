#ifndef STAGEDOOR_TICKETS_COMPARE_H
#define STAGEDOOR_TICKETS_COMPARE_H

#include "apps/tickets/views.h"

/* The offer of an edit. */
struct ticket_form offer_in(const struct edit_form *form);

/* What <input type="datetime-local"> shows of its start: the clock of its zone, offer_zone. NULL: no date. */
const char *offer_start_text(struct arena *a, const struct ticket *t);
time_zone offer_zone_of(const struct ticket *t);

/*
 * The start that was typed into the form of that listing: what stands, when the field is as it was shown,
 * since it holds neither a fraction of a second nor which of autumn's two hours it is.
 */
when offer_start(const struct web *w, const struct ticket *t, when typed);

/*
 * For a form of an edit that was sent, but rests on an older revision: what stands now beside what was typed,
 * field by field, both as people read them, or as it was typed where that cannot be read. "40" and "40.00"
 * are the same. Sets view->differences.
 */
void offer_compare_typed(struct web *w, const struct ticket *t, struct offer_view *view);

#endif
