#ifndef STAGEDOOR_SCHEMA_JSON_H
#define STAGEDOOR_SCHEMA_JSON_H

#include "common/schema/problems.h"
#include "common/schema/record.h"

/* A value of jansson; those that these functions return belong to the arena. */
struct json_t;

/* One JSON text of exactly len bytes: no duplicate keys, at most 16 deep, UTF-8, no NUL. ERR_MALFORMED. */
err json_parse(struct arena *a, const char *text, size_t len, struct json_t **ret_json) NODISCARD;

/* Compact text. Reals are written with 15 digits, so that 19.99 stays 19.99. */
const char *json_text(struct arena *a, const struct json_t *json);

/* The same with the members of objects in the order of their keys: equal values have equal texts. */
const char *json_sorted_text(struct arena *a, const struct json_t *json);

/*
 * The record as an object, keys in camelCase. With n->major (the API) a null field is left out and money is a
 * decimal number in the currency that the record itself carries, or n->currency; otherwise (events) it is
 * null and money an integer.
 */
struct json_t *json_of_record(struct arena *a, const struct record *r, const struct number_format *n,
			      const void *record);

/* An empty object, an empty array; they end with the arena. */
struct json_t *json_object_new(struct arena *a);
struct json_t *json_array_new(struct arena *a);

/* Sets a member of an object, in place of one with that key; json_append adds an element to an array. The
 * value that is passed stays the arena's and may stand in several places; texts are copied and must be UTF-8.
 * */
void json_put(struct json_t *object, const char *key, struct json_t *value);
void json_put_text(struct json_t *object, const char *key, const char *value); /* NULL is null */
void json_put_number(struct json_t *object, const char *key, int64_t value);
void json_put_flag(struct json_t *object, const char *key, bool value);
void json_append(struct json_t *array, struct json_t *value);

/* Members of an object that came from outside: NULL, NULL and fallback when absent or of another type.
 * Strings live as long as the json. */
const struct json_t *json_get(const struct json_t *object, const char *key);
const char *json_get_text(const struct json_t *object, const char *key);
int64_t json_get_number(const struct json_t *object, const char *key, int64_t fallback);
bool json_get_flag(const struct json_t *object, const char *key, bool fallback);
/* Element i of an array, or value i of an object; NULL past the end. */
const struct json_t *json_at(const struct json_t *array, size_t i);
/* The same when it is text, and NULL otherwise. */
const char *json_at_text(const struct json_t *array, size_t i);
/* Key i of an object; NULL past the end. */
const char *json_key_at(const struct json_t *object, size_t i);

/* The members of the object that have one of the names (NULL ends them), and in *ret_rest the others. */
struct json_t *json_pick(struct arena *a, const struct json_t *object, const char *const *names,
			 struct json_t **ret_rest);

enum unknown_fields { UNKNOWN_REFUSED, UNKNOWN_IGNORED };

/*
 * Fills the record from an object. Strict: presence, type, length, range; an optional field may be absent or
 * null; each fault is a problem with the field's name; ERR_INVALID. Requests (n->major) take money as number
 * or decimal string and refuse unknown fields (UNKNOWN_REFUSED) and unknown words of a choice. Events
 * (UNKNOWN_IGNORED) may come from a later version: unknown fields are ignored, an unknown word of a choice is
 * kept as UNKNOWN. Strings are copied to the arena.
 */
err record_from_json(struct arena *a, const struct record *r, const struct number_format *n,
		     enum unknown_fields unknown, const struct json_t *json, struct problems *problems,
		     void *ret_record) NODISCARD;

#endif
