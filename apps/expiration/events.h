#ifndef STAGEDOOR_EXPIRATION_EVENTS_H
#define STAGEDOOR_EXPIRATION_EVENTS_H

#include "common/base/config.h"
#include <stdatomic.h>
#include <stdbool.h>

/*
 * The events program of the service that reports when a hold has expired. It has no database: its state is in
 * the broker, in the queue expiration.wait.<HOLD_SECONDS>, which dead-letters each message when its time has
 * come. Returns the exit status when *stop is set.
 */
int expiration_events_run(const struct config *config, const atomic_bool *stop);

#endif
