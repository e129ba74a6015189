#ifndef STAGEDOOR_TESTS_LOAD_VISITS_H
#define STAGEDOOR_TESTS_LOAD_VISITS_H

#include "tests/load/engine.h"

/* The kinds of visits. */

/* Signs up users and lists tickets, by the functions of tests/flow. */
void visits_prepare(int buyers, int sellers, int tickets, int hold_seconds);

/* A visit of a normal day: a mix of everything. */
const struct visit_kind *pick_mixed(void);

/* A visit during a rush: nearly all browse. */
const struct visit_kind *pick_rush(void);

/* A ticket without a holder, known to all services; "" when there is none. It belongs to the caller from then
 * on. */
const char *stock_take(void);

/* Visits that bought, those whose order did not complete, and those that found no ticket to order. */
extern int64_t bought, disappointed, sold_out;

#endif
