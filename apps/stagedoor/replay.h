#ifndef STAGEDOOR_COMMAND_REPLAY_H
#define STAGEDOOR_COMMAND_REPLAY_H

#include "common/base/config.h"

/* The commands replay and replay all: the relays publish the events of the last day, or every event that an
 * outbox keeps, again. Both return the exit status. */
int replay(const struct config *config);
int replay_all(const struct config *config);

#endif
