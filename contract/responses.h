#ifndef STAGEDOOR_CONTRACT_RESPONSES_H
#define STAGEDOOR_CONTRACT_RESPONSES_H

#include "contract/schema.h"

/* What is gathered while the operations are made: {"Ticket": …} */
struct components {
	struct arena *arena;
	struct json_t *schemas, *responses, *parameters, *headers;
};

/* A reference to the schema of a record of a service, which is added to the components. */
struct json_t *component_schema(struct components *c, const char *service, const char *record,
				enum dialect d);

/* Every answer that a route can give, by status: {"200": …, "400": …}. */
struct json_t *responses_of(struct components *c, const struct listed_route *r);

/* A change by somebody signed in is idempotent by its key. */
bool route_has_key(const struct listed_route *r);
bool route_wants_session(const struct listed_route *r);
bool route_reads(const struct listed_route *r);

#endif
