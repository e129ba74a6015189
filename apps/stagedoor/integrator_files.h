#ifndef STAGEDOOR_COMMAND_INTEGRATOR_FILES_H
#define STAGEDOOR_COMMAND_INTEGRATOR_FILES_H

#include "common/base/config.h"
#include "common/base/err.h"
#include <stdbool.h>

/*
 * Integrators are remembered by a file each, $SECRETS_DIR/integrators/<name>, which holds the salted hash of
 * the password as RabbitMQ wants it. The definitions are made from these files, so a broker that is emptied
 * and made again knows the same integrators.
 */
enum { INTEGRATOR_NAME_MAX = 32 };

/* 1 to INTEGRATOR_NAME_MAX of a-z, 0-9 and -, and not - first: the name is part of patterns and of a path. */
bool integrator_name_fits(const char *name);

/* The path of the file that holds the hashed password of an integrator. */
const char *integrator_file(struct arena *a, const struct config *config, const char *name);

/* The names of the integrators that were added, in order; NULL ends them. */
const char *const *integrator_names(struct arena *a, const struct config *config);

/* Stores the hash. ERR_CONFLICT when there is one of that name, ERR_FORBIDDEN when it cannot be written. */
err integrator_store(struct arena *a, const struct config *config, const char *name,
		     const char *hash) NODISCARD;

#endif
