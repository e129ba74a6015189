#ifndef STAGEDOOR_SCHEMA_YAML_H
#define STAGEDOOR_SCHEMA_YAML_H

#include "common/schema/json.h"

/*
 * The value as a YAML 1.2 document, members in the order in which they were put: block style, lists of plain
 * values on one line, text with line breaks as a literal block. Every text that YAML could read as something
 * else is quoted.
 */
const char *yaml_text(struct arena *a, const struct json_t *json);

/* The value as JSON over several lines, indented by tabs, for people and for comparing versions. */
const char *json_lines(struct arena *a, const struct json_t *json);

#endif
