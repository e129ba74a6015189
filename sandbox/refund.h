#ifndef STAGEDOOR_SANDBOX_REFUND_H
#define STAGEDOOR_SANDBOX_REFUND_H

#include "sandbox/answer.h"

/* The API calls of charges and their refunds. All need the book's lock. */
struct answer charge_show(const struct call *call);
struct answer refund_create(const struct call *call);
struct answer refund_show(const struct call *call);
struct answer refund_list(const struct call *call);

#endif
