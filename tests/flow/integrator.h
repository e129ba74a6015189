#ifndef STAGEDOOR_TESTS_FLOW_INTEGRATOR_H
#define STAGEDOOR_TESTS_FLOW_INTEGRATOR_H

#include "common/bus/internal.h"

/* An integrator, added by the command `stagedoor integrator add`. */
struct integrator {
	const char *name, *user, *password, *queue;
};

struct integrator *integrator_new(const char *name);
void integrator_gone(const struct integrator *o);

/* A connection with channel 1 open; NULL when the broker refuses the account. */
amqp_connection_state_t broker_login(const char *user, const char *secret);

/* The broker's answer to the last call: 0, or the code of the refusal (1: the connection is closed), after
 * which the connection cannot be used. */
int broker_code(amqp_connection_state_t c);

#endif
