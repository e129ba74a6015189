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

/* NULL for none */
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

void record_copy(struct arena *a, const struct record *r, const void *from, void *to)
{
	memcpy(to, from, r->size);
	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i];
		const char **s = f->kind->class == KIND_STRING ? field_in(f, to) : NULL;

		if (choice_is_unknown(f->kind, field_of(f, from)))
			s = choice_text(field_in(f, to));
		if (s != NULL)
			*s = arena_strdup(a, *s);
	}
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
