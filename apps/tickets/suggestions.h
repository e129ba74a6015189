#ifndef STAGEDOOR_TICKETS_SUGGESTIONS_H
#define STAGEDOOR_TICKETS_SUGGESTIONS_H

#include "apps/tickets/view.h"

/* The filters of a list of listings as people read them, and suggestions for a list that is empty. */

/* The filters that are set, in the order of the form, each with its text (“strings”, Concert, From 3
 * December) and the address of the list without it. The list is in the request's arena. */
void filters_active(struct web *w, const struct browse_form *form, struct links *ret_filters);

/*
 * For a list that is empty: each filter without which, all others kept, it would not be; with how many
 * tickets that would give ("Any date: 58 tickets") and the address of that list. One count query a filter
 * that is set. ERR_UNAVAILABLE and the like are those of the database.
 */
err suggestions_find(struct web *w, const struct browse_form *form, struct links *ret_hints) NODISCARD;

/* "58 tickets"; "More than 200 tickets" for more than FOUND_MOST. In the request's arena. */
const char *found_text(const struct web *w, int64_t found);

#endif
