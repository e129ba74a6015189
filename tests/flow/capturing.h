#ifndef STAGEDOOR_TESTS_FLOW_CAPTURING_H
#define STAGEDOOR_TESTS_FLOW_CAPTURING_H

#include "tests/flow/bank_events.h"
#include "tests/flow/buying.h"

/* Checks of a payment's state in orders, payments and at the bank. */

/* 1: the order is secured, else 0. */
int64_t secured(const char *order_);

/* The order's intent has that status at the bank. */
void ck_intent(const char *order_, const char *status);

/* The end of a test: the order is completed, and the bank took its price once; waits for it. */
void ck_paid(const struct sale *s);

/* The end of a test: the charge fails for that reason within ms, nothing was taken, the ticket is on sale. */
void ck_unpaid(const struct sale *s, const char *reason, int ms);

/* What the answer of POST /api/payments says is so. */
void ck_answer(const struct sale *s, const struct answer *a);

#endif
