#include "common/schema/problems.h"
#include "common/base/buf.h"
#include "common/base/text.h"

enum { LINE_ENOUGH = 200 };

err problems_add(struct problems *p, const char *field, const char *message)
{
	struct problem *new = arena_alloc(p->arena, sizeof *new);

	new->field = arena_strdup(p->arena, field);
	new->message = arena_strdup(p->arena, message);
	if (p->end == NULL)
		p->end = &p->first;
	*p->end = new;
	p->end = &new->next;
	return ERR_INVALID;
}

err problems_say(struct problems *p, const char *field, struct message message)
{
	return problems_add(p, field, message_in(p->locale, message));
}

int64_t problems_count(const struct problems *p)
{
	int64_t n = 0;

	for (const struct problem *i = p->first; i != NULL; i = i->next)
		n++;
	return n;
}

const char *problems_of(const struct problems *p, const char *field)
{
	for (const struct problem *i = p->first; i != NULL; i = i->next)
		if (text_same(i->field, field))
			return i->message;
	return NULL;
}

const char *problems_line(struct arena *a, const struct problems *p)
{
	struct buf text = BUF(a);

	for (const struct problem *i = p->first; i != NULL && text.len < LINE_ENOUGH; i = i->next)
		buf_printf(&text, "%s%s: %s", text.len == 0 ? "" : "; ", i->field == NULL ? "body" : i->field,
			   i->message);
	return buf_text(&text);
}
