/*
 * Records are data about structs: name, kind and offset of each field. This file has what can be done with
 * any of them.
 *
 * A value is null when its kind says so (kind_is_null), so a record needs no flags beside its fields; only a
 * field that is OPTIONAL may be null. Strings and the words of choices are compared by content, all else by
 * bytes, since every kind is a struct of one member without padding.
 */
#include "common/schema/record.h"
#include "common/base/text.h"
#include <string.h>

#define MESSAGE(name, ...) const struct message tr_##name = TEXTS(__VA_ARGS__);
#include "common/schema/messages.def"
#undef MESSAGE

const struct record *record_nothing(void)
{
	static const struct record nothing = {"nothing", "no fields", NULL, 0, sizeof(struct nothing)};

	return &nothing;
}

const struct field *record_field(const struct record *r, const char *name)
{
	for (size_t i = 0; i < r->count; i++)
		if (strcmp(r->fields[i].name, name) == 0)
			return &r->fields[i];
	return NULL;
}

const struct field *record_field_of(const struct record *r, const struct kind *k)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->fields[i].kind == k)
			return &r->fields[i];
	return NULL;
}

/* NULL when the field is null */
static const char *text_of(const struct field *f, const void *record)
{
	const void *value = field_of(f, record);

	return kind_is_null(f->kind, value) ? NULL : kind_print(NULL, f->kind, NULL, value);
}

bool record_same(const struct record *r, const void *x, const void *y)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];

		if (f->kind->class == KIND_STRING || f->kind->class == KIND_CHOICE) {
			if (!text_same(text_of(f, x), text_of(f, y)))
				return false;
		} else if (memcmp(field_of(f, x), field_of(f, y), f->kind->size) != 0) {
			return false;
		}
	}
	return true;
}

const struct field *record_wrong(const struct record *r, const void *record)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];
		const void *value = field_of(f, record);

		if (f->optional && kind_is_null(f->kind, value))
			continue;
		if (!kind_fits(f->kind, value))
			return f;
	}
	return NULL;
}
