#ifndef STAGEDOOR_PAYMENTS_REASONS_H
#define STAGEDOOR_PAYMENTS_REASONS_H

#include "common/base/locale.h"
#include "common/schema/json.h"

/* Why a payment failed: a name of declines.def, which is what a charge stores. Names are static. */
#define REASON_DECLINED "generic_decline"
#define REASON_STOPPED  "stopped"
#define REASON_UNPAID   "unpaid"

/* Why a card was declined, of the error's object; never NULL. */
const char *reason_of_error(const struct json_t *error);

/* One sentence for people. Charges of before the names were stored hold a sentence, which stays as it is;
 * NULL gives NULL. */
const char *reason_say(const struct locale *l, const char *reason);

#endif
