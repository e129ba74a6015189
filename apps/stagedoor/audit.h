#ifndef STAGEDOOR_COMMAND_AUDIT_H
#define STAGEDOOR_COMMAND_AUDIT_H

#include "common/base/config.h"

/*
 * The commands audit and audit quiet: they look for what must never be, in all databases and queues. Both
 * return the exit status: 1 when something was found, or a database or the broker did not answer.
 */
int audit(const struct config *config);       /* for a system in use: ignores what has just changed */
int audit_quiet(const struct config *config); /* for one where nothing is on its way */

#endif
