#ifndef STAGEDOOR_COMMAND_DEAD_H
#define STAGEDOOR_COMMAND_DEAD_H

#include "apps/stagedoor/options.h"
#include "common/base/config.h"

/*
 * The commands dead list, dead show and dead drop, on the rows of the table dead_letter in every service's
 * database. list shows those that the options choose; show one with its body; drop deletes the operands. All
 * return the exit status.
 */
int dead_list(const struct config *config, const struct options *options);
int dead_show(const struct config *config, const struct options *options);
int dead_drop(const struct config *config, const struct options *options);

#endif
