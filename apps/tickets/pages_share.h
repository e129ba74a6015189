#ifndef STAGEDOOR_TICKETS_PAGES_SHARE_H
#define STAGEDOOR_TICKETS_PAGES_SHARE_H

#include "apps/tickets/tickets.h"

/* What a listing's page says of itself to programs: Open Graph, schema.org, and whether to be found. */
markup share_ticket(struct web *w, struct html *h, const struct ticket *t);

/* The same of the front page, with the address of its feed. */
markup share_front(struct web *w, struct html *h, const char *heading);

/* "Concert · Town Hall, Leeds · Thursday, December 3, 2026 at 7:30 PM GMT · Stalls, row F · $38.00": plain
 * text. */
const char *share_description(struct web *w, const struct ticket *t);

#endif
