#ifndef STAGEDOOR_EXPIRATION_EVENTS_H
#define STAGEDOOR_EXPIRATION_EVENTS_H

#include "common/base/config.h"
#include <stdatomic.h>
#include <stdbool.h>

/*
 * The events program of the service that tells when a hold has run out. It has no database: what it must
 * remember waits at the broker, in the queue expiration.wait.<HOLD_SECONDS>, which gives each message back
 * when its time has come. Returns when *stop, with an exit status.
 */
int expiration_events_run(const struct config *config, const atomic_bool *stop);

#endif
