#ifndef STAGEDOOR_ORDERS_MESSAGES_H
#define STAGEDOOR_ORDERS_MESSAGES_H

/* What the code of orders says. */
#define MESSAGE_LIST "apps/orders/messages.def"
#include "common/html/declare_messages.h"

#endif
