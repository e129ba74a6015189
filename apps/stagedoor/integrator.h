#ifndef STAGEDOOR_COMMAND_INTEGRATOR_H
#define STAGEDOOR_COMMAND_INTEGRATOR_H

#include "apps/stagedoor/options.h"
#include "common/base/config.h"

/* The commands of integrators; the operand is the integrator's name. All return the exit status. */
int integrator_add(const struct config *config, const struct options *options);
int integrator_remove(const struct config *config, const struct options *options);
int integrator_list(const struct config *config);

/* Prints a line for each queue of an integrator, and nothing when there is none. Returns the exit status. */
int integrators_show(struct arena *a, const struct config *config);

#endif
