#ifndef STAGEDOOR_COMMAND_ORDER_H
#define STAGEDOOR_COMMAND_ORDER_H

#include "apps/stagedoor/options.h"
#include "common/base/config.h"

/* The command order: what is known of the orders with the reference that is the operand ("7K4-2QX"), and of
 * their payments. Returns the exit status. */
int order(const struct config *config, const struct options *options);

#endif
