#ifndef STAGEDOOR_SANDBOX_DOCUMENT_H
#define STAGEDOOR_SANDBOX_DOCUMENT_H

#include <jansson.h>

/* The members of a document of the book. */

/* NULL when the member is absent or no string; borrowed. */
const char *text_of(const json_t *doc, const char *name);

/* 0 when the member is absent or no integer. */
long long int_of(const json_t *doc, const char *name);

/* A value of NULL is stored as null. */
void set_text(json_t *doc, const char *name, const char *value);
void set_int(json_t *doc, const char *name, long long value);

#endif
