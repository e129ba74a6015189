#ifndef STAGEDOOR_PAYMENTS_MESSAGES_H
#define STAGEDOOR_PAYMENTS_MESSAGES_H

/* What the code of payments says. */
#define MESSAGE_LIST "apps/payments/messages.def"
#include "common/html/declare_messages.h"

#endif
