#include "apps/payments/reasons.h"

struct decline {
	const char *name;
	struct message sentence;
};

static const struct decline declines[] = {
#define DECLINE(name, ...) {name, TEXTS(__VA_ARGS__)},
#include "apps/payments/declines.def"
#undef DECLINE
};

static const struct decline *decline_find(const char *name)
{
	for (size_t i = 0; name != NULL && i < sizeof declines / sizeof *declines; i++)
		if (strcmp(declines[i].name, name) == 0)
			return &declines[i];
	return NULL;
}

const char *reason_of_error(const struct json_t *error)
{
	const struct decline *d = decline_find(json_get_text(error, "decline_code"));

	if (d == NULL)
		d = decline_find(json_get_text(error, "code"));
	return d == NULL ? REASON_DECLINED : d->name;
}

const char *reason_say(const struct locale *l, const char *reason)
{
	const struct decline *d = decline_find(reason);

	return d == NULL ? reason : message_in(l, d->sentence);
}
