#ifndef STAGEDOOR_TICKETS_PAGES_SHARE_H
#define STAGEDOOR_TICKETS_PAGES_SHARE_H

#include "apps/tickets/tickets.h"

/* What pages tell other programs: chat and social sites (Open Graph), search engines (schema.org as JSON-LD).
 * Results are in the request's arena. */

/* For the <head> of a listing's page: Open Graph, JSON-LD, and noindex unless the ticket is listed. */
markup share_ticket(struct web *w, struct html *h, const struct ticket *t);

/* For the <head> of the front page: Open Graph and the address of its Atom feed. */
markup share_front(struct web *w, struct html *h, const char *heading);

/* "Concert · Town Hall, Leeds · Thursday, December 3, 2026 at 7:30 PM GMT · Stalls, row F · $38.00": plain
 * text in the reader's language, without the parts that the listing lacks. */
const char *share_description(struct web *w, const struct ticket *t);

#endif
