#ifndef STAGEDOOR_CONTRACT_RESPONSES_H
#define STAGEDOOR_CONTRACT_RESPONSES_H

#include "contract/schema.h"

/* Components that the operations add: {"Ticket": …} */
struct components {
	struct arena *arena;
	struct json_t *schemas, *responses, *parameters, *headers;
};

/* A reference to the schema of a record of a service, which is added to the components. */
struct json_t *component_schema(struct components *c, const char *service, const char *record,
				enum dialect d);

/* Every possible answer of a route, by status: {"200": …, "400": …}. */
struct json_t *responses_of(struct components *c, const struct listed_route *r);

/* route_has_key: changes by a signed-in user are idempotent by key. */
bool route_has_key(const struct listed_route *r);
bool route_wants_session(const struct listed_route *r);
bool route_reads(const struct listed_route *r);

#endif
