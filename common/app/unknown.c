#include "common/app/unknown.h"
#include "common/base/log.h"
#include "common/base/text.h"
#include <stdio.h>

/* Is it new? */
static bool remember(struct unknown *u, const char *what)
{
	for (size_t i = 0; i < u->count; i++)
		if (text_same(u->logged[i], what))
			return false;
	if (u->count == UNKNOWN_LOGGED_MAX)
		return false;
	u->logged[u->count++] = arena_strdup(u->arena, what);
	return true;
}

static void tell_type(struct unknown *u, const char *type)
{
	if (remember(u, type))
		log_warn(
		    "events of type %s are of a later version: ignored; stagedoor replay sends them again "
		    "after the upgrade",
		    type);
}

static void tell_word(struct unknown *u, const struct envelope *e, const struct field *f)
{
	const char *word = kind_print(NULL, f->kind, NULL, field_of(f, e->state));
	char what[200];

	snprintf(what, sizeof what, "%s.%s=%s", e->type, f->name, word);
	if (remember(u, what))
		log_warn("%s %s \"%s\" is of a later version: kept as it is", e->type, f->name, word);
}

void unknown_log(struct unknown *u, const struct envelope *e)
{
	const struct record *r;

	if (e->event == NULL) {
		tell_type(u, e->type);
		return;
	}
	r = e->event->record();
	for (size_t i = 0; i < r->count; i++)
		if (choice_is_unknown(r->fields[i].kind, field_of(&r->fields[i], e->state)))
			tell_word(u, e, &r->fields[i]);
}
