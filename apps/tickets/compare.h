#ifndef STAGEDOOR_TICKETS_COMPARE_H
#define STAGEDOOR_TICKETS_COMPARE_H

#include "apps/tickets/views.h"

/* The offer of an edit. */
struct ticket_form offer_in(const struct edit_form *form);

/*
 * For a form of an edit that was sent, but rests on an older revision: what stands now beside what was typed,
 * field by field, both as people read them. "40" and "40.00" are the same. Sets view->differences, or leaves
 * it when the form cannot be read.
 */
void offer_compare_typed(struct web *w, const struct ticket *t, struct offer_view *view);

#endif
