#ifndef STAGEDOOR_COMMAND_CONNECTIONS_H
#define STAGEDOOR_COMMAND_CONNECTIONS_H

#include "common/base/config.h"
#include "common/bus/bus.h"
#include "common/db/db.h"

/* A connection to the service's database as the operator. It ends, with what it found, when the arena does.
 * patience as in db_settings. */
struct db *service_db(struct arena *a, const struct config *config, const char *service, unsigned patience);

/*
 * A connection to the broker as stagedoor_<user>, whose password is in SECRETS_DIR. It ends when the arena
 * does. ERR_NOT_FOUND: the password cannot be read; standard error says so.
 */
err broker_bus(struct arena *a, const struct config *config, const char *user,
	       struct bus **ret_bus) NODISCARD;

#endif
