#ifndef STAGEDOOR_CONTRACT_SCHEMA_H
#define STAGEDOOR_CONTRACT_SCHEMA_H

#include "contract/lists.h"

/*
 * JSON Schema of kinds and records (2020-12, the subset that AsyncAPI 3.0 and OpenAPI 3.1 share), in four
 * dialects:
 *
 *   IN_EVENT    money in minor units; an optional field is null or absent; unknown fields and words are
 *               allowed
 *   IN_ANSWER   of the API: money in major units; a null field is absent; unknown fields and words are
 *               allowed
 *   IN_REQUEST  to the API: money in major units as number or text; a null field is absent, null or "";
 *               unknown fields and words are refused
 *   IN_QUERY    the same, in a URL
 *
 * The words of a choice that may gain others are in x-known-values: an enum would refuse a new one.
 */
enum dialect { IN_EVENT, IN_ANSWER, IN_REQUEST, IN_QUERY };

/* The schema of one field; of a record, an object of its fields. In the arena. */
struct json_t *schema_of_field(struct arena *a, const struct field *f, enum dialect dialect);
struct json_t *schema_of_record(struct arena *a, const struct record *r, enum dialect dialect);

/* Adds a member to the object schema; required: it is always present. */
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

/* Appends a text to the list. */
void list_add_text(struct arena *a, struct json_t *list, const char *text);

/* "orderState" of "order_state", "OrderState" */
const char *camel(struct arena *a, const char *name);
const char *pascal(struct arena *a, const char *name);

/* "Somebody signed up" for "somebody signed up" */
const char *sentence(struct arena *a, const char *doc);

#endif
