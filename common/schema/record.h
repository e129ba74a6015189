#ifndef STAGEDOOR_SCHEMA_RECORD_H
#define STAGEDOOR_SCHEMA_RECORD_H

#include "common/schema/kind.h"

/*
 * A record is a list of kinds with names, declared in a list file:
 *
 *   RECORD(ticket, "a listing")
 *	FIELD(ticket_id, id, "the ticket")               must not be null
 *	OPTIONAL(seat, seat, "section, row and seat")    may be null
 *   END
 *
 * A null field is null in an event, absent in the API, NULL in a row. A group of fields (amqp/groups.def) may
 * stand among the rows. declare_records.h makes `struct ticket` and `record_ticket()`, its description, of
 * the record. A field is snake_case in C and SQL, camelCase in JSON and forms.
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

/* Where the field's value is in a record of its type; it has the C type of f->kind. To write. */
static inline void *field_in(const struct field *f, void *record)
{
	return (char *)record + f->offset;
}

/* The same, to read. */
static inline const void *field_of(const struct field *f, const void *record)
{
	return (const char *)record + f->offset;
}

/* Are both records of the type equal, field by field (strings by content)? */
bool record_same(const struct record *r, const void *x, const void *y);

/* The first field that is null and not optional, or does not fit its kind; NULL when there is none. */
const struct field *record_wrong(const struct record *r, const void *record);

/*
 * The record without fields: of a form without input, of a query without a result (`nothing` in the lists).
 */
const struct record *record_nothing(void);

/* The messages about fields and objects of any kind: tr_no_such_field, … */
#define MESSAGE(name, ...) extern const struct message tr_##name;
#include "common/schema/messages.def"
#undef MESSAGE

#endif
