#ifndef STAGEDOOR_TICKETS_MESSAGES_H
#define STAGEDOOR_TICKETS_MESSAGES_H

#define MESSAGE_LIST "apps/tickets/messages.def"
#include "common/html/declare_messages.h"

#endif
