#ifndef STAGEDOOR_CONTRACT_DOCUMENTS_H
#define STAGEDOOR_CONTRACT_DOCUMENTS_H

#include "contract/schema.h"

/* Each function returns the text of a document. */

/* events.c: the JSON Schema of a whole event, docs/schemas/<type>.json. */
const char *document_schema(struct arena *a, const struct event *ev);

/* The members that every event has around its data: specversion, id, source … */
struct json_t *envelope_schema(struct arena *a, const struct event *ev);

/* "OrderCreated" */
const char *event_title(struct arena *a, const struct event *ev);
bool event_is_public(const struct event *ev);

/* asyncapi.c: docs/asyncapi.yaml, AsyncAPI 3.0. */
const char *document_asyncapi(struct arena *a);

/* openapi.c: docs/openapi.yaml, OpenAPI 3.1. */
const char *document_openapi(struct arena *a);

/* handbook.c: docs/EVENTS.md; frame: the text around the tables (events.md). */
const char *document_handbook(struct arena *a, const char *frame);

/* privacy.c: docs/PRIVACY.md, the personal data in each table. */
const char *document_privacy(struct arena *a);

/* graph.c: the source of docs/events.svg, for Graphviz. */
const char *document_graph(struct arena *a);

#endif
