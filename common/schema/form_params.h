#ifndef STAGEDOOR_SCHEMA_FORM_PARAMS_H
#define STAGEDOOR_SCHEMA_FORM_PARAMS_H

#include "common/schema/problems.h"
#include "common/schema/record.h"

enum { FORM_PARAMS_MAX = 40, FORM_PARAM_NAME_MAX = 40 };

/* What a form or a query string holds, decoded (WHATWG URL, application/x-www-form-urlencoded). */
struct form_params {
	size_t count;
	struct pair {
		const char *name, *value;
	} list[FORM_PARAMS_MAX];
};

/*
 * ERR_MALFORMED for a repeated name, a broken %-escape, bytes that are not UTF-8, NUL, more than
 * FORM_PARAMS_MAX parameters or a name over FORM_PARAM_NAME_MAX bytes. The empty text has no parameters.
 */
err form_params_parse(struct arena *a, const char *text, size_t len,
		      struct form_params **ret_params) NODISCARD;

/* The value, NULL when it is not there. */
const char *form_params_get(const struct form_params *p, const char *name);

/* Takes the parameter out and returns its value; NULL when it is not there. */
const char *form_params_take(struct form_params *p, const char *name);

/* Drops the parameters that are no fields of the record: what others add to an address that they pass on
 * (utm_source=…). */
void form_params_keep_fields(struct form_params *p, const struct record *r);

/* Percent-encodes all but unreserved characters (RFC 3986). */
char *text_percent_encode(struct arena *a, const char *s);

/*
 * Fills the record from the parameters named as its fields in camelCase. A field that is absent or empty is
 * null. A name that is no field, a missing field, a value that does not fit: each a problem with a sentence;
 * ERR_INVALID. Money is read in the currency that the record itself carries or n->currency; local times in
 * the zone that the record itself carries.
 */
err record_from_form_params(struct arena *a, const struct record *r, const struct number_format *n,
			    const struct form_params *p, struct problems *problems,
			    void *ret_record) NODISCARD;

#endif
