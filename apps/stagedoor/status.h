#ifndef STAGEDOOR_COMMAND_STATUS_H
#define STAGEDOOR_COMMAND_STATUS_H

#include "common/base/config.h"

/* The command status: a line for each part. Returns the exit status: 1 when a part is down or behind. */
int status(const struct config *config);

#endif
