#ifndef STAGEDOOR_COMMAND_MIGRATE_H
#define STAGEDOOR_COMMAND_MIGRATE_H

#include "common/base/config.h"

/* The command migrate: brings every database up to the files in sql/. Returns the exit status. */
int migrate(const struct config *config);

#endif
