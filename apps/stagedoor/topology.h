#ifndef STAGEDOOR_COMMAND_TOPOLOGY_H
#define STAGEDOOR_COMMAND_TOPOLOGY_H

#include "common/base/config.h"

/*
 * The commands topology definitions and topology apply: they print the broker's definitions, or load them
 * into the running broker and compare. Both return the exit status.
 */
int topology_definitions(const struct config *config);
int topology_apply(const struct config *config);

#endif
