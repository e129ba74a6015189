#ifndef STAGEDOOR_SCHEMA_RECORD_H
#define STAGEDOOR_SCHEMA_RECORD_H

#include "common/schema/kind.h"

/*
 * A record is a list of kinds with names, declared in a list file:
 *
 *   RECORD(ticket, "a listing")
 *	FIELD(ticket_id, id, "the ticket")           must be there
 *	OPTIONAL(seat, seat, "section, row and seat") may be none: null in an event, absent in the API, NULL
 *in a row END
 *
 * declare_records.h makes `struct ticket` and `record_ticket()`, its description, of it. A field is
 *snake_case in C and SQL, camelCase in JSON and forms.
 */
struct field {
	const char *name, *doc;
	const struct kind *kind;
	size_t offset;
	bool optional;
};

struct record {
	const char *name, *doc;
	const struct field *fields;
	size_t count, size;
};

/* The field of that snake_case name, or NULL. */
const struct field *record_field(const struct record *r, const char *name);

/* The one field of kind k, or NULL; the first when there are several. */
const struct field *record_field_of(const struct record *r, const struct kind *k);

static inline void *field_in(const struct field *f, void *record)
{
	return (char *)record + f->offset;
}

static inline const void *field_of(const struct field *f, const void *record)
{
	return (const char *)record + f->offset;
}

/* Are both records of the type equal, field by field (strings by content)? */
bool record_same(const struct record *r, const void *x, const void *y);

/* A copy whose strings live in the arena. */
void record_copy(struct arena *a, const struct record *r, const void *from, void *to);

/* The first field that is none but must not be, or does not fit its kind; NULL when all are right. */
const struct field *record_wrong(const struct record *r, const void *record);

const struct record *record_nothing(void);

/* What is said of fields and objects of any kind: tr_no_such_field, … */
#define MESSAGE(name, ...) extern const struct message tr_##name;
#include "common/schema/messages.def"
#undef MESSAGE

#endif
