#ifndef STAGEDOOR_COMMAND_TOPOLOGY_CHECK_H
#define STAGEDOOR_COMMAND_TOPOLOGY_CHECK_H

#include "common/base/config.h"

/*
 * The command topology check: compares the running broker with the definitions. Returns the exit status: 1
 * when they differ, or the broker did not answer.
 */
int topology_check(const struct config *config);

#endif
