#ifndef STAGEDOOR_TICKETS_SUGGESTIONS_H
#define STAGEDOOR_TICKETS_SUGGESTIONS_H

#include "apps/tickets/views.h"

/* What narrows a list, each with the address of the list without it: “strings”, Concert, From 3 December. */
void filters_of(struct web *w, const struct browse_form *form, struct links *ret_filters);

/* For a list that is empty: which filters, left out by themselves, would give something, and how much. */
err loosen(struct web *w, const struct browse_form *form, struct links *ret_hints) NODISCARD;

/* "58 tickets", "More than 200 tickets" */
const char *found_text(const struct web *w, int64_t found);

#endif
