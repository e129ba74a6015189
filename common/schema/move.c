/*
 * Copies between records by name and kind, so that no list of assignments can miss a field.
 *
 * A move is checked once, by make unit (move_wrong), and trusted at run time (move_fields): each field of the
 * target has a source or is named as kept. What must hold:
 * - A source is a field of the same name and the same kind. A field with the name alone is no source: its
 *   bytes would mean something else.
 * - Values are copied byte by byte. A string or the word of a choice is a pointer, so the target lives no
 *   longer than what the source points to.
 * - A kept field is never written, even when the source has it.
 */
#include "common/schema/move.h"
#include <string.h>

/* Is it the word, whose first `len` bytes count, or does it begin with a word that ends with an asterisk? */
static bool is_word(const char *word, size_t len, const char *name)
{
	if (len > 0 && word[len - 1] == '*')
		return strncmp(name, word, len - 1) == 0;
	return strlen(name) == len && memcmp(name, word, len) == 0;
}

static const char *next_word(const char *word)
{
	word += strcspn(word, " ");
	return word + strspn(word, " ");
}

static bool is_kept(const struct move *m, const char *name)
{
	for (const char *at = m->kept; *at != '\0'; at = next_word(at))
		if (is_word(at, strcspn(at, " "), name))
			return true;
	return false;
}

/* The field of the source that goes to f, or NULL. */
static const struct field *source_of(const struct move *m, const struct field *f)
{
	const struct field *source = record_field(m->from(), f->name);

	return source != NULL && source->kind == f->kind ? source : NULL;
}

void move_fields(const struct move *m, const void *from, void *to)
{
	const struct record *r = m->to();

	for (size_t i = 0; i < r->count; i++) {
		const struct field *f = &r->fields[i], *source;

		if (!is_kept(m, f->name) && (source = source_of(m, f)) != NULL)
			memcpy(field_in(f, to), field_of(source, from), f->kind->size);
	}
}

const char *move_wrong(const struct move *m)
{
	const struct record *r = m->to();

	for (size_t i = 0; i < r->count; i++)
		if (!is_kept(m, r->fields[i].name) && source_of(m, &r->fields[i]) == NULL)
			return r->fields[i].name;
	for (const char *at = m->kept; *at != '\0'; at = next_word(at)) {
		bool found = false;

		for (size_t i = 0; i < r->count; i++)
			found = found || is_word(at, strcspn(at, " "), r->fields[i].name);
		if (!found)
			return at;
	}
	return NULL;
}
