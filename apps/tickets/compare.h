#ifndef STAGEDOOR_TICKETS_COMPARE_H
#define STAGEDOOR_TICKETS_COMPARE_H

#include "apps/tickets/view.h"

/* The edit form of an offer: the fields of the offer, and what its seller typed beside what is stored now. */

/* The offer in the form of an edit. */
struct ticket_form offer_in(const struct edit_form *form);

/* The value of <input type="datetime-local"> for its start: local time in offer_zone_of. NULL: no date. */
const char *offer_start_text(struct arena *a, const struct ticket *t);

/* The zone of its start; UTC for a listing with a start and no zone; null without a start. */
time_zone offer_zone_of(const struct ticket *t);

/*
 * The start that the form asks for: `typed`, the parsed field, or the listing's own start when field and zone
 * are as the form showed them. The field cannot express a fraction of a second, nor which of the two equal
 * hours at the end of summer time is meant, so an untouched field must not change the start.
 */
when offer_start(const struct web *w, const struct ticket *t, when typed);

/*
 * For the form of an edit that is based on an older revision: the current offer beside what was typed
 * (w->typed), field by field, both as a page shows them; a value that cannot be parsed as it was typed.
 * "40" and "40.00" do not differ. Sets view->differences and view->difference_count; in the request's
 * arena.
 */
void offer_compare_typed(struct web *w, const struct ticket *t, struct offer_view *view);

#endif
