#ifndef STAGEDOOR_HTML_JSON_LD_H
#define STAGEDOOR_HTML_JSON_LD_H

#include "common/html/html.h"
#include "common/schema/json.h"

/*
 * <script type="application/ld+json"> with the JSON, for programs that read pages: data, which browsers do
 * not run. < > & and the line ends of Unicode are escaped as JSON allows, so that no value ends the element.
 */
markup html_json_ld(struct arena *a, const struct json_t *json);

#endif
