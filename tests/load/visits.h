#ifndef STAGEDOOR_TESTS_LOAD_VISITS_H
#define STAGEDOOR_TESTS_LOAD_VISITS_H

#include "tests/load/engine.h"

/* Who visits, and what they do. */

/* Signs up people and lists tickets, by the functions of tests/flow. */
void visits_prepare(int buyers, int sellers, int tickets, int hold_seconds);

/* One of a day like any other: a bit of everything. */
const struct visit_kind *pick_mixed(void);

/* One of a day on which something is wanted by many: nearly all look around. */
const struct visit_kind *pick_rush(void);

/* A ticket that nobody has, known to all services; "" when there is none. It is the caller's from then on. */
const char *stock_take(void);

/* Visits that bought, those that had ordered and could not, and those that came to order and found nothing.
 */
extern int64_t bought, disappointed, sold_out;

#endif
