#ifndef STAGEDOOR_COMMAND_DEFINITIONS_H
#define STAGEDOOR_COMMAND_DEFINITIONS_H

#include "amqp/topology.h"
#include "common/base/config.h"
#include "common/schema/json.h"

/*
 * What must be at the broker, as the definitions that RabbitMQ loads. What fails is written to standard
 * error.
 */

/* The topology that the settings and the integrators that were added ask for; it lives in the arena. */
void topology_of(struct arena *a, const struct config *config, struct topology *ret_topology);

/* ERR_NOT_FOUND when a password cannot be read. */
err topology_json(struct arena *a, const struct config *config, struct json_t **ret_definitions) NODISCARD;

/* Writes them to the file DEFINITIONS, which the broker loads when it starts. ERR_FORBIDDEN when it cannot be
 * written, and the errors of topology_json. */
err topology_keep(struct arena *a, const struct config *config) NODISCARD;

/* The same, and loads them into the running broker. Errors of ctl_do too. */
err topology_load(struct arena *a, const struct config *config) NODISCARD;

/* For a command that changes definitions: waits until no other one does, so that none loads what another has
 * removed. Held until the process ends. ERR_FORBIDDEN when SECRETS_DIR cannot be locked. */
err topology_lock(const struct config *config) NODISCARD;

/* A password as RabbitMQ keeps it: salted, rabbit_password_hashing_sha256. */
const char *broker_hash(struct arena *a, const char *password);

#endif
