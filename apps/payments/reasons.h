#ifndef STAGEDOOR_PAYMENTS_REASONS_H
#define STAGEDOOR_PAYMENTS_REASONS_H

#include "common/base/locale.h"
#include "common/schema/json.h"

/* Why a payment failed: a name of declines.def, which is what a charge stores. Names are static. */
#define REASON_DECLINED "generic_decline"
#define REASON_STOPPED  "stopped"
#define REASON_UNPAID   "unpaid"
/* authorised, and not captured: the order had ended; the bank would not, or released it */
#define REASON_ORDER_ENDED  "order_ended"
#define REASON_NOT_CAPTURED "not_captured"

/* Why a card was declined, from the error object of an answer; never NULL. */
const char *reason_of_error(const struct json_t *error);

/* One sentence for people. Old charges hold a sentence instead of a name: it is returned as it is. NULL gives
 * NULL. */
const char *reason_say(const struct locale *l, const char *reason);

#endif
