#ifndef STAGEDOOR_SANDBOX_FORM_H
#define STAGEDOOR_SANDBOX_FORM_H

#include <jansson.h>
#include <stddef.h>

/*
 * Request bodies of type application/x-www-form-urlencoded, as Stripe's clients write them: nested names in
 * brackets, `metadata[charge]=…`, `line_items[0][price_data][currency]=…`. A parsed form is a flat object
 * from the whole decoded name to its value, both UTF-8 strings.
 */

enum { FORM_FIELDS_MAX = 256 };

/* The form, owned by the caller; NULL when it is malformed (bad escapes, NUL, invalid UTF-8, an empty name or
 * too many fields). A repeated name has its last value. An empty body is an empty form. */
json_t *form_parse(const char *body, size_t size);

/* The value of a field, borrowed; NULL when it is absent or empty, which Stripe treats alike. */
const char *form_text(const json_t *form, const char *name);

/* The fields `name[key]` as an object from key to value; owned by the caller, never NULL. */
json_t *form_map(const json_t *form, const char *name);

/* The first name that matches none of the patterns (ended by NULL), borrowed; NULL when all are known.
 * In a pattern '*' stands for anything within one pair of brackets. */
const char *form_unknown(const json_t *form, const char *const patterns[]);

#endif
