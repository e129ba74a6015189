#ifndef STAGEDOOR_COMMAND_DRAIN_H
#define STAGEDOOR_COMMAND_DRAIN_H

#include "common/base/config.h"

/*
 * The command drain: waits until the events that were committed before it began are published and handled, at
 * most DRAIN_SECONDS. For the start after an upgrade, whose pages must not run before the events of the
 * version before have arrived. Returns the exit status: 1 when some were left, or a database or the broker
 * did not answer.
 */
enum { DRAIN_SECONDS = 90 };
int drain(const struct config *config);

#endif
