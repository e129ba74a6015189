#ifndef STAGEDOOR_CONTRACT_SCHEMA_H
#define STAGEDOOR_CONTRACT_SCHEMA_H

#include "contract/lists.h"

/*
 * JSON Schema (2020-12, of which AsyncAPI 3.0 and OpenAPI 3.1 both take what is used here) of kinds and
 * records, as each place writes them:
 *
 *   IN_EVENT    money in minor units; an optional field is null or absent; unknown fields and words may come
 *   IN_ANSWER   of the API: money in major units, what is none is absent; unknown fields and words may come
 *   IN_REQUEST  to the API: money in major units as number or text; what is none is absent, null or ""; no
 *               other fields or words are taken
 *   IN_QUERY    the same, in an address
 *
 * The words of a choice that may gain others stand in x-known-values: an enum would refuse a new one.
 */
enum dialect { IN_EVENT, IN_ANSWER, IN_REQUEST, IN_QUERY };

struct json_t *schema_of_field(struct arena *a, const struct field *f, enum dialect dialect);
struct json_t *schema_of_record(struct arena *a, const struct record *r, enum dialect dialect);

/* Adds a member to the object schema; required: it is always there. */
void schema_add(struct arena *a, struct json_t *schema, const char *name, struct json_t *member,
		bool required);

/* {"type": …, "description": …}, {"type": "string", "const": …}, {"$ref": …}, {"type": "array", "items": …}
 */
struct json_t *schema_of_type(struct arena *a, const char *type, const char *doc);
struct json_t *schema_const(struct arena *a, const char *value, const char *doc);
struct json_t *schema_ref(struct arena *a, const char *to);
struct json_t *schema_list(struct arena *a, struct json_t *items);

/* {"type": "object", "description": …, "required": [], "properties": {}} */
struct json_t *schema_object(struct arena *a, const char *doc);

/* A text as an element of a list. */
void list_add_text(struct arena *a, struct json_t *list, const char *text);

/* "orderState" of "order_state", "OrderState" */
const char *camel(struct arena *a, const char *name);
const char *pascal(struct arena *a, const char *name);

/* "Somebody signed up" of "somebody signed up" */
const char *sentence(struct arena *a, const char *doc);

#endif
