#include "apps/stagedoor/things.h"
#include "apps/stagedoor/rabbitmqctl.h"
#include "common/base/buf.h"
#include "common/base/text.h"
#include "common/schema/json.h"
#include <string.h>

enum { MEMBERS = 6, MESSAGE = 6, ROOM = 200 };

/* Each list of the definitions: how its entries are called, and what of them is compared. */
static const struct section {
	const char *key;
	const char *words[MESSAGE]; /* in turn a text and a member: "binding of <source> to <destination>" */
	const char *members[MEMBERS];
} sections[] = {
    {"users", {"user ", "name"}, {"tags", "limits"}},
    {"permissions", {"rights of ", "user"}, {"configure", "write", "read"}},
    {"topic_permissions", {"keys of ", "user", " at ", "exchange"}, {"write", "read"}},
    {"policies", {"policy ", "name"}, {"pattern", "apply-to", "priority", "definition"}},
    {"exchanges", {"exchange ", "name"}, {"type", "durable", "auto_delete", "internal", "arguments"}},
    {"queues", {"queue ", "name"}, {"durable", "auto_delete", "arguments"}},
    {"bindings",
     {"binding of ", "source", " to ", "destination", " by ", "routing_key"},
     {"destination_type"}},
};

enum { SECTIONS = sizeof sections / sizeof *sections };

static const char *const policies_by_now[] = {"x-delivery-limit",
					      "x-message-ttl",
					      "x-dead-letter-exchange",
					      "x-dead-letter-routing-key",
					      "x-dead-letter-strategy",
					      "x-overflow",
					      NULL};

static struct thing *things_add(struct things *all)
{
	if (all->count == all->room) {
		struct thing *wider;

		all->room = all->room == 0 ? ROOM : 2 * all->room;
		wider = arena_array(all->arena, all->room, sizeof *wider);
		if (all->count > 0)
			memcpy(wider, all->list, all->count * sizeof *wider);
		all->list = wider;
	}
	return &all->list[all->count++];
}

struct thing *things_find(const struct things *all, const char *name)
{
	for (size_t i = 0; i < all->count; i++)
		if (text_same(all->list[i].name, name))
			return &all->list[i];
	return NULL;
}

static const char *name_of(struct arena *a, const struct section *s, const struct json_t *row)
{
	struct buf name = BUF(a);

	for (size_t i = 0; i < MESSAGE && s->words[i] != NULL; i += 2)
		buf_printf(&name, "%s%s", s->words[i], json_get_text(row, s->words[i + 1]));
	return buf_text(&name);
}

/* A false member counts as absent. */
static const char *text_of(struct arena *a, const struct section *s, struct thing *t)
{
	struct buf text = BUF(a);

	for (size_t i = 0; i < MEMBERS && s->members[i] != NULL; i++) {
		const struct json_t *value = json_get(t->row, s->members[i]);
		const char *said;
		struct json_t *rest;

		if (text_same(s->members[i], "arguments")) {
			t->old = json_pick(a, value, policies_by_now, &rest);
			value = rest;
		}
		said = value == NULL ? "false" : json_sorted_text(a, value);
		if (!text_same(said, "false"))
			buf_printf(&text, "%s%s %s", text.len == 0 ? "" : ", ", s->members[i], said);
	}
	return buf_text(&text);
}

/* The broker's own are not ours to judge, nor is what an integrator binds. */
static bool is_foreign(const struct json_t *row)
{
	const char *vhost = json_get_text(row, "vhost"), *name = json_get_text(row, "name"),
		   *to = json_get_text(row, "destination");

	if (vhost != NULL && !text_same(vhost, topology_vhost))
		return true;
	return (name != NULL && text_starts(name, "amq.")) || (to != NULL && text_starts(to, "integrator."));
}

struct things *things_of(struct arena *a, const struct json_t *definitions)
{
	struct things *all = arena_alloc(a, sizeof *all);
	const struct json_t *row;

	*all = (struct things){.arena = a};
	for (const struct section *s = sections; s < sections + SECTIONS; s++)
		for (size_t i = 0; (row = json_at(json_get(definitions, s->key), i)) != NULL; i++) {
			struct thing *t;

			if (is_foreign(row))
				continue;
			t = things_add(all);
			*t = (struct thing){.name = name_of(a, s, row), .row = row};
			t->text = text_of(a, s, t);
		}
	return all;
}
