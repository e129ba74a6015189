#ifndef STAGEDOOR_COMMAND_DEAD_RETRY_H
#define STAGEDOOR_COMMAND_DEAD_RETRY_H

#include "apps/stagedoor/options.h"
#include "common/base/config.h"

/* The command dead retry: sends the operands, or with --all those of the chosen dead letters that nobody has
 * decided on, to the queue that each was in. Returns the exit status. */
int dead_retry(const struct config *config, const struct options *options);

#endif
